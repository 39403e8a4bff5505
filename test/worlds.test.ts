/** docs/worlds.md: every item of the five documents once, and every file that it names is there. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const page = readFileSync(join(ROOT, "docs/worlds.md"), "utf8");

/** Items of each document, by its section. */
const ITEMS: Readonly<Record<string, number>> = {
  "License server": 41,
  "Metrics stream": 36,
  "Clip jobs": 22,
  "Policy look-up": 12,
  "Three tiers": 91,
};

/** The rows of a section: the items and the rest of each. */
function rowsOf(section: string): { readonly items: number[]; readonly where: string }[] {
  const [, text = ""] = page.split(`\n## ${section}\n`);
  return (text.split("\n## ")[0] ?? "")
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .filter(([, items]) => items !== undefined && /^\d/.test(items))
    .map(([, items, , where]) => ({ items: items!.split(",").map(Number), where: where! }));
}

describe.each(Object.entries(ITEMS))("%s", (section, count) => {
  it("has each item once", () => {
    const items = rowsOf(section).flatMap((row) => row.items);
    expect(items.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
  });

  it("says of each item where it is, or why it is left out", () => {
    for (const { items, where } of rowsOf(section))
      expect(/`[^`]+`|\]\([^)]+\)|^Left out: .+/.test(where), `${section} ${items.join(", ")}`).toBe(true);
  });
});

it("names files and folders that exist", () => {
  const paths = [...page.matchAll(/`((?:bench|deploy|docs|examples|packages|scripts|test)\/[^`\s]+)`/g)];
  expect(paths.length).toBeGreaterThan(80);
  expect(paths.map(([, path]) => path!).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});
