import type { WebVitalRating } from "@rumkit/protocol";
import { EXPERIENCES } from "../metrics/labelValues.ts";

/** The key under which a page sends its session's experience. */
const KEY = "rum.experience";

/**
 * W3C Baggage, section 3.3.2: a service that passes a header on need not keep more. A longer header does not come
 * from rumkit.
 */
const MAX_LENGTH = 8_192;
const MAX_MEMBERS = 64;

/**
 * Returns the experience of a request's session, from its header `baggage` (W3C): `rum.experience=poor`, beside
 * entries of other tools. Undefined without one of the three values. Never throws; reads the first 64 entries of at
 * most 8 192 characters.
 *
 * The page sends the value and can forge it: it selects one of four series, and never creates a new one.
 *
 * @example
 * await trackConversion("purchase", { id, value, currency, experience: experienceOf(c.req.header("baggage")) });
 */
export function experienceOf(baggage: unknown): WebVitalRating | undefined {
  // Node joins headers of one name; a list comes from a framework that does not.
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

/** Undefined for any value but the three. */
export function ratingOf(text: unknown): WebVitalRating | undefined {
  return EXPERIENCES.find((experience) => experience === text);
}
