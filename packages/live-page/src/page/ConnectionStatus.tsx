import { renderAge } from "../numbers/format.ts";
import type { Connection } from "../stream/stream.ts";

/** How much the newest frame can be trusted to be now. */
export type Freshness = "fresh" | "late" | "stale";

/** The collector sends at least once a second: three frames are missing. In ms. */
const LATE_AFTER = 3_000;

/** Ten missing frames are no hiccup. In ms. */
const STALE_AFTER = 10_000;

const connectionWords: Readonly<Record<Connection, string>> = {
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting",
  denied: "Token needed",
};

/** Gives the freshness of a frame of this age in ms; without a frame there is nothing to be late yet. */
export function freshnessOf(age: number | undefined): Freshness {
  if (age === undefined || age < LATE_AFTER) return "fresh";
  return age < STALE_AFTER ? "late" : "stale";
}

interface ConnectionStatusProps {
  connection: Connection;
  /** Milliseconds since the newest frame. */
  age: number | undefined;
  /** True where what is shown stands still. */
  isPaused: boolean;
}

/** When the page heard from the collector last. Of the events in it nothing is said: pages send them every few seconds. */
function renderUpdated(age: number): string {
  return age < LATE_AFTER ? "updated now" : `updated ${renderAge(age)} ago`;
}

/**
 * Shows whether the numbers are live, and how old they are.
 *
 * Only the change of the connection is announced to screen readers: an age that speaks each second is noise.
 */
export function ConnectionStatus({ connection, age, isPaused }: ConnectionStatusProps) {
  const freshness = freshnessOf(age);
  const isSilent = connection === "live" && freshness !== "fresh";
  return (
    <div className="status" data-connection={connection} data-freshness={freshness}>
      <span className="dot" aria-hidden="true" />
      <span className="statusWord">
        {isSilent ? "Waiting for data" : isPaused ? "Paused" : connectionWords[connection]}
      </span>
      {age !== undefined && <span className="age">{renderUpdated(age)}</span>}
      <span className="visuallyHidden" role="status">
        {`Connection: ${connectionWords[connection].toLowerCase()}`}
      </span>
    </div>
  );
}
