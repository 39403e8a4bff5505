import { styleText } from "node:util";
import { nearestName } from "@rumkit/server/internal/base";
import { lintFiles } from "../lint/lintFile.ts";
import {
  countLevels,
  FORMATS,
  type Format,
  type Paint,
  renderGitHub,
  renderJson,
  renderText,
} from "../lint/renderFindings.ts";
import { ALL_RULES, ERRORS, RULE_IDS } from "../lint/rules.ts";
import { parseCommandLine } from "./arguments.ts";
import { type Command, UsageError } from "./command.ts";
import { readNumber } from "./numberOption.ts";

const USAGE = `Usage: rumkit lint <catalog.ts>... [--format text|json|github] [--max-warnings <number>] [--disable <rule>]

Names what Prometheus, Grafana or a person would stumble over in a catalog, with file, line, column and remedy. Errors
are what the collector refuses at its start; everything else is a warning. --rules lists the rules.

  --format <format>        text (default), json for machines, github for annotations of a pull request
  --max-warnings <number>  exit with 1 if there are more warnings; no limit by default
  --disable <rule>         a rule that is not asked; once for each rule, or several with commas
  --rules                  list the rules, each with its reason

A comment disables rules for the next line, for its line, or for the whole file; without a rule, all of them:
  // rumkit-lint-disable-next-line label-one-value -- more plans come in May
  // rumkit-lint-disable-line label-one-value
  // rumkit-lint-disable help-full-stop

Exit codes: 0 no errors, 1 an error or too many warnings, 2 a file cannot be read, or invalid arguments.
`;

interface LintOptions {
  readonly files: readonly string[];
  readonly format: Format;
  readonly maxWarnings: number;
  readonly disabled: ReadonlySet<string>;
}

export const lintCommand: Command = {
  usage: USAGE,
  run: async (argv) => {
    const { values, positionals } = parseCommandLine(argv, {
      format: { type: "string", default: "text" },
      "max-warnings": { type: "string" },
      disable: { type: "string", multiple: true, default: [] },
      rules: { type: "boolean", default: false },
    });
    if (values.rules) {
      process.stdout.write(renderRules());
      return 0;
    }
    if (positionals.length === 0)
      throw new UsageError("[rumkit] Missing catalog file, e.g. rumkit lint catalog.ts.");
    return lint({
      files: positionals,
      format: readFormat(values.format),
      maxWarnings: readNumber("--max-warnings", values["max-warnings"]) ?? Number.POSITIVE_INFINITY,
      disabled: new Set(values.disable.flatMap(readRules)),
    });
  },
};

async function lint({ files, format, maxWarnings, disabled }: LintOptions): Promise<number> {
  const { findings, unread } = await lintFiles(files, disabled);
  if (format === "github")
    process.stdout.write(renderGitHub(findings, unread, process.env["GITHUB_WORKSPACE"]));
  else if (format === "json") process.stdout.write(renderJson(findings, files));
  else if (unread.length < files.length) process.stdout.write(renderText(findings, files, paint));
  for (const { message } of unread) process.stderr.write(`${message}\n`);
  if (unread.length > 0) return 2;
  const { errors, warnings } = countLevels(findings);
  if (warnings > maxWarnings && format !== "json")
    process.stderr.write(`[rumkit] ${warnings} warnings; --max-warnings allows ${maxWarnings}.\n`);
  return errors > 0 || warnings > maxWarnings ? 1 : 0;
}

/** Colors a word in a terminal that shows colors, unless `NO_COLOR` is set. */
const paint: Paint = (style, text) => styleText(style, text, { stream: process.stdout });

function readFormat(text: string): Format {
  const format = FORMATS.find((known) => known === text);
  if (format === undefined)
    throw new UsageError(`[rumkit] --format must be ${FORMATS.join(", ")} (got "${text}").`);
  return format;
}

function readRules(text: string): string[] {
  return text.split(",").map((part) => {
    const rule = part.trim();
    if (RULE_IDS.includes(rule)) return rule;
    if (Object.hasOwn(ERRORS, rule))
      throw new UsageError(
        `[rumkit] ${rule} is an error, and errors cannot be disabled: the collector would not start.`,
      );
    const meant = nearestName(rule, RULE_IDS);
    const hint = meant === undefined ? "--rules lists them." : `Did you mean "${meant}"?`;
    throw new UsageError(`[rumkit] --disable names a rule that does not exist: "${rule}". ${hint}`);
  });
}

function renderRules(): string {
  const rules = [...Object.entries(ERRORS), ...ALL_RULES.map(({ id, reason }) => [id, reason] as const)];
  const widest = Math.max(...rules.map(([id]) => id.length));
  return rules.map(([id, reason]) => `${id.padEnd(widest)}  ${reason}\n`).join("");
}
