import { type CutReason, cutSample } from "@rumkit/server/internal/serve";
import type { Log } from "@rumkit/server";
import type { RecordSample } from "@rumkit/server/internal/metrics";

/** Milliseconds between two lines of the log. */
const MINUTE_MS = 60_000;

/** Counts connections that the server closes, and logs a line with their number at most once per minute. */
export function createCutReport(
  record: RecordSample,
  log: Pick<Log, "warn"> | undefined,
  now: () => number = () => performance.now(),
): (reason: CutReason) => void {
  let reportedAt = -Infinity;
  let unreported = 0;
  return (reason) => {
    record(cutSample(reason));
    unreported += 1;
    if (now() - reportedAt < MINUTE_MS) return;
    log?.warn({ kind: "connections_cut", reason, connections: unreported }, SENTENCES[reason]);
    reportedAt = now();
    unreported = 0;
  };
}

const SENTENCES: Readonly<Record<CutReason, string>> = {
  evicted:
    "All connections are in use: an idle one was closed for a new one. Raise maxConnections, or find the client that opens too many.",
  refused:
    "All connections are in use, and none is idle: a new one was refused. Raise maxConnections, or find the client that opens too many.",
  unread: "A client did not read its answer for a minute: its connection was closed.",
  pipelined: "A client sent hundreds of requests without waiting for answers: its connection was closed.",
};
