import type { ChunkReader } from "./sharedChunks.ts";
import type { ScrapePlace } from "./scrapePlaces.ts";
import type { ScrapeSink } from "./scrapeSink.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { collectorCounter, collectorCounterBy } from "../metrics/describeFamily.ts";

/**
 * The outcome of a scrape: the reader got everything (`complete`), left (`aborted`), exceeded its timeout (`timeout`)
 * or was too slow while others waited (`too_slow`); the metrics could not be read (`failed`); there were too many
 * concurrent scrapes (`overload`).
 */
export type ScrapeOutcome = "complete" | "aborted" | "timeout" | "too_slow" | "failed" | "overload";

/** The reason for which a scrape is cut. */
export type CutReason = Exclude<ScrapeOutcome, "complete" | "overload">;

export interface SentScrape {
  readonly outcome: ScrapeOutcome;
  readonly bytes: number;
}

export interface SendScrapeOptions {
  readonly first: Uint8Array | undefined;
  readonly reader: ChunkReader;
  readonly sink: ScrapeSink;
  /** Aborted with a `CutReason`. */
  readonly signal: AbortSignal;
  /** Records when the reader must take something before more can be sent, and how much it took. */
  readonly place: Pick<ScrapePlace, "waits" | "took">;
}

/**
 * Sends chunks as fast as they are taken. If the signal is aborted, the connection is cut: a failed scrape is more
 * useful than half a scrape. Never rejects.
 */
export async function sendScrape({
  first,
  reader,
  sink,
  signal,
  place,
}: SendScrapeOptions): Promise<SentScrape> {
  let bytes = 0;
  signal.addEventListener("abort", sink.cut);
  try {
    for (let chunk = first; chunk && !signal.aborted; chunk = await reader.next()) {
      bytes += chunk.length;
      place.waits();
      await sink.write(chunk);
      place.took(chunk.length);
    }
    place.waits();
    if (!signal.aborted) await sink.end();
  } catch {
    sink.cut();
    return { outcome: "failed", bytes };
  } finally {
    signal.removeEventListener("abort", sink.cut);
  }
  return { outcome: signal.aborted ? (signal.reason as CutReason) : "complete", bytes };
}

/** A record, so that a missing outcome is a compile error. */
const outcomes: Record<ScrapeOutcome, true> = {
  complete: true,
  aborted: true,
  timeout: true,
  too_slow: true,
  failed: true,
  overload: true,
};

/** 1 ms to 10 s, Prometheus' default timeout: from reading 100 lines to a million. */
const SCRAPE_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Describes the requests to `/metrics`. */
export function describeScrapeMetrics(): MetricDescriptor[] {
  return [
    collectorCounterBy(
      "rum_scrapes_total",
      "Requests to /metrics, by outcome; all but complete ones failed.",
      {
        outcome: Object.keys(outcomes),
      },
    ),
    {
      ...collectorCounter(
        "rum_scrape_duration_seconds",
        "Time until a scraper had read everything that it requested.",
      ),
      type: "histogram",
      unit: "seconds",
      buckets: SCRAPE_BUCKETS,
    },
    {
      ...collectorCounter(
        "rum_scrape_bytes_total",
        "Bytes that were sent to scrapers, as they were compressed.",
      ),
      unit: "bytes",
    },
  ];
}
