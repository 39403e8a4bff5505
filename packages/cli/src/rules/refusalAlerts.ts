import type { BatchRejection } from "@rumkit/protocol";
import type { AlertSpec } from "./alertRule.ts";
import { allOf, isAbove, isAtLeast } from "../promql/condition.ts";
import { ratioOf, type Sum, sumBy, totalOf } from "../promql/expression.ts";
import type { Matchers } from "../promql/matchers.ts";
import type { Promql } from "../promql/promql.ts";
import type { Window } from "../promql/window.ts";

/** The party that causes each reason of refusal. A record, so that a reason without an alert is a compile error. */
const causes: Record<BatchRejection, "collector" | "access" | "rate" | "sender" | "restart"> = {
  overload: "collector",
  journal_failed: "collector",
  bad_key: "access",
  origin_denied: "access",
  unknown_app: "access",
  rate_limited: "rate",
  bad_method: "sender",
  empty_body: "sender",
  bad_utf8: "sender",
  bad_json: "sender",
  too_deep: "sender",
  too_many_keys: "sender",
  too_large: "sender",
  too_large_decoded: "sender",
  unsupported_encoding: "sender",
  bad_encoding: "sender",
  bad_version: "sender",
  bad_batch: "sender",
  bad_batch_id: "sender",
  bad_idempotency_key: "sender",
  too_many_events: "sender",
  no_valid_event: "sender",
  id_conflict: "sender",
  aborted: "sender",
  timeout: "sender",
  body_taken: "sender",
  draining: "restart",
};

/** A hundredth of all batches: from there on the numbers are visibly too low. */
const MAX_UNSERVED = 0.01;

/** Minimum batches that the collector could not store: a disk that hangs for a moment causes a few. */
const MIN_UNSERVED = 20;

/** A tenth: strangers and broken clients try, but not as often as the pages of an app send. */
const MAX_REFUSED = 0.1;

/** Minimum requests of a share: with fewer, one would be more than a hundredth. */
const MIN_REQUESTS = 100;

/** Long enough for 30 scrapes of 10 s. */
const SHORT: Window = "5m";

/** Half an hour, because the pages of a small app send rarely, and a share needs enough requests. */
const LONG: Window = "30m";

/**
 * Renders the alerts about refused requests. Each reason is in one of them, except `draining`, which occurs at every
 * restart.
 */
export function refusalAlerts(promql: Promql): Record<string, AlertSpec> {
  return {
    BatchesNotServed: notServed(promql),
    BatchesNotLetIn: refused(promql, "access", {
      wait: "10m",
      summary: "are refused for their origin, key or app.",
      description:
        "A new domain that allowedOrigins lacks, a write key that was revoked too early, or strangers: rum_batches_rejected_total has the reasons.",
    }),
    BatchesRateLimited: refused(promql, "rate", {
      wait: "5m",
      summary: "are refused, because one address sends too many.",
      description:
        "They are lost when pages give up. Behind a proxy that trustedProxies does not list, all visitors have its address and share its limit. Otherwise one client floods the collector: the access log has its address.",
    }),
    BatchesUnreadable: refused(promql, "sender", {
      wait: "10m",
      summary: "cannot be read.",
      description:
        "Something on the way breaks them, such as a proxy that limits or rewrites bodies, or pages have a client of another version: rum_batches_rejected_total has the reasons, POST /collect/validate explains a batch.",
    }),
    IngestRefused: ingestRefused(promql),
  };
}

function notServed(promql: Promql): AlertSpec {
  const unserved = refusals(promql, SHORT, "collector");
  return {
    condition: allOf(
      isAbove(ratioOf(unserved, requests(promql, SHORT)), MAX_UNSERVED),
      isAtLeast(unserved, MIN_UNSERVED),
    ),
    wait: "2m",
    keepFiring: "5m",
    severity: "critical",
    summary: "{{ $value | humanizePercentage }} of batches are refused because of overload or the journal.",
    description: `rum_batches_rejected_total has the reasons. Pages send these batches again, for a day at most. Measured over ${SHORT} with ${MIN_UNSERVED} of them or more.`,
  };
}

function refused(
  promql: Promql,
  cause: "access" | "rate" | "sender",
  { wait, summary, description }: Pick<AlertSpec, "wait" | "summary" | "description">,
): AlertSpec {
  const all = requests(promql, LONG);
  return {
    condition: allOf(
      isAbove(ratioOf(refusals(promql, LONG, cause), all), MAX_REFUSED),
      isAtLeast(all, MIN_REQUESTS),
    ),
    wait,
    // Around the minimum of requests, the ratio comes and goes.
    keepFiring: "15m",
    severity: "warning",
    summary: `{{ $value | humanizePercentage }} of batches ${summary}`,
    description: `${description} Measured over ${LONG} with ${MIN_REQUESTS} requests or more.`,
  };
}

/** Refused requests of services. The services are the team's own, so every refusal is a fault to mend. */
function ingestRefused(promql: Promql): AlertSpec {
  const of = (outcome: string, matchers?: Matchers): Sum =>
    sumBy([promql.job], promql.increase(`rum_ingest_requests_${outcome}_total`, LONG, matchers));
  const all = totalOf(of("accepted"), of("duplicate"), of("rejected"));
  return {
    condition: allOf(
      isAbove(ratioOf(of("rejected", { reason: { not: "draining" } }), all), MAX_REFUSED),
      isAtLeast(all, MIN_REQUESTS),
    ),
    wait: "10m",
    keepFiring: "15m",
    severity: "warning",
    summary: "{{ $value | humanizePercentage }} of the requests of services are refused.",
    description: `rum_ingest_requests_rejected_total has the reasons: a revoked token, a limit, a client of another version. Measured over ${LONG} with ${MIN_REQUESTS} requests or more.`,
  };
}

function refusals(promql: Promql, window: Window, cause: (typeof causes)[BatchRejection]): Sum {
  const reasons = Object.entries(causes).flatMap(([reason, of]) => (of === cause ? reason : []));
  const reason = new RegExp(reasons.join("|"));
  return sumBy([promql.job], promql.increase("rum_batches_rejected_total", window, { reason }));
}

/** Returns the number of requests to `/collect`: each is timed, whatever its outcome. */
function requests(promql: Promql, window: Window): Sum {
  return promql.observations("rum_collect_duration_seconds", window, [promql.job]);
}
