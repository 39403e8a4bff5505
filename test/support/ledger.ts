import { CIRCUMSTANCES } from "./scrape.ts";

/** Series and their values: `rum_page_views_total{route="/"}`. */
export type Totals = Record<string, number>;

/** The families that a walk through the shop decides. Everything else (durations, bytes) depends on the machine. */
const FAMILIES = new RegExp(
  `^(${[
    "rum_(page_views|sessions|actions|conversions|conversion_value|feature_usage|funnel_sessions)_total",
    "rum_(clicks|rage_clicks|dead_clicks|error_clicks|form_starts|form_submissions|form_abandons)_total",
    "rum_(js_errors|unhandled_rejections|resource_errors|api_errors)_total",
    "rum_(events_rejected|events_dropped|batches_duplicate|batches_lost)_total",
    "rum_(lcp|inp|cls|fcp|ttfb)_(seconds|score)_count",
    "rum_(search_duration|api_request_duration)_seconds_count",
    "conversions_total|revenue_total|actions_total",
  ].join("|")})$`,
);

const circumstances = new Set<string>(CIRCUMSTANCES);

/** Families of pages in which an event is counted that is counted in another one too. */
const SECOND_FAMILIES =
  /^rum_(conversion_value|vital_ratings|lcp_elements|inp_interactions|api_errors|sessions_rated)_total|^rum_page_load_bytes/;

/** Metrics about the collector itself, and states, which are not events. */
const NO_EVENTS = /^rum_(access|active|batches|collect|events|journal|live|reports|scrapes?|series|stacks)_/;

/** A series as Prometheus or a live viewer knows it: of a histogram, its `_count`. */
export interface ReadSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The events that the test caused, written down as they happen. */
export interface Ledger {
  add(family: string, labels: Record<string, string>, value?: number): void;
  readonly totals: Totals;
}

export function createLedger(): Ledger {
  const totals: Totals = {};
  return {
    totals,
    add: (family, labels, value = 1) => addTo(totals, seriesName(family, labels), value),
  };
}

/** In cents, so that the sum itself cannot drift. */
function addTo(totals: Totals, series: string, value: number): void {
  totals[series] = Math.round(((totals[series] ?? 0) + value) * 100) / 100;
}

/** Writes a series as Prometheus does, its labels in alphabetical order. */
function seriesName(family: string, labels: Record<string, string>): string {
  const pairs = Object.entries(labels)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? family : `${family}{${pairs.join(",")}}`;
}

/**
 * Keeps what the ledger can know: the decided families, whatever the circumstances, without what is still 0.
 *
 * Of vitals, those of loaded documents: whether the browser takes a change of the route for a navigation depends
 * on how soon the next one follows.
 */
export function comparable(read: readonly ReadSeries[]): Totals {
  const totals: Totals = {};
  for (const { name, labels, value } of read) {
    const isOfSoftNavigation = name.endsWith("_count") && (labels["navigation"] ?? "hard") !== "hard";
    if (!FAMILIES.test(name) || value === 0 || isOfSoftNavigation) continue;
    const what = Object.entries(labels).filter(([label]) => !circumstances.has(label));
    addTo(totals, seriesName(name, Object.fromEntries(what)), value);
  }
  return totals;
}

/** The number of events in the families of pages: every event is in one of these. */
export function countedEvents(read: readonly ReadSeries[]): number {
  const firsts = read.filter(
    ({ name, labels }) =>
      /^rum_\w+_(total|count)$/.test(name) &&
      !NO_EVENTS.test(name) &&
      !SECOND_FAMILIES.test(name) &&
      // One load has several phases, and always this one.
      (labels["phase"] ?? "complete") === "complete",
  );
  return firsts.reduce((sum, { value }) => sum + value, 0);
}

/** The number of events that the collector says it accepted. */
export function acceptedEvents(read: readonly ReadSeries[]): number {
  return read.find(({ name }) => name === "rum_events_accepted_total")?.value ?? 0;
}
