import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WriteStream } from "node:tty";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type CommandOutcome, runCommand } from "../../../../test/support/commandOutput.ts";
import { main } from "./main.ts";

/** Catalogs as people write them, linted in this process. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rumkit-lint-"));
  const files = {
    "clean.mjs": 'export const catalog = {\n  app: "shop",\n  routes: ["/"],\n};\n',
    "warned.mjs": `export const catalog = {
  app: "shop",
  routes: ["/a/:id", "/a/new"],
  actions: {
    add: { help: "Items put into the cart" },
  },
};
`,
    "wrong.mjs":
      'export const catalog = {\n  app: "shop",\n  routes: ["/"],\n  actions: { a: {}, b: { help: "No stop" } },\n};\n',
    "disabled.mjs": `/* rumkit-lint-disable help-full-stop -- older than the rule */
export const catalog = {
  app: "shop",
  // rumkit-lint-disable-next-line route-shadowed, label-one-value
  routes: ["/a/:id", "/a/new"],
  actions: {
    add: { help: "Items put into the cart" },
    to: { help: "// rumkit-lint-disable" }, // rumkit-lint-disable-line help-empty
    a: { help: "Adds.", labels: { plan: ["free"] } }, // rumkit-lint-disable-line
    b: { help: "Takes.", labels: { plan: ["free"] } },
  },
};
`,
    "misspelt.mjs":
      '// rumkit-lint-disable route-shadow\nexport const catalog = { app: "shop", routes: ["/"] };\n',
    "broken.mjs": "export const catalog = {\n",
    "other.mjs": "export const answer = 42;\n",
    "100%,a:b.mjs":
      'export const catalog = { app: "shop", routes: ["/"], actions: { a: { help: "100 %\\nof all." } } };\n',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
});
afterAll(() => rm(folder, { recursive: true }));

async function lint(...args: string[]): Promise<CommandOutcome> {
  const paths = args.map((arg) => (arg.endsWith(".mjs") ? join(folder, arg) : arg));
  const { code, stdout, stderr } = await runCommand(() => main(["lint", ...paths]));
  const bare = (text: string): string => text.replaceAll(`${folder}/`, "");
  return { code, stdout: bare(stdout), stderr: bare(stderr) };
}

const SHADOWED =
  'routes[1] is never counted: "/a/:id" comes before "/a/new" and takes all its paths. Put "/a/new" before "/a/:id".';
const NO_STOP =
  'actions.add.help does not end with a full stop. /metrics adds it. Write "Items put into the cart.".';

describe("rumkit lint", () => {
  test.each<[what: string, args: string[], outcome: CommandOutcome]>([
    ["a clean catalog", ["clean.mjs"], { code: 0, stdout: "No findings in clean.mjs.\n", stderr: "" }],
    [
      "warnings, which do not fail",
      ["warned.mjs"],
      {
        code: 0,
        stdout: `warned.mjs:3:22: warning: ${SHADOWED} [route-shadowed]
warned.mjs:5:12: warning: ${NO_STOP} [help-full-stop]
0 errors and 2 warnings in warned.mjs.
`,
        stderr: "",
      },
    ],
    [
      "more warnings than allowed",
      ["warned.mjs", "--max-warnings", "1", "--format", "github"],
      {
        code: 1,
        stdout: `::warning file=warned.mjs,line=3,col=22,title=rumkit route-shadowed::${SHADOWED}
::warning file=warned.mjs,line=5,col=12,title=rumkit help-full-stop::${NO_STOP}
`,
        stderr: "[rumkit] 2 warnings; --max-warnings allows 1.\n",
      },
    ],
    [
      "as many warnings as allowed, without disabled rules",
      ["warned.mjs", "--disable", "help-full-stop, route-shadowed", "--max-warnings=0"],
      { code: 0, stdout: "No findings in warned.mjs.\n", stderr: "" },
    ],
    [
      "an error, and the warnings beside it",
      ["clean.mjs", "wrong.mjs", "--disable", "same-app"],
      {
        code: 1,
        stdout: `wrong.mjs:4:14: error: actions.a.help is required: one sentence for dashboards, e.g. "Items put into the cart.". [invalid]
wrong.mjs:4:26: warning: actions.b.help does not end with a full stop. /metrics adds it. Write "No stop.". [help-full-stop]
1 error and 1 warning in clean.mjs, wrong.mjs.
`,
        stderr: "",
      },
    ],
    [
      "two catalogs with one app",
      ["clean.mjs", "disabled.mjs", "--disable", "label-one-value"],
      {
        code: 0,
        stdout: `disabled.mjs:3:3: warning: app is that of clean.mjs, too: their boards have the same titles. Give each catalog its app. [same-app]
0 errors and 1 warning in clean.mjs, disabled.mjs.
`,
        stderr: "",
      },
    ],
    [
      "comments that disable rules",
      ["disabled.mjs"],
      {
        code: 0,
        stdout: `disabled.mjs:10:36: warning: actions.b.labels.plan has one value only, "free". Remove the label, or declare its other values. [label-one-value]
0 errors and 1 warning in disabled.mjs.
`,
        stderr: "",
      },
    ],
    [
      "a comment that disables nothing",
      ["misspelt.mjs"],
      {
        code: 0,
        stdout: `misspelt.mjs:1:1: warning: The comment disables a rule that does not exist: route-shadow. Did you mean "route-shadowed"? [unknown-rule]
0 errors and 1 warning in misspelt.mjs.
`,
        stderr: "",
      },
    ],
  ])("says of %s", async (_what, args, outcome) => {
    expect(await lint(...args)).toEqual(outcome);
  });

  test.each<[what: string, args: string[], message: string]>([
    ["a syntax error", ["broken.mjs"], "broken.mjs cannot be loaded: "],
    ["no catalog", ["other.mjs"], "other.mjs exports no catalog, but answer."],
    ["no file", ["nowhere.mjs"], "nowhere.mjs does not exist."],
    ["no argument", [], "Missing catalog file, e.g. rumkit lint catalog.ts."],
    [
      "an unknown format",
      ["clean.mjs", "--format", "xml"],
      '--format must be text, json, github (got "xml").',
    ],
    [
      "an unknown rule",
      ["clean.mjs", "--disable", "buckets-fw"],
      'rule that does not exist: "buckets-fw". Did you mean "buckets-few"?',
    ],
    ["an error as a rule", ["clean.mjs", "--disable", "invalid"], "errors cannot be disabled"],
    [
      "a number that is a word",
      ["clean.mjs", "--max-warnings", "few"],
      '--max-warnings must be a whole number (got "few").',
    ],
  ])("exits with 2 for %s", async (_what, args, message) => {
    const { code, stdout, stderr } = await lint(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^\[rumkit\] /);
    expect(stderr).toContain(message);
  });

  test("annotates a file that cannot be read", async () => {
    const { code, stdout } = await lint("nowhere.mjs", "clean.mjs", "--disable=same-app", "--format=github");
    expect(code).toBe(2);
    expect(stdout).toMatch(
      /^::error file=nowhere\.mjs,title=rumkit cannot read it::\[rumkit\] nowhere\.mjs does not exist\..*%0A.*\n$/,
    );
  });

  test("still reports the files that it can read", async () => {
    const { code, stdout, stderr } = await lint("nowhere.mjs", "warned.mjs");
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining("does not exist") as string,
    });
    expect(stdout).toContain("[route-shadowed]");
  });

  test("gives machines every part of a finding", async () => {
    const { code, stdout, stderr } = await lint("wrong.mjs", "--format", "json", "--max-warnings", "0");
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      files: ["wrong.mjs"],
      errors: 1,
      warnings: 1,
      findings: [
        { rule: "invalid", level: "error", line: 4, column: 14, path: "actions.a.help" },
        {
          rule: "help-full-stop",
          level: "warning",
          file: "wrong.mjs",
          line: 4,
          column: 26,
          path: "actions.b.help",
          suggestion: 'Write "No stop.".',
        },
      ],
    });
  });

  test("escapes what ends an annotation of GitHub, whose paths begin at the repository", async () => {
    vi.stubEnv("GITHUB_WORKSPACE", join(folder, ".."));
    const { stdout } = await lint("100%,a:b.mjs", "--format", "github");
    vi.unstubAllEnvs();
    const name = folder.split("/").at(-1)!;
    expect(stdout).toBe(
      `::warning file=${name}/100%25%2Ca%3Ab.mjs,line=1,col=70,title=rumkit help-length::actions.a.help has several lines. Write one sentence.\n`,
    );
  });

  test("colors levels in a terminal only", async () => {
    // Node takes a build server for one that shows no colors.
    for (const name of ["CI", "FORCE_COLOR", "NO_COLOR", "TEAMCITY_VERSION", "TF_BUILD"])
      vi.stubEnv(name, undefined);
    vi.stubEnv("TERM", "xterm-256color");
    const { isTTY, getColorDepth } = process.stdout;
    Object.assign(process.stdout, { isTTY: true, getColorDepth: WriteStream.prototype.getColorDepth });
    const inTerminal = await lint("warned.mjs");
    vi.stubEnv("NO_COLOR", "1");
    const without = await lint("warned.mjs");
    Object.assign(process.stdout, { isTTY, getColorDepth });
    vi.unstubAllEnvs();
    expect(inTerminal.stdout).toContain("\u001b[33mwarning\u001b[39m");
    expect(without.stdout).not.toContain("\u001b");
  });

  test("lists its rules, each with a reason", async () => {
    const { code, stdout } = await lint("--rules");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^route-shadowed +The first pattern that matches a path wins/m);
    expect(
      stdout
        .trim()
        .split("\n")
        .every((line) => /^[\w-]+ {2,}\S.*\.$/.test(line)),
    ).toBe(true);
  });
});
