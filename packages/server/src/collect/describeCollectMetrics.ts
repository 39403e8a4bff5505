import { BATCH_REJECTIONS, eventRejections } from "@rumkit/protocol";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { DROP_REASONS, EXPERIENCES } from "../metrics/labelValues.ts";
import { collectorCounter, collectorCounterBy } from "../metrics/describeFamily.ts";

/** 0.1 ms to 2.5 s: from parsing 2 KB to waiting for a disk. */
const COLLECT_BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 2.5];

/** Describes the outcomes of batches and of their events: each has exactly one. */
export function describeBatchMetrics(): MetricDescriptor[] {
  return [
    collectorCounter("rum_batches_accepted_total", "Batches that were counted."),
    collectorCounter(
      "rum_batches_duplicate_total",
      "Batches whose id was counted before; nothing was counted again.",
    ),
    collectorCounterBy("rum_batches_rejected_total", "Requests to /collect that were refused.", {
      reason: BATCH_REJECTIONS,
    }),
    collectorCounter(
      "rum_batches_lost_total",
      "Gaps in the numbers that sessions give their batches: sent, and never received.",
    ),
    collectorCounterBy(
      "rum_sessions_rated_total",
      "Sessions that reached a rating, by their Core Web Vitals.",
      {
        experience: EXPERIENCES,
      },
    ),
    ...describeEvents(),
  ];
}

function describeEvents(): MetricDescriptor[] {
  return [
    collectorCounter(
      "rum_events_received_total",
      "Events in batches that could be read: accepted, duplicate, rejected, bot and overload together.",
    ),
    collectorCounter("rum_events_accepted_total", "Events of pages that were counted."),
    collectorCounter("rum_events_duplicate_total", "Events in batches whose id was counted before."),
    collectorCounter("rum_events_bot_total", "Events of crawlers, which are counted nowhere else."),
    collectorCounter(
      "rum_events_overload_total",
      "Events that were left out because there were more than could be counted.",
    ),
    collectorCounter(
      "rum_events_scaled_total",
      "Events that the accepted ones represent: more than were accepted if pages sample.",
    ),
    collectorCounterBy(
      "rum_events_rejected_total",
      "Events of pages that were refused; the rest of the batch was counted.",
      { reason: [...Object.keys(eventRejections), "id_conflict", "journal_failed"] },
    ),
    collectorCounterBy(
      "rum_events_dropped_total",
      "Events that pages lost before sending them, as they report it.",
      {
        reason: DROP_REASONS,
      },
    ),
  ];
}

/** Describes what answering batches costs. */
export function describeCollectMetrics(): MetricDescriptor[] {
  return [
    { ...collectorCounter("rum_collect_bytes_total", "Bytes of bodies that were read."), unit: "bytes" },
    {
      ...collectorCounter("rum_collect_duration_seconds", "Time to answer a request to /collect."),
      type: "histogram",
      unit: "seconds",
      buckets: COLLECT_BUCKETS,
    },
    {
      ...collectorCounter(
        "rum_overload_level",
        "Events that are left out: 0 none, 1 clicks and the like, 2 all but conversions, money and errors, 3 all.",
      ),
      type: "gauge",
      acrossProcesses: "max",
    },
  ];
}
