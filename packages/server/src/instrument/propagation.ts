import type { WebVitalRating } from "@rumkit/protocol";
import { EXPERIENCES } from "../metrics/labelValues.ts";
import type { Exemplar } from "../metrics/sample.ts";

/** The key under which a page sends its session's experience. */
const KEY = "rum.experience";

/**
 * Maximum characters that are read. Services must forward only this many (W3C Baggage, section 3.3.2), and rumkit
 * never sends a longer header.
 */
const MAX_LENGTH = 8_192;
const MAX_MEMBERS = 64;

/**
 * Returns the experience of a request's session, from its header `baggage` (W3C): `rum.experience=poor`, next to
 * entries of other tools. Returns undefined if the header has none of the three values. Never throws; reads the first
 * 64 entries of at most 8 192 characters.
 *
 * The page sends the value and can forge it: it selects one of four series, and never creates a new one.
 *
 * @example
 * await trackConversion("purchase", { id, value, currency, experience: experienceOf(c.req.header("baggage")) });
 */
export function experienceOf(baggage: unknown): WebVitalRating | undefined {
  // Node joins headers of the same name. Some frameworks pass a list.
  const header: unknown = Array.isArray(baggage) ? baggage.join(",") : baggage;
  if (typeof header !== "string" || header.length > MAX_LENGTH) return undefined;
  for (const member of header.split(",", MAX_MEMBERS)) {
    // `key = value ; property`, with white space around each.
    const [entry = ""] = member.split(";", 1);
    const at = entry.indexOf("=");
    if (at >= 0 && entry.slice(0, at).trim() === KEY) return ratingOf(entry.slice(at + 1).trim());
  }
  return undefined;
}

/** Returns undefined for any other value than the three ratings. */
export function ratingOf(text: unknown): WebVitalRating | undefined {
  return EXPERIENCES.find((experience) => experience === text);
}

/** W3C Trace Context, section 3.2: version, trace, parent, flags. A later version may have further fields. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;

/** The lowest bit of the flags: the service that started the trace records it. */
const SAMPLED = 1;

/** Returns the id of a request's trace, even if the trace is not recorded; undefined without one. */
export function traceIdOf(traceparent: unknown): string | undefined {
  return read(traceparent)?.[1];
}

/** Returns the trace of a request; undefined without one, or if the trace is not recorded. */
export function traceOf(traceparent: unknown): Exemplar | undefined {
  const [, traceId, spanId, flags] = read(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  return (Number.parseInt(flags ?? "0", 16) & SAMPLED) === SAMPLED ? { traceId, spanId } : undefined;
}

function read(traceparent: unknown): RegExpExecArray | null {
  return typeof traceparent === "string" ? TRACEPARENT.exec(traceparent.slice(0, 100)) : null;
}
