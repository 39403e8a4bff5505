import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createScrapePlaces, type ScrapePlaces } from "./scrapePlaces.ts";

const CHUNK = 65_536;

let clock: number;
let places: ScrapePlaces;
let cuts: string[];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  [clock, cuts] = [0, []];
  places = createScrapePlaces(() => clock);
});
afterEach(() => vi.useRealTimers());

/** A reader that takes so many chunks a second. */
function enter(name: string, address = name) {
  const place = places.enter(address, (reason) => cuts.push(`${name} ${reason}`));
  return place && { name, place };
}

type Reader = NonNullable<ReturnType<typeof enter>>;

/** Lets each reader take so many chunks a second, for so many seconds. */
function read(readers: readonly Reader[], chunksPerSecond: number, seconds: number): void {
  for (let second = 0; second < seconds; second += 1) {
    for (const { place } of readers) place.waits();
    clock += 1_000;
    for (const { place } of readers) place.took(CHUNK * chunksPerSecond);
    for (const { place } of readers) place.waits();
    vi.advanceTimersByTime(1_000);
  }
}

const eight = (address: (index: number) => string): Reader[] =>
  Array.from({ length: 8 }, (_, index) => enter(`reader ${index}`, address(index))!);

test("readers of one chunk a second give their places up to those that need one, of any address", () => {
  read(
    eight((index) => `10.0.0.${index}`),
    1,
    4,
  );
  for (const scraper of ["a", "b", "c"]) expect(enter(scraper)).toBeDefined();
  expect(cuts).toHaveLength(3);
  expect(cuts.every((cut) => /^reader \d too_slow$/.test(cut))).toBe(true);
});

test("so they do to a scraper of the same address", () => {
  read(
    eight(() => "10.0.0.1"),
    1,
    4,
  );
  expect(enter("scraper", "10.0.0.1")).toBeDefined();
});

test("readers of one chunk a second keep their places while there is room", () => {
  read(
    eight((index) => `10.0.0.${index}`),
    1,
    110,
  );
  expect(cuts).toEqual([]);
});

test("readers at the promised pace keep their places, and the ninth is refused", () => {
  const readers = eight((index) => `10.0.0.${index}`);
  read(readers, 4, 100);
  expect(enter("ninth")).toBeUndefined();
  expect(cuts).toEqual([]);
});

test("a reader that was fast gives its place up all the same once it dawdles", () => {
  const [first, ...others] = eight((index) => `10.0.0.${index}`);
  read([first!, ...others], 100, 5);
  for (let second = 0; second < 3; second += 1) {
    read(others, 4, 1);
    first!.place.took(1);
    first!.place.waits();
  }
  expect(enter("ninth")).toBeDefined();
  expect(cuts).toEqual(["reader 0 too_slow"]);
});

test("one address that fills the places at any pace gives one up to another address, and none to itself", () => {
  const readers = eight(() => "10.0.0.1");
  read(readers, 8, 3);
  expect(enter("itself", "10.0.0.1")).toBeUndefined();
  for (let index = 0; index < 4; index += 1) expect(enter(`other ${index}`, "10.0.0.2")).toBeDefined();
  // Four and four: no address has more than the newcomer would.
  expect(enter("other 5", "10.0.0.2")).toBeUndefined();
  expect(cuts).toHaveLength(4);
});

test("a scrape that was read in no time is not cut for another", () => {
  for (let index = 0; index < 8; index += 1) {
    const reader = enter(`fast ${index}`, "10.0.0.1")!;
    reader.place.waits();
    clock += 10;
    reader.place.took(CHUNK);
  }
  expect(enter("ninth")).toBeUndefined();
});
