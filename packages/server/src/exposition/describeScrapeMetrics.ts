import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { own, ownBy } from "../metrics/ownMetric.ts";
import type { ScrapeOutcome } from "./sendScrape.ts";

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
    ownBy("rum_scrapes_total", "Requests to /metrics, by outcome; all but complete ones failed.", {
      outcome: Object.keys(outcomes),
    }),
    {
      ...own("rum_scrape_duration_seconds", "Time until a scraper had read everything that it requested."),
      type: "histogram",
      unit: "seconds",
      buckets: SCRAPE_BUCKETS,
    },
    {
      ...own("rum_scrape_bytes_total", "Bytes that were sent to scrapers, as they were compressed."),
      unit: "bytes",
    },
  ];
}
