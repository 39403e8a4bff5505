import type { ReactNode } from "react";
import { countThings, renderSpan, renderTime } from "../numbers/format.ts";

/** Windows: the last minute, the default, all seconds that the page keeps, and the day by its minutes. */
const WINDOWS = ["60", "300", "900", "today"];

/** The same with those in between and the hours, for the charts that a catalog declares. */
const MORE_WINDOWS = ["60", "300", "600", "900", "1800", "3600", "10800", "21600", "today"];

interface ControlsProps {
  /** Seconds, or `today`. */
  window: string;
  /** True if the charts can show hours. */
  hasHours: boolean;
  onWindow: (window: string) => void;
  /** Milliseconds since 1970. Undefined while the page is not paused. */
  pausedAt: number | undefined;
  /** Events that came since. */
  waiting: number;
  onPaused: (paused: boolean) => void;
  /** True while frames arrive, whether the page is paused or not. */
  isReceiving: boolean;
  /** More buttons. */
  children?: ReactNode;
}

/** Controls for the time window of the charts and for pausing the page. */
export function Controls(props: ControlsProps) {
  const { window, hasHours, onWindow, pausedAt, waiting, onPaused, isReceiving, children } = props;
  const isPaused = pausedAt !== undefined;
  return (
    <div className="controls">
      {isPaused && (
        <span className="pausedNote">
          {`paused at ${renderTime(pausedAt)}${isReceiving ? `, ${renderWaiting(waiting)}` : ""}`}
        </span>
      )}
      {hasHours ? (
        <WindowSelect window={window} onWindow={onWindow} />
      ) : (
        <WindowButtons window={window} onWindow={onWindow} />
      )}
      <button type="button" className="pause" data-paused={isPaused} onClick={() => onPaused(!isPaused)}>
        <svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
          <path d={isPaused ? "M4 2v12l10-6Z" : "M3 2h3.5v12H3ZM9.5 2H13v12H9.5Z"} />
        </svg>
        <span className="label">{isPaused ? "Resume" : "Pause"}</span>
      </button>
      {children}
    </div>
  );
}

type WindowProps = Pick<ControlsProps, "window" | "onWindow">;

function WindowButtons({ window, onWindow }: WindowProps) {
  return (
    <fieldset className="windows">
      <legend className="visuallyHidden">Charts show the last</legend>
      {WINDOWS.map((choice) => (
        <label key={choice}>
          <input type="radio" name="window" checked={choice === window} onChange={() => onWindow(choice)} />
          {renderWindow(choice)}
        </label>
      ))}
    </fieldset>
  );
}

function WindowSelect({ window, onWindow }: WindowProps) {
  return (
    <select
      className="windowSelect"
      aria-label="Charts show the last"
      value={window}
      onChange={(event) => onWindow(event.currentTarget.value)}
    >
      {MORE_WINDOWS.map((choice) => (
        <option key={choice} value={choice}>
          {renderWindow(choice)}
        </option>
      ))}
    </select>
  );
}

function renderWindow(choice: string): string {
  return choice === "today" ? "Today" : renderSpan(Number(choice));
}

function renderWaiting(events: number): string {
  return events === 0 ? "data still arrives" : `${countThings(events, "event")} waiting`;
}
