import { INGEST_DROP_REASONS, INGEST_REJECTIONS, type IngestedSpec, ITEM_REJECTIONS } from "@rumkit/protocol";
import { toSentence } from "../catalog/lintDescriptors.ts";
import { labelSets, type MetricDescriptor } from "../metrics/descriptor.ts";
import { collectorCounter } from "../metrics/describeFamily.ts";

/** Maximum names that the catalog does not declare. Further names count as `__other__`. */
const MAX_UNDECLARED = 200;

/** Codes as the reasons of a metric. */
function toReasons(codes: readonly string[]): Readonly<Record<string, true>> {
  return Object.fromEntries(codes.map((code) => [code, true]));
}

/** Metrics of other services: a family for each declared name, two for all others, and the outcomes of requests. */
export function describeIngestedMetrics(
  ingested: Readonly<Record<string, IngestedSpec>> = {},
): MetricDescriptor[] {
  return [
    ...Object.entries(ingested).map(([name, spec]) => describeIngested(name, spec)),
    undeclared("ingested_values_total", "Values of services under names that the catalog does not declare."),
    undeclared("ingested_sum_total", "Sum of the values of services under names that are not declared."),
    collectorCounter("rum_ingest_requests_accepted_total", "Requests to /ingest whose items were read."),
    collectorCounter(
      "rum_ingest_requests_duplicate_total",
      "Requests to /ingest that came again; nothing was counted again.",
    ),
    collectorCounter(
      "rum_ingest_requests_rejected_total",
      "Requests to /ingest that were refused.",
      toReasons(INGEST_REJECTIONS),
    ),
    collectorCounter("rum_ingest_items_accepted_total", "Values of services that were counted."),
    collectorCounter(
      "rum_ingest_items_rejected_total",
      "Values of services that were refused; the rest of the request was counted.",
      toReasons(ITEM_REJECTIONS),
    ),
    collectorCounter(
      "rum_ingest_items_dropped_total",
      "Values that services lost before sending them, as their clients report it.",
      toReasons(INGEST_DROP_REASONS),
    ),
  ];
}

/** The family of a declared name: `api.response_time` in seconds is `api_response_time_seconds`. */
export function ingestedFamilyName(name: string, { type, unit }: IngestedSpec): string {
  const parts = [name.replace(/[.-]/g, "_"), unit, type === "counter" ? "total" : undefined];
  return parts.filter((part) => part !== undefined).join("_");
}

function describeIngested(name: string, spec: IngestedSpec): MetricDescriptor {
  const sets = labelSets(spec.labels ?? {});
  return {
    name: ingestedFamilyName(name, spec),
    type: spec.type,
    help: toSentence(spec.help),
    unit: spec.unit ?? "none",
    side: "backend",
    labels: Object.keys(spec.labels ?? {}),
    ...(spec.type === "histogram" && { buckets: spec.buckets }),
    // A gauge that was never set is not 0. For histograms see `withValues`.
    known: spec.type === "counter" || (spec.type === "histogram" && !spec.labels) ? sets : [],
    maxSeries: sets.length,
    values: spec.labels ?? {},
    // Each process exposes the last value that it received, and those must not be summed.
    ...(spec.type === "gauge" && { acrossProcesses: "max" }),
  };
}

function undeclared(name: string, help: string): MetricDescriptor {
  return {
    name,
    type: "counter",
    help,
    unit: "none",
    side: "backend",
    labels: ["name"],
    known: [],
    maxSeries: MAX_UNDECLARED,
  };
}
