import type { LiveFigure, LivePoint } from "@rumkit/protocol";
import { expect, test } from "vitest";
import { axisOf, bucketLength, bucketSeries } from "./buckets.ts";

const figure = (name: string, merge: LiveFigure["merge"], ratioOf?: [string, string]): LiveFigure => ({
  name,
  title: name,
  help: "",
  group: "business",
  unit: "count",
  decimals: 0,
  windowSeconds: 60,
  merge,
  query: "",
  ...(ratioOf && { ratioOf }),
});

const figures = [
  figure("orders", "sum"),
  figure("sessions", "sum"),
  figure("rate", "ratio", ["orders", "sessions"]),
  figure("p75", "mean"),
  figure("now", "last"),
];

const points: LivePoint[] = [
  { second: 10, values: [1, 4, 0.25, 2, 7] },
  { second: 11, values: [2, 2, 1, null, 8] },
  { second: 12, values: [0, 0, null, 4, 9] },
  { second: 14, values: [5, 0, null, null, 3] },
];

test.each([
  ["orders", [3, 0]],
  ["rate", [0.5, null]],
  ["p75", [2, 4]],
  ["now", [8, 9]],
])("the seconds of a bucket become one value of %s", (name, values) => {
  const axis = { from: 10, to: 14, bucketSeconds: 2 };
  const wanted = figures.find((candidate) => candidate.name === name)!;
  expect(bucketSeries(points, figures, wanted, axis)).toEqual({
    from: 10,
    to: 14,
    seconds: [10, 12],
    values,
  });
});

test("a rate is drawn per second in buckets of any length", () => {
  const views: LiveFigure = { ...figure("views", "sum"), unit: "per_second" };
  const steady = Array.from({ length: 60 }, (_, second) => ({ second, values: [3] }));
  for (const bucketSeconds of [1, 5, 30]) {
    const { values } = bucketSeries(steady, [views], views, { from: 0, to: 60, bucketSeconds });
    expect(new Set(values)).toEqual(new Set([3]));
  }
});

test("a bucket without any second has no value: the collector did not run", () => {
  const axis = { from: 8, to: 16, bucketSeconds: 2 };
  expect(bucketSeries(points, figures, figures[0]!, axis).values).toEqual([null, 3, 0, 5]);
});

test("a chart ends with the last complete bucket, since one that has just begun looks like a fall", () => {
  expect(axisOf([{ second: 1_003, values: [] }], 300)).toEqual({ from: 700, to: 1_000, bucketSeconds: 5 });
});

test.each([
  [60, 1],
  [300, 5],
  [900, 10],
  [86_400, 900],
])("a span of %i seconds has buckets of %i", (span, length) => {
  expect(bucketLength(span)).toBe(length);
});
