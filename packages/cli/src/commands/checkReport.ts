import { type Catalog, currencyExponent, MAX_AMOUNT } from "@rumkit/protocol";
import type { MetricDescriptor } from "@rumkit/server";
import {
  DEFAULT_BUDGET,
  describeBackendMetrics,
  draftMetrics,
  isOpen,
  type MetricSize,
} from "@rumkit/server/internal/metrics";

/** The answer of `rumkit check`. */
export interface Report {
  readonly app: string;
  readonly fits: boolean;
  readonly faults: readonly string[];
  /** The worst case: `bytes` of /metrics before compression, `memory` in bytes. */
  readonly total: { readonly series: number; readonly bytes: number; readonly memory: number };
  /** The metrics that this catalog declares. */
  readonly own: readonly MetricSize[];
  /** The metrics of requests, queries, caches and the like, which only a collector in a backend fills. */
  readonly backend: readonly MetricSize[];
  readonly metrics: readonly MetricSize[];
}

interface Findings {
  readonly metrics: readonly MetricSize[];
  /** Bytes of all series. */
  readonly memory: number;
  readonly faults: readonly string[];
  readonly maxBytes: number;
}

export function createReport(catalog: Catalog, { metrics, memory, faults, maxBytes }: Findings): Report {
  const bytes = sumOf(metrics, (metric) => metric.bytes);
  const tooLarge = bytes > maxBytes ? [`/metrics has up to ${bytes} bytes; ${maxBytes} at most.`] : [];
  const allFaults = [...faults, ...tooLarge];
  return {
    app: catalog.app,
    fits: allFaults.length === 0,
    faults: allFaults,
    total: { series: sumOf(metrics, ({ series }) => series), bytes, memory },
    own: ownMetrics(catalog, metrics),
    backend: backendMetrics(catalog, metrics),
    metrics,
  };
}

/** Returns the metrics that a catalog with only the same routes would not have. */
function ownMetrics(catalog: Catalog, metrics: readonly MetricSize[]): MetricSize[] {
  const { app, routes } = catalog;
  const common = new Set(draftMetrics({ app, routes }).descriptors.map(({ name }) => name));
  return metrics.filter(({ metric }) => !common.has(metric));
}

/** Returns the metrics that `httpMetrics()` and the instruments fill. A standalone collector leaves them empty. */
function backendMetrics({ app, routes, http }: Catalog, metrics: readonly MetricSize[]): MetricSize[] {
  const names = new Set(
    describeBackendMetrics({ app, routes, ...(http && { http }) })
      .filter(({ side }) => side === "backend")
      .map(({ name }) => name),
  );
  return metrics.filter(({ metric }) => names.has(metric));
}

interface Shown {
  readonly catalog: Catalog;
  readonly descriptors: readonly MetricDescriptor[];
  /** List the metrics that every catalog has, too. */
  readonly all: boolean;
}

/** The report in lines for people, with notes and advice. */
export function renderReport(report: Report, { catalog, descriptors, all }: Shown): string[] {
  return [
    ...renderSizes(report, all),
    ...noteSide("page", descriptors, report.metrics),
    ...noteSide("backend", descriptors, report.metrics),
    ...describeMoney(catalog),
  ];
}

function renderSizes({ app, fits, total, own, backend, metrics }: Report, all: boolean): string[] {
  const verdict = fits ? "OK" : "TOO LARGE";
  const others = metrics.filter((metric) => !own.includes(metric));
  return [
    `${verdict}: the catalog "${app}" has at most ${total.series.toLocaleString("en-US")} series, ` +
      `if every label takes every value it may. Usually far fewer exist: a series takes room once it has a value.`,
    "",
    own.length > 0
      ? `Your catalog declares ${plural(own.length, "metric")}:`
      : "Your catalog declares no metrics.",
    ...(own.length > 0 ? [renderTable(rowsOf(own))] : []),
    "",
    ...(all
      ? [`Every catalog has ${plural(others.length, "more metric")}:`, renderTable(rowsOf(others))]
      : [`Every catalog has ${plural(others.length, "more metric")}; --all lists them.`]),
    "",
    `/metrics takes ${renderBytes(total.bytes)} at most, before compression.`,
    `${renderBytes(sumOf(backend, (metric) => metric.bytes))} of it are ${plural(backend.length, "metric")} of a backend's ` +
      "requests, queries and caches: they stay empty in rumkit serve.",
    `All series take ${renderBytes(total.memory)} of memory at most, with the text that is kept for scrapes.`,
  ];
}

/**
 * Returns one line for each currency of a catalog: its precision, and the largest amount of one conversion of server
 * code.
 */
function describeMoney({ conversions = {} }: Catalog): string[] {
  const codes = new Set(Object.values(conversions).flatMap(({ value }) => value?.money ?? []));
  return [...codes].toSorted().map((code) => {
    const decimals = currencyExponent(code);
    const most = (MAX_AMOUNT / 10 ** decimals).toLocaleString("en-US", { maximumFractionDigits: 0 });
    return `Money in ${code} is exact to ${decimals} decimals, up to ${most} for one conversion.`;
  });
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

type Row = readonly (string | number)[];

function rowsOf(metrics: readonly MetricSize[]): Row[] {
  const rows = metrics
    .toSorted((a, b) => b.bytes - a.bytes)
    .map(({ metric, series, lines, bytes }) => [metric, series, lines, bytes]);
  const totals = (["series", "lines", "bytes"] as const).map((of) => sumOf(metrics, (metric) => metric[of]));
  return [["metric", "series", "lines", "bytes"], ...rows, ["total", ...totals]];
}

/** A note and not a fault, because each metric has a limit, and they rarely reach it together. */
function noteSide(
  side: MetricDescriptor["side"],
  descriptors: readonly MetricDescriptor[],
  metrics: readonly MetricSize[],
): string[] {
  const open = descriptors.map((descriptor, index) =>
    descriptor.side === side && isOpen(descriptor)
      ? (metrics[index]?.series ?? 0) - descriptor.known.length
      : 0,
  );
  const series = open.reduce((sum, count) => sum + count, 0);
  return series > DEFAULT_BUDGET.perSide
    ? [
        `If all ${side} metrics with open labels were full at once (${series} series), labels would fold from ${DEFAULT_BUDGET.perSide} on.`,
      ]
    : [];
}

function renderTable(rows: readonly Row[]): string {
  const texts = rows.map((row) =>
    row.map((cell) => (typeof cell === "number" ? cell.toLocaleString("en-US") : cell)),
  );
  const widths = [0, 1, 2, 3].map((column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)));
  return texts
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join("  "),
    )
    .join("\n");
}

function renderBytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function sumOf<T>(items: readonly T[], read: (item: T) => number): number {
  return items.reduce((sum, item) => sum + read(item), 0);
}
