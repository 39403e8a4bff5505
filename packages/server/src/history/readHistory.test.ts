import { deflateRawSync, inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addToSketch, createSketch, halveBins } from "../sketches/quantileSketch.ts";
import { type Column, weightName } from "./column.ts";
import { createMinutes, type Minutes } from "./minutes.ts";
import { readColumn } from "./readHistory.ts";

const Q = 0.75;
/** Milliseconds of a figure whose sketch has seconds. */
const SCALE = 1_000;
/** The error of a sketch, and of a bin's edge. */
const WITHIN = 0.0201;

const column: Column = {
  name: "duration",
  unit: "milliseconds",
  merge: "mean",
  between: () => null,
  weight: () => 0,
  distribution: { q: Q, scale: SCALE, bins: () => [] },
  promql: () => "",
};

/** Closes a minute as the history does, with observations in seconds. */
function close(minutes: Minutes, minute: number, observed: readonly number[], name = column.name): void {
  if (observed.length === 0) return;
  const sketch = createSketch();
  for (const value of observed) addToSketch(sketch, value, 1);
  minutes.addBins(name, minute, halveBins(sketch));
  minutes.set(name, minute, exact(observed)! * SCALE);
  minutes.set(weightName(name), minute, observed.length);
}

function exact(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.ceil(Q * values.length) - 1];
}

function read(minutes: Minutes, from: number, to: number): number | null {
  const steps = { from: from * 60, to: to * 60, step: (to - from) * 60 };
  return readColumn(minutes, column, steps)[0]!;
}

/** The history of another process that reads the rows of this one. */
function restart(minutes: Minutes): Minutes {
  const next = createMinutes();
  for (const [key, bytes] of minutes.takeChanged()) next.readRow(key, bytes);
  return next;
}

const seconds = fc.double({ min: 0.002, max: 600, noNaN: true });

describe("a quantile over hours", () => {
  test("is the one of all observations within 2 %, whatever each minute had, also after a restart", () => {
    const observations = fc.array(fc.array(seconds, { maxLength: 12 }), { minLength: 2, maxLength: 200 });
    const start = fc.integer({ min: 1_000_000, max: 1_000_100 });
    fc.assert(
      fc.property(observations, start, fc.nat(), fc.nat(), (all, first, a, b) => {
        const minutes = createMinutes();
        for (const [index, observed] of all.entries()) close(minutes, first + index, observed);
        const [low, high] = [a % all.length, b % all.length].toSorted((x, y) => x - y) as [number, number];
        const expected = exact(all.slice(low, high + 1).flat());
        for (const each of [minutes, restart(minutes)]) {
          const found = read(each, first + low, first + high + 1);
          if (expected === undefined) expect(found).toBeNull();
          else expect(Math.abs(found! / SCALE - expected) / expected).toBeLessThanOrEqual(WITHIN);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("is that of a busy minute and 59 quiet ones, which a mean of minutes misses", () => {
    const minutes = createMinutes();
    for (let minute = 0; minute < 59; minute += 1) close(minutes, 600_000 + minute, [0.1]);
    close(
      minutes,
      600_059,
      Array.from({ length: 20 }, () => 10),
    );
    // 59 of 79 are fast: the 75th percentile is slow, and the mean of the minutes is neither.
    expect(read(minutes, 600_000, 600_060)! / 10_000).toBeCloseTo(1, 1);
  });

  test("of a single minute is what the minute had", () => {
    const minutes = createMinutes();
    close(minutes, 600_000, [1.234]);
    expect(read(minutes, 600_000, 600_001)).toBe(1_234);
  });

  test("leaves out minutes without an observation, and is null without any", () => {
    const minutes = createMinutes();
    close(minutes, 600_003, [2]);
    expect(read(minutes, 600_000, 600_060)! / 2_000).toBeCloseTo(1, 1);
    expect(read(minutes, 600_060, 600_120)).toBeNull();
  });

  test("of a minute that two processes share has the observations of both", () => {
    const first = createMinutes();
    close(first, 600_000, [1, 1, 1]);
    const second = restart(first);
    close(second, 600_000, [5, 5, 5]);
    close(second, 600_001, [5]);
    expect(read(second, 600_000, 600_002)! / 5_000).toBeCloseTo(1, 1);
  });
});

describe("the bytes of eight busy days", () => {
  const DAYS = 8 * 24 * 60;
  const start = 1_000_020;
  const names = ["duration", "lcp", "inp", "cls", "render", "search"];
  const minutes = createMinutes();
  const hourly = new Map<number, number[]>();
  let seed = 1;
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const busy = Array.from({ length: 37 }, () => {
    const sketch = createSketch();
    for (let value = 0.01; value < 30; value *= 1.04)
      addToSketch(sketch, value, 1 + Math.floor(random() * 9));
    return halveBins(sketch);
  });
  // Six figures with 200 distinct durations in every minute, and one that is compared with what was observed.
  for (let minute = start; minute < start + DAYS; minute += 1) {
    const observed = Array.from({ length: 3 }, (_, index) => 0.05 * ((minute * 7 + index * 13) % 97) + 0.02);
    const hour = Math.floor(minute / 60);
    hourly.set(hour, [...(hourly.get(hour) ?? []), ...observed]);
    close(minutes, minute, observed);
    for (const name of names.slice(1)) {
      minutes.addBins(name, minute, busy[Math.floor(random() * busy.length)]!);
      minutes.set(name, minute, minute % 1_000);
    }
  }
  const rows = [...minutes.takeChanged().values()];

  test("are less than a megabyte, and every hour is right within 2 %, after a restart too", () => {
    expect(rows.reduce((sum, row) => sum + row.length, 0)).toBeLessThan(1_048_576);
    const next = createMinutes();
    for (const [index, row] of rows.entries()) next.readRow(Math.floor(start / 60) + index, row);
    for (const [hour, observed] of hourly) {
      const expected = exact(observed)!;
      for (const each of [minutes, next]) {
        // The first hour of the range is not a whole one.
        const from = Math.max(hour * 60, start);
        const found = read(each, from, (hour + 1) * 60)!;
        expect(Math.abs(found / SCALE - expected) / expected).toBeLessThanOrEqual(WITHIN);
      }
    }
  });

  test("stay bounded with a hundred times as many figures: then the oldest hours have the mean of their minutes", () => {
    const many = createMinutes();
    for (let minute = 600_000; minute < 600_180; minute += 60)
      for (let index = 0; index < 700; index += 1) {
        many.addBins(`figure_${index}`, minute, busy[index % busy.length]!);
        many.set(`figure_${index}`, minute, 1);
      }
    const bytes = [...many.takeChanged().values()].map((row) => sketchBytes(row));
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(1_048_576);
  });

  function sketchBytes(row: Uint8Array): number {
    const { sketches } = JSON.parse(inflateRawSync(row).toString()) as {
      sketches: Record<string, unknown[]>;
    };
    return Object.values(sketches).reduce((sum, [, text]) => sum + String(text).length, 0);
  }
});

describe("rows of the first version, which had no sketches", () => {
  const HOUR = 10_000;
  const row = (values: Record<string, (number | null)[]>): Uint8Array =>
    deflateRawSync(JSON.stringify(values), { level: 1 });
  const old = row({
    orders: [3, null, 4],
    duration: [1_000, 2_000, null],
    [weightName("duration")]: [3, 1, null],
  });

  test("are read: sums as they were, and quantiles by the mean of their minutes", () => {
    const minutes = createMinutes();
    minutes.readRow(HOUR, old);
    expect(minutes.sum("orders", { from: HOUR * 60, to: HOUR * 60 + 60 })).toBe(7);
    expect(read(minutes, HOUR * 60, HOUR * 60 + 60)).toBe(1_250);
  });

  test("are written in this version once they change, and lose nothing", () => {
    const minutes = createMinutes();
    minutes.readRow(HOUR, old);
    minutes.add("orders", HOUR * 60 + 5, 10);
    // The rest of an hour that the earlier version began has no sketch: it would pass for one of the whole.
    close(minutes, HOUR * 60 + 5, [8, 8, 8, 8]);
    close(minutes, HOUR * 60 + 60, [8, 8]);
    close(minutes, HOUR * 60 + 61, [1]);
    const next = restart(minutes);
    expect(next.sum("orders", { from: HOUR * 60, to: HOUR * 60 + 60 })).toBe(17);
    expect(read(next, HOUR * 60, HOUR * 60 + 60)).toBe((1_000 * 3 + 2_000 + 8_000 * 4) / 8);
    // With hours of both: minutes of the old one count with their quantile.
    expect(read(next, HOUR * 60, HOUR * 60 + 120)! / 8_000).toBeCloseTo(1, 1);
  });

  test("and rows that are damaged within a sketch lose the sketch alone", () => {
    const minutes = createMinutes();
    const damaged = {
      version: 2,
      columns: { duration: [1_000, 3_000], [weightName("duration")]: [1, 1] },
      sketches: { duration: [1, "gA=="], other: [7, ""], third: [1, "////"] },
    };
    minutes.readRow(HOUR, deflateRawSync(JSON.stringify(damaged)));
    expect(read(minutes, HOUR * 60, HOUR * 60 + 60)).toBe(2_000);
  });
});
