import { findStaleFiles, writeGeneratedFiles } from "../generate/generatedFiles.ts";
import { loadCatalog } from "../generate/loadCatalog.ts";
import { renderAll, type RenderTargets } from "../generate/renderAll.ts";
import { type Command, UsageError } from "./command.ts";
import { oneCatalog } from "./oneCatalog.ts";
import { parseCommandLine } from "./parseCommandLine.ts";

const USAGE = `Usage: rumkit generate <catalog.ts> --out <folder> [--docs <file>] [--check]

Writes what follows from a catalog:
  <folder>/dashboards/business-overview.json   a Grafana dashboard
  <folder>/rules/<app>.yaml                    Prometheus recording rules, and an alert for each objective

The catalog is the export "catalog" of the module, or its default export.

  --out <folder>   where dashboards and rules go
  --docs <file>    also write a reference of all metrics as Markdown
  --check          write nothing; exit with 1 and name the files that are stale

Exit codes: 0 done, 1 the catalog is invalid or files are stale, 2 invalid arguments.
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
  const catalog = oneCatalog(positionals, "generate");
  if (!values.out)
    throw new UsageError("[rumkit] --out is missing: the folder to write to, e.g. --out deploy.");
  return { catalog, out: values.out, docs: values.docs, check: values.check };
}

async function generate({ catalog, check, ...targets }: GenerateOptions): Promise<number> {
  const files = renderAll(await loadCatalog(catalog), targets);
  if (check) {
    const stale = await findStaleFiles(files);
    for (const path of stale) process.stderr.write(`[rumkit] ${path} is stale. Run without --check.\n`);
    if (stale.length === 0) process.stdout.write(`Up to date (${files.size} files).\n`);
    return stale.length > 0 ? 1 : 0;
  }
  await writeGeneratedFiles(files);
  for (const path of files.keys()) process.stdout.write(`Wrote ${path}\n`);
  return 0;
}
