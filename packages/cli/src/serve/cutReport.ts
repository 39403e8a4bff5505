import { type CutReason, cutSample } from "@rumkit/server/internal/serve";
import type { Log } from "@rumkit/server";
import type { RecordSample } from "@rumkit/server/internal/metrics";

/** Milliseconds between two lines of the log. */
const MINUTE_MS = 60_000;

/** Counts connections that the server closes, and writes a line about them: one a minute, with how many they were. */
export function createCutReport(
  record: RecordSample,
  log: Pick<Log, "warn"> | undefined,
  now: () => number = () => performance.now(),
): (reason: CutReason) => void {
  let toldAt = -Infinity;
  let untold = 0;
  return (reason) => {
    record(cutSample(reason));
    untold += 1;
    if (now() - toldAt < MINUTE_MS) return;
    log?.warn({ kind: "connections_cut", reason, connections: untold }, SENTENCES[reason]);
    toldAt = now();
    untold = 0;
  };
}

const SENTENCES: Readonly<Record<CutReason, string>> = {
  evicted:
    "All connections are taken: one that rested was closed for a new one. Raise maxConnections, or look for a client that opens too many.",
  refused:
    "All connections are taken, and none rests: a new one was refused. Raise maxConnections, or look for a client that opens too many.",
  unread: "A client read nothing of an answer for a minute: its connection was closed.",
  pipelined: "A client sent hundreds of requests and waited for no answer: its connection was closed.",
};
