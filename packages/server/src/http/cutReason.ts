import type { Sample } from "../metrics/sample.ts";

/**
 * Why a server closes a connection: another one was closed to make room for it (`evicted`), there was no room (`refused`),
 * nothing of an answer was read for a minute (`unread`), it sent hundreds of requests at once (`pipelined`).
 */
export type CutReason = "evicted" | "refused" | "unread" | "pipelined";

/** What is counted of a connection that was closed. */
export function cutSample(reason: CutReason): Sample {
  return { metric: "rum_connections_cut_total", labels: { reason }, value: 1 };
}
