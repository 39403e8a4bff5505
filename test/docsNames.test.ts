import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeMetrics } from "@rumkit/server";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { catalog } from "../examples/shop/catalog.ts";

/** The names in the documentation are those of the code: commands, flags, settings, metrics and exports. */

const ROOT = join(import.meta.dirname, "..");
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const DOCS = [...globSync("docs/**/*.md", { cwd: ROOT }), "README.md", "SECURITY.md"].filter(
  (file) => file !== "docs/messages.md",
);

/** The settings of `rumkit serve`, from the table that is generated from them. */
const SETTING_NAMES = [...read("docs/serve.md").matchAll(/^\| `(\w+)` \| .* \| (?:`--|none)/gm)].map(
  ([, name]) => name!,
);

/** Each command of the command line, with every flag that its usage names. */
const COMMANDS = new Map(
  globSync("packages/cli/src/commands/*Command.ts", { cwd: ROOT }).map((file) => {
    const name = /(\w+)Command\.ts$/.exec(file)![1]!;
    const flags = [...read(file).matchAll(/--[a-z][a-z-]*/g)].map(([flag]) => flag);
    return [name, new Set(flags)] as const;
  }),
);
for (const name of ["alertsReplay", "alertsSilence", "alertsTest", "alertsList", "alertsApi"])
  for (const [flag] of read(`packages/cli/src/commands/${name}.ts`).matchAll(/--[a-z][a-z-]*/g))
    COMMANDS.get("alerts")!.add(flag);
/** Settings of `rumkit serve` are flags, too. */
const SETTING_FLAGS = new Set(
  SETTING_NAMES.map((name) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`),
);

test.each(DOCS)("%s names commands and flags of rumkit that exist", (file) => {
  const unknown: string[] = [];
  for (const [line, command = "", rest = ""] of read(file).matchAll(/npx rumkit ([a-z]+)\b([^`\n#]*)/g)) {
    const flags = COMMANDS.get(command);
    if (!flags) unknown.push(line);
    for (const [flag] of rest.matchAll(/--[a-z][a-z-]*/g))
      if (!flags?.has(flag) && !(command === "serve" && SETTING_FLAGS.has(flag)))
        unknown.push(`${line}: ${flag}`);
  }
  expect(unknown).toEqual([]);
});

/** Suffixes of the lines of a family. */
const LINES = /_(bucket|sum|count|created)$/;
/** Metrics of a single collector and of each role. */
const NAMES = new Set(
  [undefined, "edge" as const, "aggregate" as const, "live" as const].flatMap((role) =>
    describeMetrics(catalog, {}, role && { role, partitions: 1 }).map(({ name }) => name),
  ),
);

test.each(DOCS)("%s names metrics that exist", (file) => {
  const named = [
    ...read(file).matchAll(/\b(rum_[a-z_]+_(?:total|seconds|bytes|entries|score|failing))\b/g),
  ].map(([, name]) => name!);
  const own = readOwnNames();
  const unknown = named.filter(
    (name) => !NAMES.has(name) && !NAMES.has(name.replace(LINES, "")) && !own.has(name),
  );
  expect([...new Set(unknown)]).toEqual([]);
});

let sources: Set<string> | undefined;
/** Names in sources and their tests, rules and boards: recorded series, metrics of optional parts, and those of examples. */
function readOwnNames(): Set<string> {
  if (sources) return sources;
  const files = [
    ...globSync("packages/{protocol,server,cli}/src/**/*.ts", { cwd: ROOT }),
    ...globSync("deploy/generated/**/*.{yaml,json}", { cwd: ROOT }),
  ];
  sources = new Set(
    files.flatMap((file) => [...read(file).matchAll(/\brum_[a-z_]+/g)].map(([name]) => name)),
  );
  return sources;
}

test("the settings that the documentation writes exist", () => {
  const unknown = DOCS.flatMap((file) => {
    const configurations = [...read(file).matchAll(/from "rumkit";\n[^]*?defineConfig\(\{\n([^]*?)\n\}\)/g)];
    const keys = configurations.flatMap(([, body]) =>
      [...body!.matchAll(/^ {2}(\w+):/gm)].map(([, key]) => key!),
    );
    return keys.filter((key) => !SETTING_NAMES.includes(key)).map((key) => `${file}: ${key}`);
  });
  expect(unknown).toEqual([]);
});

test("the skill has a name and a description, and names exports that exist", () => {
  const text = read("docs/skill/SKILL.md");
  const [, head = ""] = /^---\n([^]*?)\n---\n/.exec(text) ?? [];
  const { name, description } = parse(head) as Record<string, string>;
  // The limits of the format of skills.
  expect(name).toMatch(/^[a-z0-9-]{1,64}$/);
  expect(description!.length).toBeLessThanOrEqual(1024);
  const sourceText = globSync("packages/{protocol,browser,react,server}/src/**/*.{ts,tsx}", { cwd: ROOT })
    .filter((file) => !/\.test(-d)?\.tsx?$/.test(file))
    .map(read)
    .join("\n");
  const called = [...text.matchAll(/`(?:\w+\.)?(\w+)(?:<[^`]*>)?\([^`]*\)`/g)].map(([, call]) => call!);
  expect(called.length).toBeGreaterThan(6);
  expect(called.filter((call) => !new RegExp(`\\b${call}\\b`).test(sourceText))).toEqual([]);
});
