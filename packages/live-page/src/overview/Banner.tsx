import type { LiveObjective } from "@rumkit/protocol";
import { useState } from "react";
import { renderClock, renderFigure, renderSpan } from "../numbers/format.ts";

interface BannerProps {
  /** Those that no banner of an alert names. */
  objectives: readonly LiveObjective[];
  /** Shows the errors. Undefined for a wall display, which has no controls. */
  onErrors: (() => void) | undefined;
}

/**
 * Says which objectives are missed, since when, and after which release: the one that is missed most, and on demand the
 * others. Screen readers announce it once.
 */
export function Banner({ objectives, onErrors }: BannerProps) {
  const [isOpen, setOpen] = useState(false);
  const [first, ...others] = missedFirst(objectives);
  return (
    <div role="status" aria-label="Objectives">
      {first && (
        <div className="banner">
          <Missed objective={first} />
          {others.length > 0 && onErrors && (
            <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              {isOpen ? "Fewer" : `${others.length} more`}
            </button>
          )}
          {onErrors && (
            <button type="button" onClick={onErrors}>
              Show the errors
            </button>
          )}
          {(isOpen || !onErrors) &&
            others.map((objective) => <Missed key={objective.objective} objective={objective} />)}
        </div>
      )}
    </div>
  );
}

function Missed({ objective }: { objective: LiveObjective }) {
  const { title, value, target, goodIf } = objective;
  const says = `${renderSince(objective)} Objective: ${goodIf === "below" ? "below" : "at least"} ${renderValue(objective, target)}.`;
  return (
    <p className="missed" title={says}>
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5ZM8 4.5V9M8 11.3v.2" />
      </svg>
      <b>
        {title} {renderValue(objective, value)}
      </b>{" "}
      {says}
    </p>
  );
}

/** The missed objectives, the one that is farthest from its target first. */
function missedFirst(objectives: readonly LiveObjective[]): readonly LiveObjective[] {
  return objectives.filter((objective) => objective.missed).toSorted((a, b) => distanceOf(b) - distanceOf(a));
}

/** The multiple of what is allowed: of errors 4.2 % where 1 % is, of fast pages 40 % slow where 20 % is. */
function distanceOf({ goodIf, value, target, unit }: LiveObjective): number {
  if (value === null) return 0;
  if (goodIf === "below") return value / target;
  return unit === "ratio" ? (1 - value) / (1 - target) : target / value;
}

/** The title of the page while an objective is missed: it is all that a background tab shows. */
export function titleWhileMissed(objectives: readonly LiveObjective[]): string | undefined {
  const [missed] = missedFirst(objectives);
  return missed && `⚠ ${missed.title} ${renderValue(missed, missed.value)}`;
}

function renderValue({ unit }: LiveObjective, value: number | null): string {
  return renderFigure({ unit, decimals: unit === "count" ? 0 : 1 }, value);
}

function renderSince({ missed }: LiveObjective): string {
  if (!missed) return "";
  return [`since ${renderClock(missed.since)}`, renderRelease(missed)].filter(Boolean).join(", ") + ".";
}

/** The release before an objective was missed: "40 s after 1.4.0". Undefined without one. */
export function renderRelease(missed: LiveObjective["missed"]): string | undefined {
  if (!missed || missed.release === undefined) return undefined;
  const after = missed.secondsAfterRelease ?? 0;
  return `${renderSpan(after < 120 ? after : Math.round(after / 60) * 60)} after ${missed.release}`;
}
