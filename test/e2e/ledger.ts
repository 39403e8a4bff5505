/** Series and their values: `rum_page_views_total{route="/"}`. */
export type Totals = Record<string, number>;

/** The families that a walk through the shop decides. Everything else (durations, bytes) depends on the machine. */
const FAMILIES =
  /^(rum_(page_views|sessions|clicks|actions|conversions|conversion_value|js_errors|unhandled_rejections|events_accepted|events_rejected|events_dropped|batches_duplicate)_total|conversions_total|revenue_total|actions_total|rum_(lcp|inp|cls|fcp|ttfb)_(seconds|score)_count)$/;

/** What the test knows happened, written down as it happens. */
export interface Ledger {
  add(family: string, labels: Record<string, string>, value?: number): void;
  readonly totals: Totals;
}

export function createLedger(): Ledger {
  const totals: Totals = {};
  return {
    totals,
    add: (family, labels, value = 1) => {
      const series = seriesName(family, labels);
      // In cents, so that the ledger itself cannot drift.
      totals[series] = Math.round(((totals[series] ?? 0) + value) * 100) / 100;
    },
  };
}

/** Writes a series as Prometheus does, its labels in alphabetical order. */
function seriesName(family: string, labels: Record<string, string>): string {
  const pairs = Object.entries(labels)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? family : `${family}{${pairs.join(",")}}`;
}

/** Keeps what the ledger can know: the decided families, without what is still 0. */
export function comparable(
  series: readonly { name: string; labels: Record<string, string>; value: number }[],
): Totals {
  const kept = series.filter(({ name, value }) => FAMILIES.test(name) && value !== 0);
  return Object.fromEntries(kept.map(({ name, labels, value }) => [seriesName(name, labels), value]));
}
