/** Every measurement that the documentation names ends, and prints its table: once and small, without a word on times. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const run = promisify(execFile);

const docs = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(ROOT, "docs")).map((name) => `docs/${name}`),
]
  .filter((name) => name.endsWith(".md"))
  .map((name) => readFileSync(join(ROOT, name), "utf8"))
  .join("\n");

/** `npm run bench` measures `ingest`; in a table of the README the name may stand alone: `-- record`. */
const names = new Set(
  [...docs.matchAll(/`npm run bench(?: -- (\w+))?`|`-- (record)`/g)].map(
    ([, name, short]) => name ?? short ?? "ingest",
  ),
);

// Beside each other, because half of each is the start of programs. The limit only ends what would never end.
const atOnce = { concurrent: true, timeout: 900_000 };
test.each([...names].toSorted())("npm run bench -- %s ends, and prints a table", atOnce, async (name) => {
  // As `npm run bench` does, but for the build.
  const { stdout } = await run(process.execPath, ["bench/bench.ts", name, "--short"], {
    cwd: ROOT,
    // What vitest says of itself is for its own programs.
    env: { ...process.env, NODE_ENV: "", VITEST: "" },
  });
  expect(stdout).toMatch(/^[│|].*\d/m);
  expect(stdout).not.toMatch(/no build:/);
});

test("the documentation names measurements", () => {
  expect([...names]).toEqual(expect.arrayContaining(["ingest", "scrape", "shop", "size"]));
});
