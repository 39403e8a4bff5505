import { LONG, SHORT } from "./alertWindows.ts";
import type { BatchRejection } from "@rumkit/protocol";
import type { CollectorAlert, Counted } from "./collectorAlerts.ts";

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

/** Requests to `/collect`: each is timed, whatever its outcome. */
const requests: Counted = { metric: "rum_collect_duration_seconds" };

/**
 * The alerts about refused requests. Each reason is in one of them, except `draining`, which occurs at every restart.
 */
export const refusalAlerts: Readonly<Record<string, CollectorAlert>> = {
  BatchesNotServed: {
    when: {
      part: refusals("collector"),
      all: [requests],
      above: MAX_UNSERVED,
      over: SHORT,
      atLeast: { part: MIN_UNSERVED },
    },
    for: "2m",
    keepFiringFor: "5m",
    severity: "critical",
    summary: "{value} of batches are refused because of overload or the journal.",
    description: `rum_batches_rejected_total has the reasons. Pages send these batches again, for a day at most. Measured over ${SHORT} with ${MIN_UNSERVED} of them or more.`,
    format: "share",
  },
  BatchesNotLetIn: refused("access", {
    for: "10m",
    summary: "are refused for their origin, key or app.",
    description:
      "A new domain that allowedOrigins lacks, a write key that was revoked too early, or strangers: rum_batches_rejected_total has the reasons.",
  }),
  BatchesRateLimited: refused("rate", {
    for: "5m",
    summary: "are refused, because one address sends too many.",
    description:
      "They are lost when pages give up. Behind a proxy that trustedProxies does not list, all visitors have its address and share its limit. Otherwise one client floods the collector: the access log has its address.",
  }),
  BatchesUnreadable: refused("sender", {
    for: "10m",
    summary: "cannot be read.",
    description:
      "Something on the way breaks them, such as a proxy that limits or rewrites bodies, or pages have a client of another version: rum_batches_rejected_total has the reasons, POST /collect/validate explains a batch.",
  }),
  // The services are the team's own, so every refusal is a fault to mend.
  IngestRefused: {
    when: {
      part: ofServices("rejected"),
      all: [ofServices("accepted"), ofServices("duplicate"), { metric: ofServices("rejected").metric }],
      above: MAX_REFUSED,
      over: LONG,
      atLeast: { all: MIN_REQUESTS },
    },
    for: "10m",
    keepFiringFor: "15m",
    severity: "warning",
    summary: "{value} of the requests of services are refused.",
    description: `rum_ingest_requests_rejected_total has the reasons: a revoked token, a limit, a client of another version. Measured over ${LONG} with ${MIN_REQUESTS} requests or more.`,
    format: "share",
  },
};

function refused(
  cause: "access" | "rate" | "sender",
  { for: wait, summary, description }: Pick<CollectorAlert, "for" | "summary" | "description">,
): CollectorAlert {
  return {
    when: {
      part: refusals(cause),
      all: [requests],
      above: MAX_REFUSED,
      over: LONG,
      atLeast: { all: MIN_REQUESTS },
    },
    for: wait,
    // Around the minimum of requests, the ratio comes and goes.
    keepFiringFor: "15m",
    severity: "warning",
    summary: `{value} of batches ${summary}`,
    description: `${description} Measured over ${LONG} with ${MIN_REQUESTS} requests or more.`,
    format: "share",
  };
}

function refusals(cause: (typeof causes)[BatchRejection]): Counted {
  const values = Object.entries(causes).flatMap(([reason, of]) => (of === cause ? reason : []));
  return { metric: "rum_batches_rejected_total", only: { label: "reason", values } };
}

function ofServices(outcome: "accepted" | "duplicate" | "rejected"): Counted {
  return {
    metric: `rum_ingest_requests_${outcome}_total`,
    ...(outcome === "rejected" && { except: { label: "reason", value: "draining" } }),
  };
}
