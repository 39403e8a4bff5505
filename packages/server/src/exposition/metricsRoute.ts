import { randomUUID } from "node:crypto";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context, Handler } from "hono";
import type { CollectRequest } from "../http/collectRequest.ts";
import { fromHono, outgoingOf } from "../http/honoRequest.ts";
import type { RecordSample } from "../metrics/sample.ts";
import type { Exposition, ScrapeQuery } from "./createExposition.ts";
import { CONTENT_TYPES, INSTANCE_HEADER } from "./format.ts";
import { negotiateCoding, negotiateFormat, scrapeTimeout, zeroTime } from "./negotiate.ts";
import { createScrapePlaces, type ScrapePlace } from "./scrapePlaces.ts";
import {
  createNodeSink,
  createWebSink,
  type CutReason,
  type ScrapeOutcome,
  sendScrape,
  type SentScrape,
} from "./sendScrape.ts";
import type { ChunkReader } from "./sharedChunks.ts";
import { queryOf } from "../http/query.ts";

/** Seconds after which a refused scraper may try again: a scrape of 50,000 series takes less. */
const RETRY_AFTER = "1";

/** Maximum family names in one request. A URL within Node's default limit holds about as many. */
const MAX_NAMES = 1_000;

export interface MetricsRouteOptions {
  readonly exposition: Exposition;
  readonly record: RecordSample;
  /** Called when a scrape could not be answered: a metric of the app cannot be read. */
  readonly onError: (error: unknown) => void;
  /**
   * Returns the sender to which a scrape belongs: the address of the client, also behind trusted proxies. Undefined if
   * it is unknown.
   */
  readonly senderOf: (request: CollectRequest) => string | undefined;
  /** The clock that measures slow readers, in milliseconds. Default `performance.now`. */
  readonly now?: () => number;
  /** As of `CollectorOptions`. */
  readonly scrapeIntervalMs?: number | undefined;
}

/**
 * `GET /metrics`: everything that was counted, in the text format of Prometheus or OpenMetrics, as the request's
 * headers prefer. It is rendered as fast as the scraper reads.
 *
 * A new counter or histogram is shown to scrapers as 0 for one of their intervals, and to all other readers with its
 * value.
 */
export function createMetricsRoute(options: MetricsRouteOptions): Handler {
  const { onError, scrapeIntervalMs } = options;
  const begin = createScrapeStart(options);
  const instance = randomUUID();

  return async function metrics(c) {
    const query = readQuery(c, scrapeIntervalMs);
    const headers = { ...answerHeaders(query), [INSTANCE_HEADER]: instance };
    if (c.req.method === "HEAD") return c.body(null, 200, headers);
    const scrape = begin(c, query);
    if (!scrape) return refuse(c, 503, "There are too many scrapes at once.");
    const { reader, signal, place, cut, settle } = scrape;

    const first = await readFirst(reader, signal).catch((error: unknown) => {
      onError(error);
      return "failed" as const;
    });
    if (typeof first === "string") {
      settle({ outcome: first, bytes: 0 });
      return first === "failed"
        ? refuse(c, 500, "A metric of the app cannot be read.")
        : refuse(c, 503, "The metrics of the app took too long.");
    }
    const outgoing = outgoingOf(c);
    if (outgoing) {
      outgoing.writeHead(200, mergeHeaders(c, headers));
      const sink = createNodeSink(outgoing, () => cut("aborted"));
      settle(await sendScrape({ first, reader, sink, signal, place }));
      return RESPONSE_ALREADY_SENT;
    }
    const { sink, stream } = createWebSink(() => cut("aborted"));
    void sendScrape({ first, reader, sink, signal, place }).then(settle);
    return c.body(stream, 200, headers);
  };
}

/** A scrape that has a place, until it is settled. */
interface OpenScrape {
  readonly reader: ChunkReader;
  /** Aborted with a `CutReason`. */
  readonly signal: AbortSignal;
  readonly place: ScrapePlace;
  readonly cut: (reason: CutReason) => void;
  /** Call it once, with the outcome: it is counted, and the place is free. */
  readonly settle: (sent: SentScrape) => void;
}

/** Returns a function that begins a scrape, or counts it as refused and returns undefined if no place is free. */
function createScrapeStart({
  exposition,
  record,
  senderOf,
  now = () => performance.now(),
}: MetricsRouteOptions): (c: Context, query: ScrapeQuery) => OpenScrape | undefined {
  const places = createScrapePlaces(now);
  const count = (outcome: ScrapeOutcome): void =>
    record({ metric: "rum_scrapes_total", labels: { outcome }, value: 1 });

  return (c, query) => {
    const cutting = new AbortController();
    const cut = (reason: CutReason): void => cutting.abort(reason);
    const place = places.enter(senderOf(fromHono(c)) ?? "", cut);
    if (!place) {
      count("overload");
      return undefined;
    }
    const start = performance.now();
    const timer = setTimeout(cut, scrapeTimeout(c.req.header(TIMEOUT_HEADER)), "timeout");
    const reader = exposition.open(query, () => cut("too_slow"));
    const settle = ({ outcome, bytes }: SentScrape): void => {
      place.leave();
      clearTimeout(timer);
      reader.leave();
      count(outcome);
      record({ metric: "rum_scrape_bytes_total", labels: {}, value: bytes });
      if (outcome !== "complete") return;
      const seconds = (performance.now() - start) / 1000;
      record({ metric: "rum_scrape_duration_seconds", labels: {}, value: seconds });
    };
    return { reader, signal: cutting.signal, place, cut, settle };
  };
}

const TIMEOUT_HEADER = "x-prometheus-scrape-timeout-seconds";

/**
 * Compresses only if the bytes go straight to a Node response. A web `Response` is sent by a framework, which may
 * compress once more: Next.js drops `content-encoding` from the answer of a route handler and gzips the body, even if
 * it is compressed.
 */
function readQuery(c: Context, scrapeIntervalMs: number | undefined): ScrapeQuery {
  return {
    format: negotiateFormat(c.req.header("accept")),
    coding: outgoingOf(c) ? negotiateCoding(c.req.header("accept-encoding")) : "identity",
    names: [...new Set(queryOf(c).getAll("name[]").slice(0, MAX_NAMES))].toSorted(),
    zeroMs: zeroTime(c.req.header(TIMEOUT_HEADER), scrapeIntervalMs),
  };
}

function answerHeaders({ format, coding }: ScrapeQuery): Record<string, string> {
  return {
    "content-type": CONTENT_TYPES[format],
    "cache-control": "no-store",
    vary: "Accept, Accept-Encoding",
    ...(coding === "gzip" && { "content-encoding": "gzip" }),
  };
}

/** Reads the first chunk, which shows that the exposition can be read; undefined if it is empty. */
async function readFirst(
  scrape: ChunkReader,
  signal: AbortSignal,
): Promise<Uint8Array | undefined | CutReason> {
  let onAbort = (): void => {};
  const aborted = new Promise<CutReason>((resolve) => {
    onAbort = () => resolve(signal.reason as CutReason);
  });
  signal.addEventListener("abort", onAbort);
  try {
    return await Promise.race([scrape.next(), aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Merges the headers that the app's middleware sets on every answer, and ours. */
function mergeHeaders(c: Context, headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(c.body(null, 200, headers).headers);
}

function refuse(c: Context, status: 500 | 503, message: string): Response {
  const retry = status === 503 ? { "retry-after": RETRY_AFTER } : {};
  const code = status === 503 ? "scrape_overload" : "scrape_failed";
  return c.json({ error: { code, message } }, status, { "cache-control": "no-store", ...retry });
}
