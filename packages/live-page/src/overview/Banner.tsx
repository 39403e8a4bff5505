import type { LiveObjective } from "@rumkit/protocol";
import { renderClock, renderFigure, renderSpan } from "../numbers/format.ts";

interface BannerProps {
  objectives: readonly LiveObjective[];
  /** Shows the errors. Undefined for a wall display, which has no controls. */
  onErrors: (() => void) | undefined;
}

/** Says which objectives are missed, since when, and after which release. Screen readers announce it once. */
export function Banner({ objectives, onErrors }: BannerProps) {
  const missed = objectives.filter((objective) => objective.missed);
  return (
    <div role="status" aria-label="Objectives">
      {missed.map((objective) => (
        <p key={objective.objective} className="banner">
          <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
            <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5ZM8 4.5V9M8 11.3v.2" />
          </svg>
          <span>
            <b>
              {objective.title} {renderValue(objective, objective.value)}
            </b>
            {`, objective: ${objective.goodIf === "below" ? "below" : "at least"} ${renderValue(objective, objective.target)}. `}
            {renderSince(objective)}
          </span>
          {onErrors && (
            <button type="button" onClick={onErrors}>
              Show the errors
            </button>
          )}
        </p>
      ))}
    </div>
  );
}

/** The title of the page while an objective is missed: it is all that a background tab shows. */
export function titleWhileMissed(objectives: readonly LiveObjective[]): string | undefined {
  const missed = objectives.find((objective) => objective.missed);
  return missed && `⚠ ${missed.title} ${renderValue(missed, missed.value)}`;
}

function renderValue({ unit }: LiveObjective, value: number | null): string {
  return renderFigure({ unit, decimals: unit === "count" ? 0 : 1 }, value);
}

function renderSince({ missed }: LiveObjective): string {
  if (!missed) return "";
  const since = `Since ${renderClock(missed.since)}`;
  if (missed.release === undefined) return `${since}.`;
  const after = missed.secondsAfterRelease ?? 0;
  return `${since}, ${renderSpan(after < 120 ? after : Math.round(after / 60) * 60)} after ${missed.release}.`;
}
