import type { IngestDropReason, IngestedSpec, IngestRejection, ItemRejection } from "@rumkit/protocol";
import { toSentence } from "../catalog/adviseCatalog.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { labelSets } from "../metrics/labelSets.ts";
import { own } from "../metrics/ownMetric.ts";

/** Names at most that the catalogue does not declare; what is new past them is `__other__`. */
const MAX_UNDECLARED = 200;

/** Written as records, so that a reason that the protocol gains and this list lacks is a compile error. */
const requestRejections: Record<IngestRejection, true> = {
  bad_token: true,
  bad_items: true,
  too_many_items: true,
  bad_idempotency_key: true,
  empty_body: true,
  bad_utf8: true,
  bad_json: true,
  too_deep: true,
  too_many_keys: true,
  too_large: true,
  too_large_decoded: true,
  bad_encoding: true,
  unsupported_encoding: true,
  rate_limited: true,
  id_conflict: true,
  aborted: true,
  body_taken: true,
  timeout: true,
  draining: true,
  journal_failed: true,
};
const itemRejections: Record<ItemRejection, true> = {
  bad_item: true,
  bad_number: true,
  unknown_name: true,
  unknown_label_value: true,
  missing_label: true,
};
const dropReasons: Record<IngestDropReason, true> = {
  queue_full: true,
  oversize: true,
  invalid: true,
  refused: true,
  expired: true,
};

/** Why a request to `/ingest`, and an item of it, can be refused. */
export const INGEST_REJECTIONS = Object.keys(requestRejections) as IngestRejection[];
export const ITEM_REJECTIONS = Object.keys(itemRejections) as ItemRejection[];

/** What other services report: a family for each declared name, two for all others, and what became of it. */
export function describeIngestedMetrics(
  ingested: Readonly<Record<string, IngestedSpec>> = {},
): MetricDescriptor[] {
  return [
    ...Object.entries(ingested).map(([name, spec]) => describeIngested(name, spec)),
    undeclared(
      "ingested_values_total",
      "Values of services under names that the catalogue does not declare.",
    ),
    undeclared("ingested_sum_total", "Sum of the values of services under names that are not declared."),
    own("rum_ingest_requests_accepted_total", "Requests to /ingest whose items were read."),
    own(
      "rum_ingest_requests_duplicate_total",
      "Requests to /ingest that came again; nothing was counted again.",
    ),
    own("rum_ingest_requests_rejected_total", "Requests to /ingest that were refused.", requestRejections),
    own("rum_ingest_items_accepted_total", "Values of services that were counted."),
    own(
      "rum_ingest_items_rejected_total",
      "Values of services that were refused; the rest of the request was counted.",
      itemRejections,
    ),
    own(
      "rum_ingest_items_dropped_total",
      "Values that services lost before sending them, as their clients report it.",
      dropReasons,
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
    // A gauge that was never set is not 0, and of a histogram see `withValues`.
    known: spec.type === "counter" || (spec.type === "histogram" && !spec.labels) ? sets : [],
    maxSeries: sets.length,
    values: spec.labels ?? {},
    // Each process shows what a service told it last, which cannot be added up.
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
