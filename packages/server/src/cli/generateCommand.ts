import { findStaleFiles, writeGeneratedFiles } from "../generate/generatedFiles.ts";
import { loadCatalog } from "../generate/loadCatalog.ts";
import { renderAll, type RenderTargets } from "../generate/renderAll.ts";
import { type Command, UsageError } from "./command.ts";
import { parseCommandLine } from "./parseCommandLine.ts";

const USAGE = `Usage: rumkit generate <catalog.ts> --out <folder> [--docs <file>] [--check]

Writes what a catalogue yields:
  <folder>/dashboards/business-overview.json   a Grafana dashboard
  <folder>/rules/<app>.yaml                    Prometheus recording rules, and an alert for each objective

The catalogue is the export "catalog" of the module, or its default export.

  --out <folder>   where dashboards and rules go
  --docs <file>    also write a reference of all metrics as Markdown
  --check          write nothing; exit with 1 and name the files that are stale

Exit codes: 0 done, 1 the catalogue is at fault or files are stale, 2 the command line is wrong.
`;

interface GenerateOptions extends RenderTargets {
  readonly catalog: string;
  readonly check: boolean;
}

export const generateCommand: Command = { usage: USAGE, run: (argv) => generate(readOptions(argv)) };

function readOptions(argv: string[]): GenerateOptions {
  const { values, positionals } = parseCommandLine(argv, {
    out: { type: "string" },
    docs: { type: "string" },
    check: { type: "boolean", default: false },
  });
  const [catalog, ...rest] = positionals;
  if (catalog === undefined) throw new UsageError("[rumkit] No catalogue is given. Name its file.");
  if (rest.length > 0)
    throw new UsageError(`[rumkit] Too many arguments: ${rest.join(" ")}. One catalogue at a time.`);
  if (!values.out) throw new UsageError("[rumkit] --out is missing. Name the folder to write to.");
  return { catalog, out: values.out, docs: values.docs, check: values.check };
}

async function generate({ catalog, check, ...targets }: GenerateOptions): Promise<number> {
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
