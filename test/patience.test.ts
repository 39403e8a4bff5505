/** A test that gives up early fails on a busy machine, where everything may take ten times as long. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");
/** The times after which a poll, and a test or a hook, end by default (`vitest.config.ts`). */
const POLL_MS = 100_000;
const TEST_MS = 120_000;

const files = globSync(["test/**/*.ts", "packages/*/src/**/*.test.{ts,tsx}", "examples/*/**/*.test.ts"], {
  cwd: ROOT,
  exclude: (path) => path.includes("node_modules"),
});

/** The ways to give a time: to a poll, to one test, to the tests of a file, and to a test or hook as its last argument. */
const GIVEN: readonly (readonly [pattern: RegExp, least: number])[] = [
  [/(?:\.poll\(|interval:)(?:(?!\.to[A-Z])[^\n])*\btimeout: ([^,}\n]+)/g, POLL_MS],
  [/(?:\btest(?:\.\w+)*\(|^\s*\{(?= timeout))[^\n]*\btimeout: ((?:Math\.max\()?[^,}\n]+)/gm, TEST_MS],
  [/\b(?:test|hook)Timeout: ([^,}\n]+)/g, TEST_MS],
  [
    /^(\s*)(?:test|it|(?:before|after)(?:All|Each))\b(?:(?!^\1\}\);)[^])*?^\1\}, (?<ms>\d[\d_]*)\);/gm,
    TEST_MS,
  ],
];

/** The places of a text that give up before the default, or wait with a tool whose default is one second. */
function hasty(text: string): string[] {
  const short = GIVEN.flatMap(([pattern, least]) =>
    [...text.matchAll(pattern)].filter((found) => {
      const given = found.groups?.["ms"] ?? found[1]!;
      const value = new RegExp(`const ${given.trim().replace(/\W.*/, "")} = (.+);`).exec(text)?.[1] ?? given;
      return !(leastOf(value) >= least);
    }),
  );
  const calls = text
    .split(/\bvi\.waitFor\(/)
    .slice(1)
    .map(untilClosed);
  return [
    ...short.map(([place]) => place.trim().slice(0, 200)),
    ...calls.filter((call) => !/timeout: \w|WAIT/.test(call)),
  ];
}

/** The least milliseconds of a number or of `Math.max(number, …)`. NaN for what follows from other values, which may be small. */
function leastOf(expression: string): number {
  return Number(/^(?:Math\.max\()?(\d[\d_]*)\b(?! *[-*+/])/.exec(expression)?.[1]?.replaceAll("_", ""));
}

/** The arguments of a call: what comes before the parenthesis that closes it. */
function untilClosed(text: string): string {
  let depth = 1;
  let end = 0;
  while (depth > 0 && end < text.length) {
    depth += { "(": 1, ")": -1 }[text[end]!] ?? 0;
    end += 1;
  }
  return text.slice(0, end);
}

test("no test waits for less than the default", () => {
  expect(files.length).toBeGreaterThan(300);
  const found = files.map((file) => [file, hasty(readFileSync(join(ROOT, file), "utf8"))] as const);
  expect(found.filter(([, places]) => places.length > 0)).toEqual([]);
});

test("what is short is found", () => {
  const wait = "timeout: 9_000";
  const tool = ["vi", "waitFor"].join(".");
  expect(hasty(`  await expect.poll(read, { ${wait} }).toBe(1);`)).toHaveLength(1);
  expect(hasty(`test("a", { ${wait} }, () => {});`)).toHaveLength(1);
  expect(hasty(`test(\n  "a",\n  { ${wait} },\n  () => {},\n);`)).toHaveLength(1);
  for (const time of ["A_FEW * 20", "1_000 + A_FEW * 20", "A_FEW", "(A_FEW + 1) * 60_000"])
    expect(hasty(`const A_FEW = 60;\ntest("a", { ${wait.replace("9_000", time)} }, () => {});`)).toHaveLength(
      1,
    );
  const patient = wait.replace("9_000", "Math.max(120_000, A_FEW * 20)");
  expect(hasty(`test("a", { ${patient} }, () => {});`)).toEqual([]);
  expect(
    hasty(`${["vi", "setConfig"].join(".")}({ ${["test", "Timeout"].join("")}: 30_000 });`),
  ).toHaveLength(1);
  for (const [begin, end] of [
    ['test("a", () => {', "}, 60_000);"],
    ["beforeAll(async () => {", "}, 9000);"],
  ])
    expect(hasty(`${begin}\n  setTimeout(() => {\n  }, 5);\n${end}`)).toHaveLength(1);
  expect(hasty(`test("a", () => {\n});\nsetInterval(() => {\n}, 50);`)).toEqual([]);
  expect(hasty(`${tool}(() => expect(a).toBe(1));`)).toHaveLength(1);
  expect(hasty(`${tool}(() => expect(a).toBe(1), { timeout: 100_000 });`)).toEqual([]);
});

/** The tests that run beside each other and wait with `expect.poll`, which asks in vain which of them runs: `expectSoon` waits. */
function lost(text: string): string[] {
  const tests = text.split(/^(?=\s*(?:test|it|describe)\b)/m);
  return tests
    .filter((body) => /^\s*(?:test|it|describe)\.concurrent\b/.test(body) && /\bexpect\s*\.poll\(/.test(body))
    .map((body) => body.trim().split("\n")[0]!);
}

test("no test that runs beside others waits with expect.poll", () => {
  const found = files.map((file) => [file, lost(readFileSync(join(ROOT, file), "utf8"))] as const);
  expect(found.filter(([, places]) => places.length > 0)).toEqual([]);
});

test("one that does is found", () => {
  const beside = ["test", "concurrent"].join(".");
  expect(
    lost(`test("a", () => {});\n${beside}("b", async () => {\n  await expect.poll(read).toBe(1);\n});`),
  ).toEqual([`${beside}("b", async () => {`]);
  expect(
    lost(`${beside}("a", () => {});\ntest("b", async () => {\n  await expect.poll(read).toBe(1);\n});`),
  ).toEqual([]);
});
