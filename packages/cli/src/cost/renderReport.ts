import { type Catalog, currencyExponent, MAX_AMOUNT } from "@rumkit/protocol";
import type { MetricDescriptor } from "@rumkit/server";
import { DEFAULT_BUDGET, isOpen } from "@rumkit/server/internal/metrics";
import { renderScrapeConfig } from "../generate/scrapeLimits.ts";
import { type MetricCost, type Report, type Size, sumSizes } from "./report.ts";

interface Shown {
  readonly catalog: Catalog;
  readonly descriptors: readonly MetricDescriptor[];
  /** List the metrics that every catalog has, too. */
  readonly all: boolean;
  /** The interval of scrapes, as Prometheus writes it. */
  readonly interval: string;
}

/** The report in lines for people: the user's own metrics, the totals, limits for Prometheus, and notes. */
export function renderReport(report: Report, { catalog, descriptors, all, interval }: Shown): string[] {
  const { app, fits, total, usual, own, metrics } = report;
  const others = metrics.filter((metric) => !own.includes(metric));
  return [
    `${fits ? "OK" : "TOO LARGE"}: the catalog "${app}" has usually about ${format(round(usual.series))} series, and at most ` +
      `${format(total.series)}, if every label takes every value it may.`,
    "",
    own.length > 0
      ? `Your catalog declares ${plural(own.length, "metric")}:`
      : "Your catalog declares no metrics.",
    ...(own.length > 0 ? renderTable(rowsOf(own)) : []),
    "",
    ...(all
      ? [`Every catalog has ${plural(others.length, "more metric")}:`, ...renderTable(rowsOf(others))]
      : [`Every catalog has ${plural(others.length, "more metric")}; --all lists them.`]),
    "",
    ...renderTotals(report, interval),
    "",
    ...(report.scrapeLimits
      ? [
          "Limits for Prometheus that these metrics never reach, with room for a few more:",
          ...renderScrapeConfig(app, interval, report.scrapeLimits),
          "",
        ]
      : []),
    ...noteSide("page", descriptors, metrics),
    ...noteSide("backend", descriptors, metrics),
    ...describeMoney(catalog),
  ];
}

/** Bytes of a sample on Prometheus' disk (prometheus.io/docs, "Storage": one or two). */
const BYTES_PER_SAMPLE = 2;

function renderTotals({ total, usual, samplesPerDay, backend }: Report, interval: string): string[] {
  const { usual: samples, most } = samplesPerDay;
  const ofBackend = sumSizes(backend);
  return [
    ...renderTable([
      ["in total", "usually", "at most"],
      ["series (label sets)", format(round(usual.series)), format(total.series)],
      ["lines of /metrics (series in Prometheus)", format(round(usual.lines)), format(total.lines)],
      ["/metrics before compression", renderBytes(usual.bytes), renderBytes(total.bytes)],
      [`samples a day, scraped every ${interval}`, renderCount(samples), renderCount(most)],
      [
        "disk of Prometheus a day",
        renderBytes(samples * BYTES_PER_SAMPLE),
        renderBytes(most * BYTES_PER_SAMPLE),
      ],
      ["memory of the collector, with the text of scrapes", "", renderBytes(total.memory)],
    ]),
    `Usually is an estimate for a site with visitors and a backend. ${renderBytes(ofBackend.bytes)} at most are ` +
      `${plural(backend.length, "metric")} of a backend's requests, queries and caches: they stay empty in rumkit serve.`,
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

type Row = readonly string[];

function rowsOf(metrics: readonly MetricCost[]): Row[] {
  const cells = ({ series, lines, bytes }: Size): string[] => [series, lines, bytes].map(format);
  const rows = metrics
    .toSorted((a, b) => b.bytes - a.bytes)
    .map((metric) => [metric.metric, ...cells(metric.usual), ...cells(metric)]);
  const sums = [...cells(sumSizes(metrics.map(({ usual }) => usual))), ...cells(sumSizes(metrics))];
  return [
    ["", "usually", "", "", "at most", "", ""],
    ["metric", "series", "lines", "bytes", "series", "lines", "bytes"],
    ...rows,
    ["total", ...sums],
  ];
}

/** A note and not a fault, because each metric has a limit, and they rarely reach it together. */
function noteSide(
  side: MetricDescriptor["side"],
  descriptors: readonly MetricDescriptor[],
  metrics: readonly MetricCost[],
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

function renderTable(rows: readonly Row[]): string[] {
  const columns = rows[0]!.map((_, column) => column);
  const widths = columns.map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
}

/** Rounds an estimate to two digits. */
function round(value: number): number {
  return Number(value.toPrecision(2));
}

function renderBytes(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function renderCount(count: number): string {
  return count < 1_000_000 ? format(round(count)) : `${(count / 1_000_000).toFixed(1)} million`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function format(count: number): string {
  return count.toLocaleString("en-US");
}
