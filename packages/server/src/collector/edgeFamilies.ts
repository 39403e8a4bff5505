import type { Catalog } from "@rumkit/protocol";
import { describeCatalogMetrics } from "../catalog/describeCatalogMetrics.ts";
import { describeBatchMetrics } from "../collect/batchOutcome.ts";
import { describeIngestedMetrics } from "../ingest/ingestedSamples.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";

/** Counters of batches with which an edge counts what it refuses. */
const REFUSALS: ReadonlySet<string> = new Set([
  "rum_batches_rejected_total",
  "rum_events_received_total",
  "rum_events_rejected_total",
]);

/** Counted with the messages that an edge publishes. */
const PUBLISHED: readonly string[] = [
  "user_logins_total",
  "user_logouts_total",
  "failed_login_attempts_total",
  "user_registrations_total",
  "orders_created_total",
  "rum_tracked_events_duplicate_total",
  "rum_ingest_requests_accepted_total",
  "rum_ingest_requests_duplicate_total",
  "rum_ingest_items_accepted_total",
  "rum_ingest_items_rejected_total",
  "rum_ingest_items_dropped_total",
];

/** Work of other roles: the live page, alerts, resolved stacks. */
const ELSEWHERE = /^rum_(?:live|alert|stacks)_/;

/**
 * Returns a check: false for a family that aggregators count from what edges publish, and for work of other roles. An edge
 * would show it as 0 for ever.
 */
export function countedByEdge(catalog: Catalog): (descriptor: MetricDescriptor) => boolean {
  const described = [...describeCatalogMetrics(catalog), ...describeIngestedMetrics(catalog.ingested)];
  const batches = describeBatchMetrics().filter(({ name }) => !REFUSALS.has(name));
  const hidden = new Set<string>([
    ...described.filter(({ side }) => side !== "collector").map(({ name }) => name),
    ...batches.map(({ name }) => name),
    ...PUBLISHED,
  ]);
  return ({ name, side, aliasOf }) => {
    const family = aliasOf?.metric ?? name;
    return side !== "page" && !hidden.has(family) && !ELSEWHERE.test(family);
  };
}
