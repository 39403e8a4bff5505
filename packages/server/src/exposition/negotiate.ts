import type { ExpositionFormat } from "./format.ts";

export type ContentCoding = "gzip" | "identity";

/** A media range or coding of a header, with its parameters in lower case; `q` is 1 by default. */
interface Choice {
  readonly value: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly q: number;
}

/** The formats by their media types, with the version that a range without parameters means. */
const FORMATS: readonly { format: ExpositionFormat; type: string; version: string }[] = [
  { format: "text", type: "text/plain", version: "0.0.4" },
  { format: "openmetrics", type: "application/openmetrics-text", version: "1.0.0" },
];

/**
 * Returns the format that an `Accept` header prefers (RFC 9110, section 12.5.1). For each format, the most specific
 * range decides. If both formats are equal, returns OpenMetrics if the header names it. If the header accepts neither,
 * returns text, because Prometheus reads text under any content type.
 */
export function negotiateFormat(accept: string | undefined): ExpositionFormat {
  const choices = parseChoices(accept ?? "");
  const [text, openmetrics] = FORMATS.map(({ type, version }) => best(choices, type, version));
  if (!openmetrics || openmetrics.q === 0) return "text";
  const textQ = text?.q ?? 0;
  if (openmetrics.q !== textQ) return openmetrics.q > textQ ? "openmetrics" : "text";
  return openmetrics.exactness > 2 ? "openmetrics" : "text";
}

/** Returns the coding that an `Accept-Encoding` header prefers; gzip if both are preferred equally. */
export function negotiateCoding(acceptEncoding: string | undefined): ContentCoding {
  const choices = parseChoices(acceptEncoding ?? "");
  const qOf = (coding: string): number | undefined => choices.find(({ value }) => value === coding)?.q;
  const gzip = qOf("gzip") ?? qOf("x-gzip") ?? qOf("*") ?? 0;
  return gzip > 0 && gzip >= (qOf("identity") ?? 0) ? "gzip" : "identity";
}

function best(
  choices: readonly Choice[],
  type: string,
  version: string,
): { q: number; exactness: number } | undefined {
  return choices
    .map(({ value, parameters, q }) => ({ q, exactness: exactness(value, parameters, type, version) }))
    .filter((match) => match.exactness > 0)
    .toSorted((a, b) => b.exactness - a.exactness || b.q - a.q)[0];
}

/** Returns 0 for a range of another type, and a higher number for a more specific one. */
function exactness(
  range: string,
  parameters: ReadonlyMap<string, string>,
  type: string,
  version: string,
): number {
  if (range === "*/*") return 1;
  if (range === `${type.slice(0, type.indexOf("/"))}/*`) return 2;
  if (range !== type) return 0;
  const asked = parameters.get("version");
  if (asked === undefined) return 3;
  return asked === version ? 4 : 0;
}

/** Maximum choices of a header that are read: Prometheus sends five. */
const MAX_CHOICES = 32;

function parseChoices(header: string): Choice[] {
  return header
    .split(",", MAX_CHOICES)
    .map((part) => {
      const [value = "", ...rest] = part.toLowerCase().split(";");
      const parameters = new Map(
        rest.map((parameter) => {
          const [name = "", content = ""] = parameter.split("=", 2);
          return [name.trim(), content.trim().replaceAll('"', "")] as const;
        }),
      );
      return { value: value.trim(), parameters, q: qualityOf(parameters.get("q")) };
    })
    .filter(({ value }) => value !== "");
}

/** Text that is not a number counts as missing. */
function qualityOf(text: string | undefined): number {
  const q = Number(text ?? 1);
  return Number.isFinite(q) ? Math.min(Math.max(q, 0), 1) : 1;
}

/** Prometheus' default interval of scrapes: a minute. */
const DEFAULT_INTERVAL_MS = 60_000;

/**
 * Prometheus' default timeout in seconds, assumed for a scraper that does not send one. A timeout is never longer than
 * the interval. A shorter timeout means a shorter interval, or was set by hand; in both cases the interval is assumed to
 * be a multiple of it.
 */
const DEFAULT_TIMEOUT = 10;
const INTERVALS_IN_TIMEOUT = 4;

/** A scrape may be late by a tenth of the interval: the target's answer takes time, and so does the network. */
const LATE = 1.1;

/**
 * Milliseconds for which `_created` is exposed: scrapers that use it need it only once. Prometheus servers that store
 * it would otherwise have a second series for each counter forever.
 */
export const CREATED_MS = DEFAULT_INTERVAL_MS * LATE;

/**
 * Returns the milliseconds for which a new series is exposed as 0, so that `increase()` includes its first events.
 * That is one scrape interval, so that every scraper sees the 0 at least once, however many there are. Returns 0 for a
 * request without the header in which scrapers send their timeout, because its sender may never come again. Depends on
 * no earlier request.
 *
 * `intervalMs` is the longest interval of scrapes, if it was set.
 */
export function zeroTime(timeoutHeader: string | undefined, intervalMs: number | undefined): number {
  if (timeoutHeader === undefined) return 0;
  if (intervalMs !== undefined) return intervalMs * LATE;
  const timeout = Number(timeoutHeader);
  const isShort = timeout > 0 && timeout < DEFAULT_TIMEOUT;
  return (isShort ? timeout * 1000 * INTERVALS_IN_TIMEOUT : DEFAULT_INTERVAL_MS) * LATE;
}

/** The longest accepted timeout in seconds, so that no scraper holds a place for long. */
const MAX_SECONDS = 120;

/** Seconds before the scraper's timeout at which the answer ends. For a timeout below one second, half of it. */
const OFFSET_SECONDS = 0.5;

/** Returns the milliseconds that a scrape may take, by the header in which Prometheus sends its timeout. */
export function scrapeTimeout(header: string | undefined): number {
  const said = Number(header ?? DEFAULT_TIMEOUT);
  const seconds = Number.isFinite(said) && said > 0 ? Math.min(said, MAX_SECONDS) : DEFAULT_TIMEOUT;
  return Math.max(seconds - OFFSET_SECONDS, seconds / 2) * 1000;
}
