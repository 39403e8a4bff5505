import { Session } from "node:inspector/promises";
import type { Catalog } from "@rumkit/protocol";
import { loadCatalog } from "../generate/loadCatalog.ts";
import { lintFile } from "../lint/lintFile.ts";
import { oneCatalog, parseCommandLine } from "./arguments.ts";
import { type Command, UsageError } from "./command.ts";
import { readNumber } from "./numberOption.ts";
import { readDuration } from "../cost/duration.ts";
import { renderReport } from "../cost/renderReport.ts";
import { createReport } from "../cost/report.ts";
import { buildWorstCase, DEFAULT_BUDGET, draftMetrics } from "@rumkit/server/internal/metrics";

const USAGE = `Usage: rumkit check [<catalog.ts>] [--all] [--json] [--scrape-interval <time>] [--max-series <number>]
                    [--max-bytes <number>]

Tells you before a deployment what a catalog costs, usually and at most: series, lines and bytes of /metrics, samples a
day in Prometheus, and the memory of all series; and limits for the scrape configuration of Prometheus.

At most: every series is made and rendered as a scrape does it, with names and labels as they are, open label values as
long as they may be, numbers at their widest. Usually: an estimate for a site with visitors and a backend.

The catalog is the export "catalog" of the module, or its default export. The metrics of the process and its event
loop are not included.

Without a catalog, in a folder with a rumkit.config file, it checks that file as rumkit serve --check does, and then the
catalog that the file names.

  --all                   list the metrics that every catalog has, too
  --json                  print everything as JSON
  --scrape-interval <time>  how often Prometheus scrapes: 15s (default), 1m, 1m30s
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
  /** The interval of scrapes, as Prometheus writes it. */
  readonly interval: string;
}

/** The interval of the configuration that comes with Prometheus. */
const DEFAULT_INTERVAL = "15s";

export const checkCommand: Command = {
  usage: USAGE,
  run: async (argv) => {
    const configured = argv.length === 0 ? await checkFolder() : undefined;
    if (configured === undefined) return check(readOptions(argv));
    const { code, catalog, seriesPerProcess: maxSeries } = configured;
    if (code !== 0 || catalog === undefined) return code;
    process.stdout.write("\n");
    return check({
      catalog,
      maxSeries,
      maxBytes: Number.POSITIVE_INFINITY,
      all: false,
      json: false,
      interval: DEFAULT_INTERVAL,
    });
  },
};

/**
 * Checks the configuration of the folder; undefined if it has no file. Loads the settings of a collector on demand, because
 * a catalog is checked without them.
 */
async function checkFolder() {
  const { readConfigFile } = await import("../serve/configFile.ts");
  const { FILE_VARIABLE, readConfig } = await import("../serve/readConfig.ts");
  const { env } = process;
  const folder = process.cwd();
  if ((await readConfigFile(env[FILE_VARIABLE], folder)) === undefined) return undefined;
  const { checkConfig } = await import("./serveCommand.ts");
  const read = await readConfig({ flags: {}, env, file: undefined, folder });
  const { catalog, seriesPerProcess } = read.config;
  return { code: await checkConfig(read), catalog, seriesPerProcess };
}

function readOptions(argv: string[]): CheckOptions {
  const { values, positionals } = parseCommandLine(argv, {
    all: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    "scrape-interval": { type: "string", default: DEFAULT_INTERVAL },
    "max-series": { type: "string" },
    "max-bytes": { type: "string" },
  });
  const interval = values["scrape-interval"];
  if (readDuration(interval) === undefined)
    throw new UsageError(
      `[rumkit] --scrape-interval must be a time as Prometheus writes it, e.g. 15s or 1m (got "${interval}").`,
    );
  return {
    interval,
    catalog: oneCatalog(positionals, "check"),
    all: values.all,
    json: values.json,
    maxSeries: readNumber("--max-series", values["max-series"]) ?? DEFAULT_BUDGET.perProcess,
    maxBytes: readNumber("--max-bytes", values["max-bytes"]) ?? Number.POSITIVE_INFINITY,
  };
}

async function check({ catalog, all, json, maxSeries, maxBytes, interval }: CheckOptions): Promise<number> {
  const loaded = typeof catalog === "string" ? await loadCatalog(catalog) : catalog;
  const { descriptors, faults } = draftMetrics(loaded, { perProcess: maxSeries });
  const before = await measureMemory();
  const worst = buildWorstCase(descriptors);
  const memory = (await measureMemory()) - before;
  const report = createReport(loaded, {
    descriptors,
    worst: worst.metrics,
    memory,
    faults,
    maxBytes,
    interval: readDuration(interval)!,
  });
  if (json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else if (worst.metrics.length > 0)
    process.stdout.write(
      `${renderReport(report, { catalog: loaded, descriptors, all, interval }).join("\n")}\n`,
    );
  if (!json && typeof catalog === "string") process.stdout.write(await countWarnings(catalog));
  for (const fault of report.faults) process.stderr.write(`[rumkit] ${fault}\n`);
  return report.fits ? 0 : 1;
}

/** Returns a line with the number of warnings of `rumkit lint`; empty without any. */
async function countWarnings(file: string): Promise<string> {
  const warnings = (await lintFile(file)).filter(({ level }) => level === "warning").length;
  const noun = warnings === 1 ? "1 warning" : `${warnings} warnings`;
  return warnings === 0 ? "" : `rumkit lint ${file} has ${noun}.\n`;
}

/** Bytes in use after a garbage collection, which the inspector can ask for in a process that runs without flags of V8. */
async function measureMemory(): Promise<number> {
  const session = new Session();
  session.connect();
  await session.post("HeapProfiler.collectGarbage");
  session.disconnect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
