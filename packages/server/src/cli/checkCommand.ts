import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { buildWorstCase, type MetricSize } from "../exposition/worstCase.ts";
import { loadCatalog } from "../generate/loadCatalog.ts";
import { isOpen, type MetricDescriptor } from "../metrics/descriptor.ts";
import { draftMetrics } from "../metrics/describeMetrics.ts";
import { DEFAULT_BUDGET } from "../metrics/seriesBudget.ts";
import { readConfigFile } from "../serve/configFile.ts";
import { FILE_VARIABLE, readConfig } from "../serve/readConfig.ts";
import { type Command, UsageError } from "./command.ts";
import { describeMoney } from "./describeMoney.ts";
import { parseCommandLine } from "./parseCommandLine.ts";
import { checkConfig } from "./serveCommand.ts";

const USAGE = `Usage: rumkit check [<catalog.ts>] [--max-series <number>] [--max-bytes <number>]

Says before a deployment what a catalogue costs at most: series, lines and bytes of /metrics for each metric,
and the memory of all series. Every series is made and rendered as a scrape does: names and labels as they are,
values of labels that may be anything as long as they may be, numbers at their widest.

The catalogue is the export "catalog" of the module, or its default export. The metrics of process and event
loop are not among them.

Without a catalogue, in a folder with a rumkit.config file, it checks that file as rumkit serve --check does.

  --max-series <number>   the budget of the process, as of createCollector; ${DEFAULT_BUDGET.perProcess} by default
  --max-bytes <number>    bytes of /metrics before compression; no limit by default

Exit codes: 0 it fits, 1 the catalogue is at fault or a budget is exceeded, 2 the command line is wrong.
`;

interface CheckOptions {
  readonly catalog: string;
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
    return checkConfig(await readConfig({ flags: {}, env, file: undefined, folder }));
  },
};

function readOptions(argv: string[]): CheckOptions {
  const { values, positionals } = parseCommandLine(argv, {
    "max-series": { type: "string" },
    "max-bytes": { type: "string" },
  });
  const [catalog, ...rest] = positionals;
  if (catalog === undefined) throw new UsageError("[rumkit] No catalogue is given. Name its file.");
  if (rest.length > 0)
    throw new UsageError(`[rumkit] Too many arguments: ${rest.join(" ")}. One catalogue at a time.`);
  return {
    catalog,
    maxSeries: readNumber("--max-series", values["max-series"]) ?? DEFAULT_BUDGET.perProcess,
    maxBytes: readNumber("--max-bytes", values["max-bytes"]) ?? Number.POSITIVE_INFINITY,
  };
}

function readNumber(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`[rumkit] ${flag} is no whole number: ${text}.`);
  return Number(text);
}

async function check({ catalog, maxSeries, maxBytes }: CheckOptions): Promise<number> {
  const loaded = await loadCatalog(catalog);
  const { descriptors, faults } = draftMetrics(loaded, { perProcess: maxSeries });
  const before = measureMemory();
  const worst = buildWorstCase(descriptors);
  const memory = measureMemory() - before;
  const { metrics } = worst;
  const bytes = sumOf(metrics, (metric) => metric.bytes);
  const tooLarge = bytes > maxBytes ? [`/metrics has up to ${bytes} bytes; ${maxBytes} at most.`] : [];
  if (metrics.length > 0) {
    const money = describeMoney(loaded).map((line) => `${line}\n`);
    process.stdout.write(renderReport(descriptors, metrics, memory) + money.join(""));
  }
  for (const fault of [...faults, ...tooLarge]) process.stderr.write(`[rumkit] ${fault}\n`);
  return faults.length + tooLarge.length > 0 ? 1 : 0;
}

function renderReport(
  descriptors: readonly MetricDescriptor[],
  metrics: readonly MetricSize[],
  memory: number,
): string {
  const series = sumOf(metrics, (metric) => metric.series);
  const lines = sumOf(metrics, (metric) => metric.lines);
  const bytes = sumOf(metrics, (metric) => metric.bytes);
  const rows = metrics
    .toSorted((a, b) => b.bytes - a.bytes)
    .map((metric) => [metric.metric, metric.series, metric.lines, metric.bytes] as const);
  return [
    renderTable([["metric", "series", "lines", "bytes"], ...rows, ["in all", series, lines, bytes]]),
    `/metrics takes ${renderBytes(bytes)} at most, before compression.`,
    `The series take ${renderBytes(memory)} of memory, with the text that scrapes keep of them.`,
    ...(["page", "backend"] as const).flatMap((side) => noteSide(side, descriptors, metrics)),
    "",
  ].join("\n");
}

/** No fault, because each metric has its bound, and which of them fill up nobody knows beforehand. */
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

function renderTable(rows: readonly (readonly (string | number)[])[]): string {
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

/** Bytes that are in use, without what only waits to be collected. */
function measureMemory(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
