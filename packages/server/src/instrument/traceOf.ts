import type { Exemplar } from "../metrics/sample.ts";

/**
 * W3C Trace Context, section 3.2: version, trace, parent, flags. A later version may have more fields behind them.
 */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;

/** The lowest bit of the flags: the service that began the trace keeps it. */
const SAMPLED = 1;

/** Returns the id of the trace that a request belongs to, even if the trace is not kept; undefined without one. */
export function traceIdOf(traceparent: unknown): string | undefined {
  return read(traceparent)?.[1];
}

/** Returns the trace of a request; undefined without one, or if the trace is not kept. */
export function traceOf(traceparent: unknown): Exemplar | undefined {
  const [, traceId, spanId, flags] = read(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  return (Number.parseInt(flags ?? "0", 16) & SAMPLED) === SAMPLED ? { traceId, spanId } : undefined;
}

function read(traceparent: unknown): RegExpExecArray | null {
  return typeof traceparent === "string" ? TRACEPARENT.exec(traceparent.slice(0, 100)) : null;
}
