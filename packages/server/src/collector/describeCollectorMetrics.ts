import { DENIABLE } from "../access/accessOptions.ts";
import type { CutReason } from "../http/serverRecord.ts";
import type { ScrapeOutcome } from "../exposition/sendScrape.ts";
import type { StackOutcome } from "../sourceMaps/createResolver.ts";
import { info } from "../instrument/describeBackendMetrics.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { labelSets } from "../metrics/labelSets.ts";
import { DROP_REASONS, EXPERIENCES } from "../metrics/labelValues.ts";
import { own } from "../metrics/ownMetric.ts";
import { batchRejections, eventRejections } from "../collect/batchOutcome.ts";

/** Written as a record for the same reason. */
const scrapeOutcomes: Record<ScrapeOutcome, true> = {
  complete: true,
  aborted: true,
  timeout: true,
  too_slow: true,
  failed: true,
  overload: true,
};

const cutReasons: Record<CutReason, true> = { evicted: true, refused: true, unread: true, pipelined: true };

/** 0.1 ms to 2.5 s: from parsing 2 KB to waiting for a disk. */
const COLLECT_BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 2.5];

/** 1 ms to 10 s, Prometheus' default timeout: from reading 100 lines to a million. */
const SCRAPE_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Maximum metrics of the app that are reported as unreadable: if more fail, the registry itself is broken. */
const MAX_UNREADABLE = 100;

/** Describes the collector's metrics about its own work: every event and batch has exactly one outcome. */
export function describeCollectorMetrics(): MetricDescriptor[] {
  return [
    { ...info("rum_build_info", "The version of rumkit; always 1.", ["version"]), side: "collector" },
    own("rum_batches_accepted_total", "Batches that were counted."),
    own("rum_batches_duplicate_total", "Batches whose id was counted before; nothing was counted again."),
    own("rum_batches_rejected_total", "Requests to /collect that were refused.", batchRejections),
    own(
      "rum_batches_lost_total",
      "Gaps in the numbers that sessions give their batches: sent, and never received.",
    ),
    {
      ...own("rum_sessions_rated_total", "Sessions that reached a rating, by their Core Web Vitals."),
      labels: ["experience"],
      known: labelSets({ experience: EXPERIENCES }),
      maxSeries: EXPERIENCES.length,
    },
    ...describeEvents(),
    { ...own("rum_collect_bytes_total", "Bytes of bodies that were read."), unit: "bytes" },
    {
      ...own("rum_collect_duration_seconds", "Time to answer a request to /collect."),
      type: "histogram",
      unit: "seconds",
      buckets: COLLECT_BUCKETS,
    },
    {
      ...own(
        "rum_overload_level",
        "Events that are left out: 0 none, 1 clicks and the like, 2 all but conversions, money and errors, 3 all.",
      ),
      type: "gauge",
      acrossProcesses: "max",
    },
    {
      ...own("rum_ready", "1 while /readyz answers that more can be taken, else 0."),
      type: "gauge",
      acrossProcesses: "min",
    },
    denials(),
    ...describeScrapes(),
    own(
      "rum_connections_cut_total",
      "Connections that the server closed: too many, unread, or hundreds of requests at once.",
      cutReasons,
    ),
    { ...own("rum_live_clients", "Live streams that are open."), type: "gauge" },
    own(
      "rum_live_frames_skipped_total",
      "Frames that a slow live client did not get; it gets a snapshot instead.",
    ),
    resolvedStacks(),
  ];
}

/** Every event of a page has exactly one outcome, and so has every call of server code. */
function describeEvents(): MetricDescriptor[] {
  return [
    own(
      "rum_events_received_total",
      "Events in batches that could be read: accepted, duplicate, rejected, bot and overload together.",
    ),
    own("rum_events_accepted_total", "Events of pages that were counted."),
    own("rum_events_duplicate_total", "Events in batches whose id was counted before."),
    own("rum_events_bot_total", "Events of crawlers, which are counted nowhere else."),
    own(
      "rum_events_overload_total",
      "Events that were left out because there were more than could be counted.",
    ),
    own(
      "rum_events_scaled_total",
      "Events that the accepted ones represent: more than were accepted if pages sample.",
    ),
    own(
      "rum_events_rejected_total",
      "Events of pages that were refused; the rest of the batch was counted.",
      { ...eventRejections, id_conflict: true, journal_failed: true },
    ),
    own(
      "rum_events_dropped_total",
      "Events that pages lost before sending them, as they report it.",
      Object.fromEntries(DROP_REASONS.map((reason) => [reason, true])),
    ),
    own(
      "rum_tracked_events_rejected_total",
      "Calls of trackAction, trackConversion and measure in server code that were refused.",
      { ...eventRejections, journal_failed: true },
    ),
    own("rum_tracked_events_duplicate_total", "Server-side conversions whose id was counted before."),
  ];
}

function describeScrapes(): MetricDescriptor[] {
  return [
    {
      ...own("rum_scrapes_total", "Requests to /metrics, by outcome; all but complete ones failed."),
      labels: ["outcome"],
      known: labelSets({ outcome: Object.keys(scrapeOutcomes) }),
      maxSeries: Object.keys(scrapeOutcomes).length,
    },
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
    {
      ...own(
        "rum_metric_read_failures_total",
        "Times that a metric of the app could not be read: it was left out, and the others were shown.",
      ),
      labels: ["metric"],
      known: [],
      maxSeries: MAX_UNREADABLE,
    },
  ];
}

function denials(): MetricDescriptor {
  const known = labelSets({ scope: DENIABLE });
  return {
    ...own(
      "rum_access_denied_total",
      "Requests that were denied: their secret, or the name in Host, does not open the scope.",
    ),
    labels: ["scope"],
    known,
    maxSeries: known.length,
  };
}

const stackOutcomes: Record<StackOutcome, true> = {
  resolved: true,
  no_map: true,
  failed: true,
  timeout: true,
  overflow: true,
};

function resolvedStacks(): MetricDescriptor {
  const known = labelSets({ outcome: Object.keys(stackOutcomes) });
  return {
    ...own("rum_stacks_resolved_total", "Stacks of errors that were looked up in source maps, by outcome."),
    labels: ["outcome"],
    known,
    maxSeries: known.length,
  };
}
