import { findStaleFiles, writeGeneratedFiles } from "../generate/generatedFiles.ts";
import { loadCatalog } from "../generate/loadCatalog.ts";
import { renderAll, type RenderTargets } from "../generate/renderAll.ts";
import { oneCatalog, parseCommandLine } from "./arguments.ts";
import { type Command, UsageError } from "./command.ts";

const USAGE = `Usage: rumkit generate <catalog.ts> --out <folder> [--docs <file>] [--job <name>] [--check]

Writes what follows from a catalog:
  <folder>/dashboards/<app>-business-overview.json   a Grafana dashboard
  <folder>/rules/<app>.yaml                          Prometheus recording rules and alerts

The catalog is the export "catalog" of the module, or its default export. Several apps can share a folder.

  --out <folder>       where dashboards and rules go
  --docs <file>        also write a reference of all metrics as Markdown
  --job <name>         the job that scrapes the app in Prometheus; once for each job. Default the app's name
  --selector <labels>  label matchers that every query has, too, such as 'cluster="eu"'
  --check              write nothing; exit with 1 and name the files that are stale

A file that another app, or no rumkit, wrote is not replaced. Files that the same catalog wrote before under other names
are removed.

Exit codes: 0 done, 1 the catalog is invalid, files are stale or in the way, 2 invalid arguments.
`;

interface GenerateOptions extends RenderTargets {
  readonly check: boolean;
}

export const generateCommand: Command = { usage: USAGE, run: (argv) => generate(readOptions(argv)) };

function readOptions(argv: string[]): GenerateOptions {
  const { values, positionals } = parseCommandLine(argv, {
    out: { type: "string" },
    docs: { type: "string" },
    job: { type: "string", multiple: true },
    selector: { type: "string" },
    check: { type: "boolean", default: false },
  });
  const from = oneCatalog(positionals, "generate");
  if (!values.out)
    throw new UsageError("[rumkit] --out is missing: the folder to write to, e.g. --out deploy.");
  const { out, docs, job, selector, check } = values;
  return { from, out, docs, scrapeJobs: job, selector, check };
}

async function generate({ check, ...targets }: GenerateOptions): Promise<number> {
  const generated = renderAll(await loadCatalog(targets.from), targets);
  if (check) {
    const stale = await findStaleFiles(generated);
    for (const path of stale) process.stderr.write(`[rumkit] ${path} is stale. Run without --check.\n`);
    if (stale.length === 0) process.stdout.write(`Up to date (${generated.files.size} files).\n`);
    return stale.length > 0 ? 1 : 0;
  }
  const removed = await writeGeneratedFiles(generated);
  for (const path of generated.files.keys()) process.stdout.write(`Wrote ${path}\n`);
  for (const path of removed)
    process.stdout.write(`Removed ${path}, which this catalog wrote under another name.\n`);
  return 0;
}
