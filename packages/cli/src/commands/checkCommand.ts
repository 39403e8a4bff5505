import { Session } from "node:inspector/promises";
import type { Catalog } from "@rumkit/protocol";
import { loadCatalog } from "../generate/loadCatalog.ts";
import { readConfigFile } from "../serve/configFile.ts";
import { FILE_VARIABLE, readConfig } from "../serve/readConfig.ts";
import { lintFile } from "../lint/lintFile.ts";
import { oneCatalog, parseCommandLine } from "./arguments.ts";
import type { Command } from "./command.ts";
import { readNumber } from "./numberOption.ts";
import { createReport, renderReport } from "./checkReport.ts";
import { checkConfig } from "./serveCommand.ts";
import { buildWorstCase, DEFAULT_BUDGET, draftMetrics } from "@rumkit/server/internal/metrics";

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

async function check({ catalog, all, json, maxSeries, maxBytes }: CheckOptions): Promise<number> {
  const loaded = typeof catalog === "string" ? await loadCatalog(catalog) : catalog;
  const { descriptors, faults } = draftMetrics(loaded, { perProcess: maxSeries });
  const before = await measureMemory();
  const worst = buildWorstCase(descriptors);
  const memory = (await measureMemory()) - before;
  const report = createReport(loaded, { metrics: worst.metrics, memory, faults, maxBytes });
  if (json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else if (worst.metrics.length > 0)
    process.stdout.write(`${renderReport(report, { catalog: loaded, descriptors, all }).join("\n")}\n`);
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
