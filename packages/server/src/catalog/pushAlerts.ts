import type { CollectorAlert } from "./collectorAlerts.ts";

/** A hundredth of the requests, and 120 s: as Prometheus' own mixin has them for its remote write. */
const MAX_FAILED = 0.01;
const MAX_LAG_SECONDS = 120;

/** Half of the spool: with an hour of room, half an hour is left to act. */
const MAX_USED = 0.5;

/** The alerts about the push, for collectors that cannot be scraped. */
export const pushAlerts: Readonly<Record<string, CollectorAlert>> = {
  PushFailing: {
    when: {
      part: { metric: "rum_push_requests_total", except: { label: "outcome", value: "delivered" } },
      all: [{ metric: "rum_push_requests_total" }],
      above: MAX_FAILED,
      over: "5m",
      atLeast: { part: 1 },
    },
    for: "15m",
    keepFiringFor: "5m",
    severity: "warning",
    summary: "{value} of the requests of the push fail.",
    description:
      "Samples wait in the spool, or are dropped if the receiver refuses them: rum_push_requests_total has the outcomes, the collector's log the answer. Check the receiver's address and credentials, and its limits.",
    format: "share",
  },
  PushBehind: {
    when: { gauge: "rum_push_lag_seconds", above: MAX_LAG_SECONDS },
    ofProcess: true,
    for: "10m",
    keepFiringFor: "5m",
    severity: "critical",
    summary: "the receiver of {instance} has nothing newer than {value}.",
    description:
      "Boards and rules of that Prometheus do not see what happens now. Samples wait in the spool, and arrive in order once the receiver takes them. Check that it can be reached from the collector.",
    format: "seconds",
  },
  PushSpoolFilling: {
    when: { gauge: "rum_push_spool_used_ratio", above: MAX_USED },
    ofProcess: true,
    for: "5m",
    keepFiringFor: "5m",
    severity: "warning",
    summary: "{value} of the push's spool of {instance} is used.",
    description:
      "When it is full, or its oldest samples reach maxAgeMs, they are dropped: rum_push_dropped_samples_total counts them. Mend the receiver, or raise maxSpoolBytes and maxAgeMs.",
    format: "share",
  },
};
