import { type Difference, diffSnapshots, isEmpty } from "../diff/diffSnapshots.ts";
import { renderMarkdown, renderText } from "../diff/renderDifference.ts";
import { readCatalogSnapshot, readJsonSnapshot, type Snapshot } from "../diff/snapshot.ts";
import { parseCommandLine } from "./arguments.ts";
import { type Command, UsageError } from "./command.ts";

const USAGE = `Usage: rumkit diff <old.ts> <new.ts> [--format text|markdown|json] [--fail-on breaking|any]
       rumkit diff --old-json <metrics.json> <new.ts>

Shows what a change of a catalog does in Prometheus and Grafana: metrics, labels and values that come and go with the
number of series, boards and rules by name, and what breaks: counters that begin again under another name or other
labels, attributes that become labels, bucket edges that change.

The old catalog of a branch: git show main:catalog.ts > old-catalog.ts, in the folder of catalog.ts, so that it finds
what it imports.

  --old-json <file>   the old version, as rumkit generate --metrics-json wrote it. Without boards and rules
  --format <format>   text (default), markdown for a comment of a pull request, json for machines
  --fail-on <what>    exit with 1 on breaking changes, or on any change. Default: never

Exit codes: 0 done, 1 a change that --fail-on names, 2 a catalog cannot be read or is invalid, or invalid arguments.
`;

const FORMATS = ["text", "markdown", "json"] as const;
const FAILURES = ["breaking", "any"] as const;

interface DiffOptions {
  readonly old: () => Promise<Snapshot>;
  readonly now: () => Promise<Snapshot>;
  readonly format: (typeof FORMATS)[number];
  readonly failOn: (typeof FAILURES)[number] | undefined;
}

export const diffCommand: Command = {
  usage: USAGE,
  run: async (argv) => {
    const options = readOptions(argv);
    let difference: Difference;
    try {
      difference = diffSnapshots(await options.old(), await options.now());
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      return 2;
    }
    process.stdout.write(render(difference, options.format));
    const isFailure = options.failOn === "any" ? !isEmpty(difference) : difference.breaks.length > 0;
    return options.failOn !== undefined && isFailure ? 1 : 0;
  },
};

function readOptions(argv: string[]): DiffOptions {
  const { values, positionals } = parseCommandLine(argv, {
    "old-json": { type: "string" },
    format: { type: "string", default: "text" },
    "fail-on": { type: "string" },
  });
  const json = values["old-json"];
  const expected = json === undefined ? 2 : 1;
  if (positionals.length !== expected) {
    const wanted =
      json === undefined ? "two catalogs, e.g. rumkit diff old.ts new.ts" : "one catalog beside --old-json";
    throw new UsageError(`[rumkit] Expected ${wanted}, got: ${positionals.join(", ") || "none"}.`);
  }
  const [first, second = first] = positionals;
  return {
    old: () => (json === undefined ? readCatalogSnapshot(first!) : readJsonSnapshot(json)),
    now: () => readCatalogSnapshot(second!),
    format: readChoice("--format", values.format, FORMATS)!,
    failOn: readChoice("--fail-on", values["fail-on"], FAILURES),
  };
}

function readChoice<const Choice extends string>(
  flag: string,
  text: string | undefined,
  choices: readonly Choice[],
): Choice | undefined {
  if (text === undefined) return undefined;
  const choice = choices.find((known) => known === text);
  if (choice === undefined)
    throw new UsageError(`[rumkit] ${flag} must be ${choices.join(" or ")} (got "${text}").`);
  return choice;
}

function render(difference: Difference, format: DiffOptions["format"]): string {
  if (format === "json") return `${JSON.stringify(difference, null, 2)}\n`;
  return format === "markdown" ? renderMarkdown(difference) : renderText(difference);
}
