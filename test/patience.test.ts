/** A test that gives up early fails on a busy machine, where everything may take ten times as long. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");
/** The time after which a poll ends by default (`vitest.config.ts`). */
const DEFAULT_MS = 100_000;

const files = globSync(["test/**/*.ts", "packages/*/src/**/*.test.{ts,tsx}", "examples/*/**/*.test.ts"], {
  cwd: ROOT,
  exclude: (path) => path.includes("node_modules"),
});

/** The places of a text that give up before the default, or wait with a tool whose default is one second. */
function hasty(text: string): string[] {
  const given =
    /(?:\.poll\(|\btest(?:\.\w+)*\(|interval:|^\s*\{(?= timeout))[^\n]*\btimeout: (\d+(?:_\d+)+)/gm;
  const short = [...text.matchAll(given)].filter(([, ms]) => Number(ms!.replaceAll("_", "")) < DEFAULT_MS);
  const calls = text
    .split(/\bvi\.waitFor\(/)
    .slice(1)
    .map(untilClosed);
  return [...short.map(([place]) => place.trim()), ...calls.filter((call) => !/timeout: \w|WAIT/.test(call))];
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
