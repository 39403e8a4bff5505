import type { AlertSpec } from "./alertRule.ts";
import { allOf, isAbove, isAtLeast } from "../promql/condition.ts";
import { ratioOf, type Sum, sumBy } from "../promql/expression.ts";
import { journalAlerts } from "./journalAlerts.ts";
import type { NamedAlert } from "./objectiveAlerts.ts";
import type { Promql } from "../promql/promql.ts";
import type { Window } from "../promql/window.ts";
import { refusalAlerts } from "./refusalAlerts.ts";
import { targetAlerts } from "./targetAlerts.ts";
import { WITHOUT_AMOUNT } from "@rumkit/server/internal/metrics";

/** Folded samples in half an hour that do not justify an alert: fewer come from a scanner that tried some paths. */
const MAX_FOLDED = 100;

/** A hundredth of all events: from there on the numbers are visibly too low. */
const MAX_SHED = 0.01;

/** Minimum events of a share: with fewer, one would be more than a hundredth. */
const MIN_EVENTS = 100;

/** A twentieth: old pages occasionally send names that were removed from the catalog. */
const MAX_REJECTED = 0.05;

/** Long enough for 30 scrapes of 10 s. */
const SHORT: Window = "5m";

/** Half an hour, because the pages of a small app send rarely, and a share needs enough events. */
const LONG: Window = "30m";

/**
 * Returns the alerts about the collector itself, the same for every app: the collector is missing, events of pages are
 * lost, or the numbers are incomplete.
 */
export function collectorAlerts(promql: Promql, app: string): NamedAlert[] {
  return Object.entries({
    ...targetAlerts(promql, app),
    ...journalAlerts(promql),
    SeriesFolding: folding(promql),
    EventsShed: shed(promql),
    ...refusalAlerts(promql),
    EventsRejected: rejected(promql),
    ...(promql.has(WITHOUT_AMOUNT) && { ConversionsWithoutAmount: withoutAmount(promql) }),
  });
}

function folding(promql: Promql): AlertSpec {
  const folded = sumBy([promql.job, "metric"], promql.increase("rum_series_folded_total", LONG));
  return {
    condition: isAbove(folded, MAX_FOLDED),
    wait: "5m",
    severity: "warning",
    summary: "{{ $labels.metric }} has more label values than its budget allows.",
    description: `{{ $value | humanize }} samples of the last ${LONG} count under __other__; sums are exact. GET /api/rumkit/cardinality names the label and its values: declare patterns for them, remove them, or raise the budget.`,
  };
}

function shed(promql: Promql): AlertSpec {
  const received = eventsOf(promql, "rum_events_received_total", SHORT);
  return {
    condition: allOf(
      isAbove(ratioOf(eventsOf(promql, "rum_events_overload_total", SHORT), received), MAX_SHED),
      isAtLeast(received, MIN_EVENTS),
    ),
    wait: "2m",
    keepFiring: "10m",
    severity: "warning",
    summary: "{{ $value | humanizePercentage }} of events are dropped, because there are too many.",
    description: `Clicks go first, conversions and errors last; rum_overload_level has the level. Measured over ${SHORT} with ${MIN_EVENTS} events or more. Give the collector a processor or a faster disk, or sample in the pages.`,
  };
}

function rejected(promql: Promql): AlertSpec {
  const received = eventsOf(promql, "rum_events_received_total", LONG);
  return {
    condition: allOf(
      isAbove(ratioOf(eventsOf(promql, "rum_events_rejected_total", LONG), received), MAX_REJECTED),
      isAtLeast(received, MIN_EVENTS),
    ),
    wait: "10m",
    keepFiring: "15m",
    severity: "warning",
    summary: "{{ $value | humanizePercentage }} of events are rejected.",
    description: `Pages and catalog disagree, or events are forged: rum_events_rejected_total has the reasons, POST /collect/validate explains a batch. Measured over ${LONG} with ${MIN_EVENTS} events or more.`,
  };
}

/** Only conversions of the backend, because claims of pages are not revenue, and strangers can send them. */
function withoutAmount(promql: Promql): AlertSpec {
  const counted = sumBy([promql.job, "conversion", "reason"], promql.increase(WITHOUT_AMOUNT, LONG));
  return {
    condition: isAbove(counted, 0),
    wait: "1m",
    severity: "warning",
    summary: "{{ $labels.conversion }} is counted without its money ({{ $labels.reason }}).",
    description: `Revenue is too low by what these conversions of the last ${LONG} were worth. The app passes an invalid amount, or a currency that the catalog does not list: its process warns about them with the code RUMKIT_REJECTED.`,
  };
}

function eventsOf(promql: Promql, metric: string, window: Window): Sum {
  return sumBy([promql.job], promql.increase(metric, window));
}
