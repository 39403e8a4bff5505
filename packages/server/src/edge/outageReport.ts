import type { Skipped } from "./segments.ts";
import type { PublishFailure } from "./sending.ts";
import type { SpoolState } from "./spool.ts";

/** An event of an edge: the field `kind` of a line of the log. */
export type EdgeEvent =
  | "log_away"
  | "log_back"
  | "spool_full"
  | "spool_torn"
  | "spool_damaged"
  | "message_refused";

/** Writes a line of the log, or a warning without one. */
export type SayEdge = (kind: EdgeEvent, sentence: string) => void;

/** Reports the beginning and the end of each outage of the log, and a full spool. */
export interface OutageReport {
  fail(reason: PublishFailure, error: unknown): void;
  /** Call it once a second. */
  tick(isSpooling: boolean, state: SpoolState): void;
}

export function createOutageReport(say: SayEdge, folder: string): OutageReport {
  let isAway = false;
  let isFull = false;
  let failures = 0;
  return {
    fail: (reason, error) => {
      failures += 1;
      if (isAway) return;
      isAway = true;
      const cause =
        error instanceof Error ? error.message : "Too many messages wait for their acknowledgement.";
      say("log_away", `The log does not take messages (${reason}): ${cause} The spool ${folder} takes over.`);
    },
    tick: (isSpooling, state) => {
      if (isSpooling && state.isFull && !isFull)
        say(
          "spool_full",
          `The spool ${folder} is full: messages are refused until the log takes them again.`,
        );
      isFull = isSpooling && state.isFull;
      if (isAway && !isSpooling && failures === 0) {
        isAway = false;
        say("log_back", `The log takes messages again, and the spool ${folder} is drained.`);
      }
      failures = 0;
    },
  };
}

export function describeSkipped({ reason, path, bytes, cause }: Skipped): string {
  if (reason === "torn")
    return `${path} ended amid a message: its last ${bytes} bytes were cut off. A crash before their acknowledgement explains them.`;
  const why = cause instanceof Error ? ` (${cause.message})` : "";
  return `${path} is damaged: ${bytes} bytes of it cannot be read${why}, and acknowledged messages in them are lost. Check the disk. The rest is published.`;
}
