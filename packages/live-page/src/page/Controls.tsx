import { renderSpan, renderTime } from "../numbers/format.ts";

/** Windows in seconds: the last minute, the default, and all that the page keeps. */
const WINDOWS = [60, 300, 900];

interface ControlsProps {
  windowSeconds: number;
  onWindow: (seconds: number) => void;
  /** Milliseconds since 1970. Undefined while the page is not paused. */
  pausedAt: number | undefined;
  onPaused: (paused: boolean) => void;
}

/** Controls for the time window of the charts and for pausing the page. */
export function Controls({ windowSeconds, onWindow, pausedAt, onPaused }: ControlsProps) {
  const isPaused = pausedAt !== undefined;
  return (
    <div className="controls">
      {isPaused && <span className="pausedNote">paused at {renderTime(pausedAt)}, data still arrives</span>}
      <fieldset className="windows">
        <legend className="visuallyHidden">Charts show the last</legend>
        {WINDOWS.map((seconds) => (
          <label key={seconds}>
            <input
              type="radio"
              name="window"
              checked={seconds === windowSeconds}
              onChange={() => onWindow(seconds)}
            />
            {renderSpan(seconds)}
          </label>
        ))}
      </fieldset>
      <button type="button" className="pause" data-paused={isPaused} onClick={() => onPaused(!isPaused)}>
        <svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
          <path d={isPaused ? "M4 2v12l10-6Z" : "M3 2h3.5v12H3ZM9.5 2H13v12H9.5Z"} />
        </svg>
        {isPaused ? "Resume" : "Pause"}
      </button>
    </div>
  );
}
