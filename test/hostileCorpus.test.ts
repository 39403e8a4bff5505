/** Every case of the corpus of hostile input is tested somewhere, and what says so is true. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tables } from "./support/hostile/cases.ts";
import { NUMBERS, PLACES } from "./support/hostile/corpus.ts";

const titles = Object.values(tables).flatMap((cases) => cases.map(({ title }) => title));
const numbers = Object.values(NUMBERS).flat();

test("each number has a place, and no place is of a number that there is not", () => {
  expect(Object.keys(PLACES).map(Number)).toEqual(numbers.toSorted((a, b) => a - b));
  expect(new Set(numbers).size).toBe(numbers.length);
});

test("titles of the table are distinct", () => {
  expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
});

test.each(Object.entries(PLACES))("case %s is where it is said to be", (_number, place) => {
  const places = [place].flat();
  expect(places.length).toBeGreaterThan(0);
  for (const one of places) {
    if (typeof one === "string") expect(titles).toContain(one);
    else if ("file" in one) {
      expect(readFileSync(join(import.meta.dirname, "..", one.file), "utf8")).toContain(one.test);
    } else expect(one.missing).not.toBe("");
  }
});
