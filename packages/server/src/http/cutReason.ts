import type { Sample } from "../metrics/sample.ts";

/**
 * The reason for which a server closes a connection: it made room for another one (`evicted`), there was no room for
 * it (`refused`), its client read nothing of an answer for a minute (`unread`), or it sent hundreds of requests at
 * once (`pipelined`).
 */
export type CutReason = "evicted" | "refused" | "unread" | "pipelined";

/** Returns the sample that counts a closed connection. */
export function cutSample(reason: CutReason): Sample {
  return { metric: "rum_connections_cut_total", labels: { reason }, value: 1 };
}
