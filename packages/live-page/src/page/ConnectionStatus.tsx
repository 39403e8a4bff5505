import { renderAge } from "../numbers/format.ts";
import { type Connection, isDenied } from "../stream/stream.ts";

/** Freshness of the newest frame. */
export type Freshness = "fresh" | "late" | "stale";

/** Milliseconds. Three frames are missing, because the collector sends at least one per second. */
const LATE_AFTER = 3_000;

/** Milliseconds. Ten missing frames are not a short delay. */
const STALE_AFTER = 10_000;

const connectionWords: Readonly<Record<Connection, string>> = {
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Disconnected",
  full: "Too many viewers",
  stopping: "Collector stopping",
  denied: "Token needed",
  linkEnded: "Link ended",
  linkRevoked: "Link ended",
  badLink: "Link not valid",
};

/** Returns the freshness of a frame by its age in ms. Without a frame, nothing is late yet. */
export function freshnessOf(age: number | undefined): Freshness {
  if (age === undefined || age < LATE_AFTER) return "fresh";
  return age < STALE_AFTER ? "late" : "stale";
}

interface ShownStatus {
  connection: Connection;
  /** Milliseconds since the newest frame. */
  age: number | undefined;
  /** True while the page is paused. */
  isPaused: boolean;
  /** True if the stream was opened with a token. */
  hasToken: boolean;
}

/** Returns the state of the page in words. "Live" only if the numbers follow the collector. */
export function renderStatus({ connection, age, isPaused, hasToken }: ShownStatus): string {
  if (connection === "denied" && hasToken) return "Wrong token";
  if (connection !== "live") return connectionWords[connection];
  if (isPaused) return "Paused";
  return freshnessOf(age) === "fresh" ? connectionWords.live : "Waiting for data";
}

interface ConnectionStatusProps {
  /** The state in words. */
  word: string;
  connection: Connection;
  /** Milliseconds since the newest frame. */
  age: number | undefined;
  /** True while the page is paused. */
  isPaused: boolean;
  /** Milliseconds until the next try; undefined while there is none to wait for. */
  retryIn: number | undefined;
  onRetry: () => void;
}

/** Formats the time since the last frame. Events in it can be older: pages send them every few seconds. */
function renderUpdated(age: number): string {
  return age < LATE_AFTER ? "updated now" : `updated ${renderAge(age)} ago`;
}

/**
 * Shows whether the numbers are live, and how old they are.
 *
 * Screen readers announce only changes of the connection: an age announced every second would be noise.
 */
export function ConnectionStatus({
  word,
  connection,
  age: lastAge,
  isPaused,
  retryIn,
  onRetry,
}: ConnectionStatusProps) {
  const isHeld = isPaused && connection === "live";
  // A denied viewer sees no numbers that could be old.
  const age = isDenied(connection) ? undefined : lastAge;
  return (
    <div
      className="status"
      data-connection={connection}
      data-freshness={freshnessOf(age)}
      data-paused={isHeld}
    >
      <span className="dot" aria-hidden="true" />
      <span className="statusWord">{word}</span>
      {/* The numbers of a paused page are as old as the pause, which stands beside its button. */}
      {age !== undefined && !isHeld && <span className="age">{renderUpdated(age)}</span>}
      {retryIn !== undefined && (
        <>
          <span className="age">{`next try in ${Math.max(1, Math.round(retryIn / 1000))} s`}</span>
          <button type="button" className="linkButton" onClick={onRetry}>
            Retry now
          </button>
        </>
      )}
      <span className="visuallyHidden" role="status">
        {`Connection: ${(isHeld || connection === "denied" ? word : connectionWords[connection]).toLowerCase()}`}
      </span>
    </div>
  );
}
