import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../../../../test/support/commandOutput.ts";
import { main } from "./main.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rumkit-diff-"));
  const catalog = (parts: string): string =>
    `export const catalog = { app: "shop", routes: ["/"], ${parts} };\n`;
  const searched = (buckets: number[]): string =>
    `measurements: { search: { help: "Time.", unit: "seconds", buckets: ${JSON.stringify(buckets)} } }`;
  const files = {
    "old.mjs": catalog('actions: { add: { help: "Items." } }'),
    "new.mjs": catalog('actions: { add: { help: "Items.", labels: { kind: ["a", "b"] } } }'),
    "more.mjs": catalog('actions: { add: { help: "Items." }, save: { help: "Saved." } }'),
    "documented-old.mjs": catalog(
      `actions: { add: { help: "Items put into the cart." } }, ${searched([1, 2, 3])}`,
    ),
    "documented-new.mjs": catalog(
      `actions: { add: { help: "Items put into the cart.", labels: { category: ["books", "games"] } } }, ${searched([1, 2, 4])}, objectives: { up: { http: { errorsBelow: 0.01 } } }`,
    ),
    "wrong.mjs": catalog("actions: { add: {} }"),
    "other.json": '{ "version": 2 }',
    "broken.json": "{",
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await rumkit("generate", "old.mjs", "--out", "out", "--metrics-json", "old.json");
});
afterAll(() => rm(folder, { recursive: true }));

function rumkit(...args: string[]) {
  const paths = args.map((arg) => (/\.(?:mjs|json)$|^out$/.test(arg) ? join(folder, arg) : arg));
  return runCommand(() => main(paths));
}

const SPLIT =
  'rum_actions_total{action="add"} splits by kind, which a call must give now: "a", "b". It begins at 0.';

test.each<[what: string, args: string[], code: number, shown: string]>([
  ["breaking changes, which do not fail", ["old.mjs", "new.mjs"], 0, `  ! ${SPLIT}\n`],
  ["breaking changes that fail", ["old.mjs", "new.mjs", "--fail-on", "breaking"], 1, `  ! ${SPLIT}\n`],
  ["other changes", ["old.mjs", "more.mjs", "--fail-on", "breaking"], 0, "shop: no breaking changes, "],
  ["any change that fails", ["old.mjs", "more.mjs", "--fail-on", "any"], 1, '+"save" in rum_actions_total'],
  ["no change", ["old.mjs", "old.mjs", "--fail-on", "any"], 0, "No metric, board or rule changes.\n"],
  ["a comment of a pull request", ["old.mjs", "new.mjs", "--format", "markdown"], 0, `- ⚠️ ${SPLIT}\n`],
  ["what is deployed", ["--old-json", "old.json", "new.mjs", "--fail-on=breaking"], 1, `  ! ${SPLIT}\n`],
  ["the same as deployed", ["--old-json", "old.json", "old.mjs", "--fail-on=any"], 0, "No metric"],
])("rumkit diff shows %s", async (_what, args, code, shown) => {
  const outcome = await rumkit("diff", ...args);
  expect(outcome).toMatchObject({ code, stderr: "" });
  expect(outcome.stdout).toContain(shown);
});

test("rumkit diff --format json has every part of the report", async () => {
  const { stdout } = await rumkit("diff", "old.mjs", "new.mjs", "--format", "json");
  expect(JSON.parse(stdout)).toMatchObject({
    app: { before: "shop", after: "shop" },
    total: { series: { before: expect.any(Number) as number, after: expect.any(Number) as number } },
    breaks: [{ kind: "split", metric: "rum_actions_total", text: SPLIT }],
    metrics: {
      added: [],
      removed: [],
      changed: expect.arrayContaining([expect.objectContaining({ labelsAdded: ["kind"] })]) as unknown[],
    },
    parts: { rules: { added: [], removed: [], changed: [] } },
  });
});

test.each<[what: string, args: string[], message: string]>([
  ["one catalog", ["old.mjs"], "Expected two catalogs, e.g. rumkit diff old.ts new.ts, got: "],
  ["no catalog", [], "got: none."],
  [
    "two catalogs beside the description",
    ["--old-json", "old.json", "old.mjs", "new.mjs"],
    "Expected one catalog beside --old-json",
  ],
  [
    "an unknown format",
    ["old.mjs", "new.mjs", "--format", "html"],
    '--format must be text or markdown or json (got "html").',
  ],
  [
    "an unknown failure",
    ["old.mjs", "new.mjs", "--fail-on", "all"],
    '--fail-on must be breaking or any (got "all").',
  ],
  ["an invalid catalog", ["old.mjs", "wrong.mjs"], "actions.add.help is required"],
  ["no file", ["nowhere.mjs", "new.mjs"], "nowhere.mjs does not exist."],
  [
    "another version",
    ["--old-json", "other.json", "new.mjs"],
    "other.json does not describe metrics in version 1.",
  ],
  ["no JSON", ["--old-json", "broken.json", "new.mjs"], "broken.json cannot be read: "],
  ["no description", ["--old-json", "nowhere.json", "new.mjs"], "nowhere.json cannot be read: ENOENT"],
])("rumkit diff exits with 2 for %s", async (_what, args, message) => {
  const { code, stdout, stderr } = await rumkit("diff", ...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^\[rumkit\] /);
  expect(stderr).toContain(message);
});

test("the example of docs/diff.md is what rumkit diff says, apart from the numbers of series", async () => {
  const doc = await readFile(join(import.meta.dirname, "../../../../docs/diff.md"), "utf8");
  const [, example = ""] = /```\n(shop: [^`]*)```/.exec(doc) ?? [];
  const { stdout } = await rumkit("diff", "documented-old.mjs", "documented-new.mjs");
  const withoutNumbers = (text: string): string =>
    text.replace(/^.*breaking changes, .*\n/, "").replaceAll(/\d+ → \d+ series/g, "series");
  expect(withoutNumbers(example)).toBe(withoutNumbers(stdout));
});
