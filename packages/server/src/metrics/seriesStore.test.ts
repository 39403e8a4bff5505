import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MetricDescriptor } from "./descriptor.ts";
import type { Sample } from "./sample.ts";
import {
  addIncrement,
  checkSample,
  createFamily,
  exposedValue,
  type Family,
  isHistogram,
  type ScalarSeries,
} from "./seriesStore.ts";

const counter: MetricDescriptor = {
  name: "things_total",
  type: "counter",
  help: "Things.",
  unit: "none",
  side: "page",
  labels: ["a", "b"],
  known: [],
  maxSeries: 10,
};

const revenue: MetricDescriptor = {
  ...counter,
  name: "revenue_total",
  unit: "currency",
  labels: ["currency"],
};

const duration: MetricDescriptor = {
  ...counter,
  name: "wait_seconds",
  type: "histogram",
  unit: "seconds",
  labels: [],
  buckets: [0.1, 1],
};

function record(family: Family, sample: Sample): void {
  checkSample(sample, family.descriptor);
  const { labels, value, times = 1 } = sample;
  addIncrement({ series: family.seriesOf(labels, 0), value, times });
}

function scalars(family: ReturnType<typeof createFamily>): ScalarSeries[] {
  return [...family.series.values()].filter((series): series is ScalarSeries => !isHistogram(series));
}

describe("label sets", () => {
  test("two label sets never share a series, whatever their values contain", () => {
    const family = createFamily({ ...counter, maxSeries: 10_000 });
    const sets = new Set<string>();
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
        sets.add(JSON.stringify([a, b]));
        record(family, { metric: "things_total", labels: { a, b }, value: 1 });
        expect(family.series.size).toBe(sets.size);
      }),
    );
  });

  test("the pairs that other libraries merge stay apart", () => {
    const family = createFamily(counter);
    for (const labels of [
      { a: "x,b:y", b: "z" },
      { a: "x", b: "y,b:z" },
      { a: "x|y", b: "z" },
      { a: "x", b: "y|z" },
      { b: "z" },
      { a: "", b: "z" },
    ]) {
      record(family, { metric: "things_total", labels, value: 1 });
    }
    expect(scalars(family).map((series) => series.value)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test("changing the label object afterwards changes no series", () => {
    const family = createFamily(counter);
    const labels = { a: "1", b: "2" };
    record(family, { metric: "things_total", labels, value: 1 });
    labels.a = "3";
    expect(scalars(family)[0]?.labels).toEqual({ a: "1", b: "2" });
  });

  test("labels that are not declared are left out", () => {
    const family = createFamily(counter);
    record(family, { metric: "things_total", labels: { a: "1", user: "u" }, value: 1 });
    expect(scalars(family)[0]?.labels).toEqual({ a: "1" });
  });

  test("past the bound every new label set folds to __other__, and the sum stays exact", () => {
    const family = createFamily({ ...counter, maxSeries: 3 });
    for (let index = 0; index < 100; index += 1) {
      record(family, { metric: "things_total", labels: { a: String(index), b: "b" }, value: 1 });
    }
    expect(scalars(family).map((series) => [series.labels, series.value])).toEqual([
      [{ a: "0", b: "b" }, 1],
      [{ a: "1", b: "b" }, 1],
      [{ a: "2", b: "b" }, 1],
      [{ a: "__other__", b: "__other__" }, 97],
    ]);
  });

  test("known label sets are there from the start, as 0", () => {
    const family = createFamily({ ...counter, known: [{ a: "1", b: "1" }, { a: "2" }] });
    expect(scalars(family).map((series) => series.value)).toEqual([0, 0]);
  });
});

describe("values", () => {
  test("money is exact to the minor unit after a million additions of 0.01", () => {
    const family = createFamily(revenue);
    for (let index = 0; index < 1_000_000; index += 1) {
      record(family, { metric: "revenue_total", labels: { currency: "USD" }, value: 1 });
    }
    expect(exposedValue(scalars(family)[0]!)).toBe(10_000);
  });

  test("money is shown in major units of its currency", () => {
    const family = createFamily(revenue);
    for (const currency of ["USD", "JPY", "KWD"]) {
      record(family, { metric: "revenue_total", labels: { currency }, value: 12_345 });
    }
    expect(scalars(family).map((series) => exposedValue(series))).toEqual([123.45, 12_345, 12.345]);
  });

  test("a histogram counts an observation in the bucket of its edge, as `le` says", () => {
    const family = createFamily(duration);
    for (const value of [0.1, 0.10001, 1, 5]) record(family, { metric: "wait_seconds", labels: {}, value });
    record(family, { metric: "wait_seconds", labels: {}, value: 0.5, times: 3 });
    const [series] = family.series.values();
    expect(series).toMatchObject({
      counts: new Float64Array([1, 5, 1]),
      count: 7,
      sum: 0.1 + 0.10001 + 1 + 5 + 1.5,
    });
  });

  test.each([NaN, Infinity, -Infinity])(
    "%d is refused, because a counter could not get rid of it",
    (value) => {
      const family = createFamily(duration);
      expect(() => record(family, { metric: "wait_seconds", labels: {}, value })).toThrow(TypeError);
      expect(family.series.size).toBe(0);
    },
  );

  test("a counter does not go down", () => {
    expect(() => record(createFamily(counter), { metric: "things_total", labels: {}, value: -1 })).toThrow(
      "got -1",
    );
  });
});
