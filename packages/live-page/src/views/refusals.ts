import type { LiveTotal } from "@rumkit/protocol";
import { type Advice, adviceForDrop, adviceForRefusal } from "./refusalAdvice.ts";

/** One reason for which something was not counted, or not as usual. */
export interface Refusal {
  /** The kind of thing: "events of pages". */
  readonly what: string;
  /** The code, as in the metric's label; empty for a metric with one reason only. */
  readonly reason: string;
  /** The label with the reason; empty without one. */
  readonly label: string;
  readonly count: number;
  readonly advice: Advice;
}

/** One section of the view. */
export interface RefusalSection {
  readonly title: string;
  /** The most frequent first. */
  readonly rows: readonly Refusal[];
}

interface Family {
  readonly section: "Refused" | "Dropped" | "Bots" | "Limited" | "Duplicates";
  readonly what: string;
  /** The label with the reason. */
  readonly label?: string;
  readonly advice: Advice | ((reason: string) => Advice | undefined);
}

const TWICE: Advice = { why: "It came a second time, and was counted once.", change: "" };

const FAMILIES: Readonly<Record<string, Family>> = {
  rum_batches_rejected_total: refused("requests of pages"),
  rum_events_rejected_total: refused("events of pages"),
  rum_ingest_requests_rejected_total: refused("requests of services"),
  rum_ingest_items_rejected_total: refused("values of services"),
  rum_tracked_events_rejected_total: refused("events of the server"),
  rum_reports_rejected_total: refused("reports of browsers"),
  rum_access_denied_total: {
    section: "Refused",
    what: "readers",
    label: "scope",
    advice: (scope) => ({
      why: "The secret, or the name in `Host`, does not open this part.",
      change: `Send a token with the scope ${scope}, or add the name to \`allowedHosts\`.`,
    }),
  },
  rum_events_dropped_total: dropped("events of pages, before they were sent"),
  rum_ingest_items_dropped_total: dropped("values of services, before they were sent"),
  rum_batches_lost_total: {
    section: "Dropped",
    what: "batches of pages, on their way",
    advice: {
      why: "The page sent them, and they did not arrive: a network, or a browser that ended.",
      change: "If they are many, look for a proxy that refuses `/collect`.",
    },
  },
  rum_events_bot_total: {
    section: "Bots",
    what: "events of crawlers",
    advice: {
      why: "The `User-Agent` is that of a crawler or of an automated browser.",
      change: 'To count them with all others, set `bots: "count"`.',
    },
  },
  rum_events_overload_total: {
    section: "Limited",
    what: "events of pages",
    advice: {
      why: "More came than the collector can count: clicks are left out first, money last.",
      change: "Give it more processor time, or sample in the pages.",
    },
  },
  rum_series_folded_total: {
    section: "Limited",
    what: "samples, counted under `__other__`",
    label: "metric",
    advice: () => ({
      why: "The metric has as many series as it may have.",
      change: "Bound the label's values in catalog.ts, or raise `seriesPerMetric`.",
    }),
  },
  rum_connections_cut_total: {
    section: "Limited",
    what: "connections",
    label: "reason",
    advice: () => ({
      why: "There were too many, or the client did not read its answer.",
      change: "If they are of users, raise `maxConnections`.",
    }),
  },
  rum_batches_duplicate_total: { section: "Duplicates", what: "requests of pages", advice: TWICE },
  rum_events_duplicate_total: { section: "Duplicates", what: "events of pages", advice: TWICE },
  rum_ingest_requests_duplicate_total: { section: "Duplicates", what: "requests of services", advice: TWICE },
  rum_tracked_events_duplicate_total: { section: "Duplicates", what: "events of the server", advice: TWICE },
};

/** Reasons of refusals that belong to the limits. */
const LIMITS: readonly string[] = ["rate_limited", "overload"];

function refused(what: string): Family {
  return { section: "Refused", what, label: "reason", advice: adviceForRefusal };
}

function dropped(what: string): Family {
  return { section: "Dropped", what, label: "reason", advice: adviceForDrop };
}

const SECTIONS = ["Refused", "Dropped", "Limited", "Bots", "Duplicates"] as const;

/** True for a metric of things that were not counted, or not as usual. */
export function isRefusal(metric: string): boolean {
  return Object.hasOwn(FAMILIES, metric);
}

/** Reads from the totals what was not counted, in sections that have any. */
export function readRefusals(totals: ReadonlyMap<string, LiveTotal>): RefusalSection[] {
  const rows = new Map<string, Refusal & { section: string }>();
  for (const { metric, labels, value } of totals.values()) {
    const family = Object.hasOwn(FAMILIES, metric) ? FAMILIES[metric] : undefined;
    if (!family || value <= 0) continue;
    const reason = family.label === undefined ? "" : (labels[family.label] ?? "");
    const key = `${metric} ${reason}`;
    rows.set(key, {
      section: LIMITS.includes(reason) ? "Limited" : family.section,
      what: family.what,
      reason,
      label: family.label ?? "",
      // Other labels do not matter here: their series add up.
      count: value + (rows.get(key)?.count ?? 0),
      advice: adviceOf(family, reason),
    });
  }
  const sorted = [...rows.values()].toSorted((a, b) => b.count - a.count);
  return SECTIONS.map((title) => ({
    title,
    rows: sorted.filter(({ section }) => section === title),
  })).filter(({ rows: own }) => own.length > 0);
}

function adviceOf({ advice }: Family, reason: string): Advice {
  if (typeof advice === "object") return advice;
  return (
    advice(reason) ?? {
      why: "This page does not know the reason.",
      change: "Reload the page: the collector is newer.",
    }
  );
}
