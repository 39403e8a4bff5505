import type { WebVitalRating } from "@rumkit/protocol";
import { EXPERIENCES } from "../metrics/labelValues.ts";

/** The key under which a page says what its session has experienced. */
const KEY = "rum.experience";

/** W3C Baggage, section 3.3.2: whoever passes a header on need keep no more. What is longer is nobody's of ours. */
const MAX_LENGTH = 8_192;
const MAX_MEMBERS = 64;

/**
 * What the session of a request had experienced, from its header `baggage` (W3C): `rum.experience=poor`, beside
 * whatever others put there. Undefined where nobody says one of the three. Never throws; looks at the first 64
 * entries of at most 8 192 characters.
 *
 * It is the page's word: it chooses one of four series, and never a new one.
 *
 * @example
 * await trackConversion("purchase", { id, value, currency, experience: experienceOf(c.req.header("baggage")) });
 */
export function experienceOf(baggage: unknown): WebVitalRating | undefined {
  // Node joins headers of one name; what comes as a list is of a framework that does not.
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

/** Undefined for what is none of the three. */
export function ratingOf(text: unknown): WebVitalRating | undefined {
  return EXPERIENCES.find((experience) => experience === text);
}
