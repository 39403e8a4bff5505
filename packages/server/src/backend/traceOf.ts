import type { Exemplar } from "../metrics/sample.ts";

/** W3C Trace Context, section 3.2: version, trace, parent, flags. A later version may say more behind them. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;

/** The lowest bit of the flags: whoever began the trace keeps it. */
const SAMPLED = 1;

/** The trace of a request; undefined where there is none, or none that anybody could look at. */
export function traceOf(traceparent: unknown): Exemplar | undefined {
  if (typeof traceparent !== "string") return undefined;
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent.slice(0, 100)) ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  return (Number.parseInt(flags ?? "0", 16) & SAMPLED) === SAMPLED ? { traceId, spanId } : undefined;
}
