#!/usr/bin/env node
import { parseArgs } from "node:util";
import { findStaleFiles, writeGeneratedFiles } from "./generate/generatedFiles.ts";
import { loadCatalog } from "./generate/loadCatalog.ts";
import { renderAll, type RenderTargets } from "./generate/renderAll.ts";

const USAGE = `Usage: rumkit generate <catalog.ts> --out <folder> [--docs <file>] [--check]

Writes what a catalogue yields:
  <folder>/dashboards/business-overview.json   a Grafana dashboard
  <folder>/rules/<app>.yaml                    Prometheus recording rules, and an alert for each objective

The catalogue is the export "catalog" of the module, or its default export.

  --out <folder>   where dashboards and rules go
  --docs <file>    also write a reference of all metrics as Markdown
  --check          write nothing; exit with 1 and name the files that are stale
  --help           show this text

Exit codes: 0 done, 1 the catalogue is at fault or files are stale, 2 the command line is wrong.
`;

interface GenerateCommand extends RenderTargets {
  readonly catalog: string;
  readonly check: boolean;
}

process.exitCode = await run(process.argv.slice(2));

/** Returns the exit code. Never throws. */
async function run(argv: string[]): Promise<number> {
  let command: GenerateCommand | undefined;
  try {
    command = parseCommand(argv);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n\n${USAGE}`);
    return 2;
  }
  if (!command) {
    process.stdout.write(USAGE);
    return 0;
  }
  try {
    return await generate(command);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return 1;
  }
}

/** Nothing where help is asked for. Throws where the command line is wrong. */
function parseCommand(argv: string[]): GenerateCommand | undefined {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      out: { type: "string" },
      docs: { type: "string" },
      check: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return undefined;
  const [name, catalog, ...rest] = positionals;
  if (name !== "generate") {
    throw new Error(`[rumkit] Unknown command: ${name ?? "none given"}. The command is "generate".`);
  }
  if (catalog === undefined) throw new Error("[rumkit] No catalogue is given. Name its file.");
  if (rest.length > 0)
    throw new Error(`[rumkit] Too many arguments: ${rest.join(" ")}. One catalogue at a time.`);
  if (!values.out) throw new Error("[rumkit] --out is missing. Name the folder to write to.");
  return { catalog, out: values.out, docs: values.docs, check: values.check };
}

async function generate({ catalog, check, ...targets }: GenerateCommand): Promise<number> {
  const files = renderAll(await loadCatalog(catalog), targets);
  if (check) {
    const stale = await findStaleFiles(files);
    for (const path of stale) process.stderr.write(`[rumkit] ${path} is stale. Run without --check.\n`);
    return stale.length > 0 ? 1 : 0;
  }
  await writeGeneratedFiles(files);
  for (const path of files.keys()) process.stdout.write(`Wrote ${path}\n`);
  return 0;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
