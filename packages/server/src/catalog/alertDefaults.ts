import type { AlertCondition, AlertDuration, AlertSpec, Catalog } from "@rumkit/protocol";
import { familyName } from "./describeCatalogMetrics.ts";
import { primaryConversion } from "./primaryConversion.ts";

/** Long enough for 30 scrapes of 10 s. */
export const DEFAULT_WINDOW: AlertDuration = "5m";

/** The time without data before an alert fires for that, if it does: a deployment of the app takes less. */
export const NO_DATA_FOR: AlertDuration = "15m";

/** Minimum events of a ratio, a share or a quantile: with fewer, one event changes it by more than two points. */
const MIN_EVENTS = 50;

/** Minimum events to miss: with 10 expected, chance leaves a window empty once in 20,000 (Poisson). */
const MIN_MISSED = 10;

/** Minimum conversions of good sessions, for an estimate that is not a matter of two or three orders. */
const MIN_GOOD_CONVERSIONS = 20;

/** Returns the minimum number of events that a condition needs; 0 for none. */
export function atLeastOf(when: AlertCondition): number {
  if ("gauge" in when) return 0;
  if (when.atLeast !== undefined) return when.atLeast;
  if ("slowPagesCost" in when) return MIN_GOOD_CONVERSIONS;
  if ("absent" in when) return when.comparedTo === undefined ? 0 : MIN_MISSED;
  if ("rate" in when || "increase" in when) return when.comparedTo === undefined ? 0 : MIN_EVENTS;
  return MIN_EVENTS;
}

/** Returns the window of a condition; undefined for a gauge, which is read now. */
export function windowOf(when: AlertCondition): AlertDuration | undefined {
  if ("gauge" in when) return undefined;
  if ("slowPagesCost" in when) return "1d";
  return when.over ?? DEFAULT_WINDOW;
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Returns the seconds of a duration such as `5m`. */
export function secondsOf(duration: AlertDuration): number {
  return Number(duration.slice(0, -1)) * SECONDS[duration.slice(-1)]!;
}

/**
 * Returns the alerts of a catalog: its own, and those about its primary conversion that every shop needs, unless the
 * catalog replaces them or turns them off.
 */
export function alertsOf(catalog: Pick<Catalog, "conversions" | "alerts">): Record<string, AlertSpec> {
  const all = Object.entries({ ...defaultAlerts(catalog), ...catalog.alerts });
  return Object.fromEntries(
    all.filter((entry): entry is [string, AlertSpec] => entry[1] !== false && entry[1] !== undefined),
  );
}

/** Returns the alerts that exist without being declared. */
function defaultAlerts(catalog: Pick<Catalog, "conversions">): Record<string, AlertSpec> {
  const goal = primaryConversion(catalog);
  if (!goal) return {};
  const metric = familyName(goal.side === "page" ? "page" : "backend", "conversions_total");
  const labels = { conversion: goal.name };
  return {
    conversions_missing: {
      when: { absent: metric, labels, over: "15m", comparedTo: "7d" },
      // One scrape that fails at the start of the window ends the evaluation for a moment.
      keepFiringFor: "5m",
      severity: "critical",
      summary: `no ${goal.name} for 15 minutes; a week ago there were some at this time.`,
    },
    conversion_rate_halved: {
      when: { ratio: metric, labels, to: "rum_sessions_total", over: "1h", below: 0.5, comparedTo: "7d" },
      for: "30m",
      keepFiringFor: "15m",
      severity: "warning",
      summary: `sessions reach ${goal.name} {value} as often as a week ago at this time.`,
    },
  };
}
