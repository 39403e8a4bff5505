import { collectorCounter, collectorCounterBy } from "../metrics/describeFamily.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import type { RecordSample } from "../metrics/sample.ts";
import type { SpoolLoss } from "./spool.ts";

/** `delivered`; `retried`: it is sent again; `refused`: the receiver wants none of it. */
export type PushOutcome = "delivered" | "retried" | "refused";

/**
 * `too_old`: older than `maxAgeMs`. `spool_full`: more than `maxSpoolBytes` waited. `unreadable`: a document of the journal is
 * damaged. `refused`: the receiver refused them. `not_written`: it took the request, and said that it stored less.
 * `clock`: the clock was set back.
 */
export type PushLoss = SpoolLoss | "refused" | "not_written" | "clock";

const OUTCOMES: readonly PushOutcome[] = ["delivered", "retried", "refused"];
const LOSSES: readonly PushLoss[] = [
  "too_old",
  "spool_full",
  "unreadable",
  "refused",
  "not_written",
  "clock",
];

/** Describes the metrics of the push. They begin when one is configured. */
export function describePushMetrics(): MetricDescriptor[] {
  return [
    begun(
      collectorCounterBy("rum_push_requests_total", "Requests of the push, by outcome.", {
        outcome: OUTCOMES,
      }),
    ),
    begun(collectorCounter("rum_push_samples_total", "Samples that the receiver of the push has taken.")),
    begun(
      collectorCounterBy("rum_push_dropped_samples_total", "Samples that the push has dropped, by reason.", {
        reason: LOSSES,
      }),
    ),
    gauge(
      "rum_push_lag_seconds",
      "Age of the newest sample that the receiver of the push has taken.",
      "seconds",
    ),
    gauge("rum_push_spool_bytes", "Bytes of samples that wait for the receiver of the push.", "bytes"),
    gauge(
      "rum_push_spool_age_seconds",
      "Age of the oldest sample that waits for the receiver of the push.",
      "seconds",
    ),
    gauge(
      "rum_push_spool_used_ratio",
      "Share of the push's spool that is used, of its bytes or of its age: the larger one.",
      "ratio",
    ),
  ];
}

/** A family without series until the push records them: a collector that is scraped has none of them. */
function begun(descriptor: MetricDescriptor): MetricDescriptor {
  return { ...descriptor, known: [], values: valuesOf(descriptor) };
}

function valuesOf({ labels, known }: MetricDescriptor): Record<string, string[]> {
  return Object.fromEntries(labels.map((label) => [label, known.map((set) => set[label]!)]));
}

function gauge(name: string, help: string, unit: MetricDescriptor["unit"]): MetricDescriptor {
  return { ...begun(collectorCounter(name, help)), type: "gauge", unit, acrossProcesses: "max" };
}

/** Records every outcome and reason as 0, so that the first one is an increase. */
export function beginPushCounts(record: RecordSample): void {
  for (const outcome of OUTCOMES)
    record({ metric: "rum_push_requests_total", labels: { outcome }, value: 0 });
  record({ metric: "rum_push_samples_total", labels: {}, value: 0 });
  for (const reason of LOSSES)
    record({ metric: "rum_push_dropped_samples_total", labels: { reason }, value: 0 });
}
