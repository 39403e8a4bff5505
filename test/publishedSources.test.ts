import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** What a package publishes: every source but its tests, as the compiler's configuration excludes them. */
const published = globSync("packages/*/src/**/*.{ts,tsx}", { cwd: root }).filter(
  (file) => !/\.test(-d)?\.tsx?$/.test(file),
);

test("no published file imports what only tests have", () => {
  expect(published.length).toBeGreaterThan(300);
  const wrong = published.filter((file) =>
    /from "(vitest|fast-check|playwright-core|@testing-library\/[\w-]+)"/.test(
      readFileSync(join(root, file), "utf8"),
    ),
  );
  expect(wrong).toEqual([]);
});
