import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Catalog } from "@rumkit/protocol";
import { loadCatalog } from "../generate/loadCatalog.ts";
import { readConfigFile } from "../serve/configFile.ts";
import { FILE_VARIABLE, readConfig } from "../serve/readConfig.ts";
import { type Command, UsageError } from "./command.ts";
import { describeMoney } from "./describeMoney.ts";
import { oneCatalog } from "./oneCatalog.ts";
import { parseCommandLine } from "./parseCommandLine.ts";
import { checkConfig } from "./serveCommand.ts";
import {
  adviseCatalog,
  buildWorstCase,
  DEFAULT_BUDGET,
  describeBackendMetrics,
  draftMetrics,
  isOpen,
  type MetricSize,
} from "@rumkit/server/internal/metrics";
import type { MetricDescriptor } from "@rumkit/server";

const USAGE = `Usage: rumkit check [<catalog.ts>] [--all] [--json] [--max-series <number>] [--max-bytes <number>]

Tells you before a deployment what a catalog costs at most: series, lines and bytes of /metrics, and the memory of all
series. Every series is made and rendered as a scrape does it: names and labels as they are, open label values as long
as they may be, numbers at their widest.

The catalog is the export "catalog" of the module, or its default export. The metrics of the process and its event
loop are not included.

Without a catalog, in a folder with a rumkit.config file, it checks that file as rumkit serve --check does, and then the
catalog that the file names.

  --all                   list the metrics that every catalog has, too
  --json                  print everything as JSON
  --max-series <number>   the budget of the process, as of createCollector; default ${DEFAULT_BUDGET.perProcess}
  --max-bytes <number>    bytes of /metrics before compression; no limit by default

Exit codes: 0 it fits, 1 the catalog is invalid or exceeds a budget, 2 invalid arguments.
`;

interface CheckOptions {
  /** The file of the catalog, or the catalog itself if a configuration contains it. */
  readonly catalog: string | Catalog;
  readonly all: boolean;
  readonly json: boolean;
  readonly maxSeries: number;
  readonly maxBytes: number;
}

export const checkCommand: Command = {
  usage: USAGE,
  run: async (argv) => {
    const { env } = process;
    const folder = process.cwd();
    const hasFile = argv.length === 0 && (await readConfigFile(env[FILE_VARIABLE], folder)) !== undefined;
    if (!hasFile) return check(readOptions(argv));
    const read = await readConfig({ flags: {}, env, file: undefined, folder });
    const code = await checkConfig(read);
    const { catalog, seriesPerProcess: maxSeries } = read.config;
    if (code !== 0 || catalog === undefined) return code;
    process.stdout.write("\n");
    return check({ catalog, maxSeries, maxBytes: Number.POSITIVE_INFINITY, all: false, json: false });
  },
};

function readOptions(argv: string[]): CheckOptions {
  const { values, positionals } = parseCommandLine(argv, {
    all: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    "max-series": { type: "string" },
    "max-bytes": { type: "string" },
  });
  return {
    catalog: oneCatalog(positionals, "check"),
    all: values.all,
    json: values.json,
    maxSeries: readNumber("--max-series", values["max-series"]) ?? DEFAULT_BUDGET.perProcess,
    maxBytes: readNumber("--max-bytes", values["max-bytes"]) ?? Number.POSITIVE_INFINITY,
  };
}

function readNumber(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text))
    throw new UsageError(`[rumkit] ${flag} must be a whole number (got "${text}").`);
  return Number(text);
}

async function check({ catalog, all, json, maxSeries, maxBytes }: CheckOptions): Promise<number> {
  const loaded = typeof catalog === "string" ? await loadCatalog(catalog) : catalog;
  const { descriptors, faults } = draftMetrics(loaded, { perProcess: maxSeries });
  const before = measureMemory();
  const worst = buildWorstCase(descriptors);
  const memory = measureMemory() - before;
  const { metrics } = worst;
  const bytes = sumOf(metrics, (metric) => metric.bytes);
  const tooLarge = bytes > maxBytes ? [`/metrics has up to ${bytes} bytes; ${maxBytes} at most.`] : [];
  const allFaults = [...faults, ...tooLarge];
  const report: Report = {
    app: loaded.app,
    fits: allFaults.length === 0,
    faults: allFaults,
    total: { series: sumOf(metrics, ({ series }) => series), bytes, memory },
    own: ownMetrics(loaded, metrics),
    backend: backendMetrics(loaded, metrics),
    metrics,
  };
  if (json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else if (metrics.length > 0) {
    const notes = (["page", "backend"] as const).flatMap((side) => noteSide(side, descriptors, metrics));
    const lines = [
      ...renderReport(report, all),
      ...notes,
      ...describeMoney(loaded),
      ...adviseCatalog(loaded),
    ];
    process.stdout.write(`${lines.join("\n")}\n`);
  }
  for (const fault of allFaults) process.stderr.write(`[rumkit] ${fault}\n`);
  return report.fits ? 0 : 1;
}

interface Report {
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

function renderReport({ app, fits, total, own, backend, metrics }: Report, all: boolean): string[] {
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

/** Bytes in use after a garbage collection. */
function measureMemory(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
