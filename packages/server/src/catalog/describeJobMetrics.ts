import type { Catalog } from "@rumkit/protocol";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { JOB_OUTCOMES } from "../metrics/labelValues.ts";
import { collectorCounterBy, withValues } from "../metrics/describeFamily.ts";

/**
 * Seconds: the defaults of Prometheus' own clients (`DefBuckets` of client_golang), and 30 s. From 5 ms, to put a
 * message into a queue, to half a minute, to send a mail or make a report.
 */
export const DEFAULT_JOB_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Describes the families of the catalog's jobs; none if it declares none. */
export function describeJobMetrics({ jobs = {} }: Catalog): MetricDescriptor[] {
  const names = Object.keys(jobs);
  if (names.length === 0) return [];
  // Not `job`: Prometheus uses that label for the scraped service.
  const labels = { job_name: names };
  const outcomes = { ...labels, outcome: JOB_OUTCOMES };
  return [
    family("jobs_accepted_total", "Jobs that were taken on.", labels),
    { ...family("jobs_in_flight", "Jobs that are being done now.", labels), type: "gauge" },
    {
      ...withValues(
        family("job_duration_seconds", "How long jobs took, by how they ended.", outcomes),
        outcomes,
      ),
      type: "histogram",
      unit: "seconds",
      buckets: jobBuckets(jobs),
    },
  ];
}

/** The edges of all jobs together, because a family has only one set of edges. */
export function jobBuckets(jobs: NonNullable<Catalog["jobs"]>): number[] {
  const edges = Object.values(jobs).flatMap(({ buckets = DEFAULT_JOB_BUCKETS }) => buckets);
  return [...new Set(edges)].toSorted((a, b) => a - b);
}

function family(
  name: string,
  help: string,
  labels: Readonly<Record<string, readonly string[]>>,
): MetricDescriptor {
  return { ...collectorCounterBy(name, help, labels), side: "backend" };
}
