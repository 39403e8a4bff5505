import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Labels, MetricDescriptor } from "./descriptor.ts";
import { createFamily, type StoredFamily } from "./family.ts";
import type { Sample } from "./sample.ts";
import { createSeriesTally } from "./seriesBudget.ts";
import { addTo, checkSample, exposedValue, isHistogram, type ScalarSeries } from "./seriesStore.ts";

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

function create(descriptor: MetricDescriptor): StoredFamily {
  return createFamily(descriptor, { now: () => 0, tally: createSeriesTally(), onMade: () => {} });
}

function record(family: StoredFamily, sample: Sample): void {
  checkSample(sample, family.descriptor);
  const { labels, value, times = 1 } = sample;
  addTo(family.seriesOf(labels), value, times);
}

function scalars(family: StoredFamily): ScalarSeries[] {
  return [...family.series].filter((series): series is ScalarSeries => !isHistogram(series));
}

describe("label sets", () => {
  test("a label with the name of an inherited property is absent if it is not set", () => {
    const names = Object.getOwnPropertyNames(Object.prototype);
    for (const name of names) {
      const labels = ["page", name];
      for (const values of [undefined, { page: [], [name]: [] }]) {
        const family = create({ ...counter, labels, maxSeries: 2, ...(values && { values }) });
        // More than there is room for: the rest folds, and then ends.
        for (let page = 0; page < 5; page += 1) {
          record(family, { metric: "things_total", labels: { page: String(page) }, value: 1 });
        }
        expect(scalars(family).reduce((sum, { value }) => sum + value, 0)).toBe(5);
        const [first] = scalars(family);
        if (family.mayEnd(first!)) family.end(first!);
        for (const series of scalars(family)) {
          expect(Object.values(series.labels).every((value) => typeof value === "string")).toBe(true);
          expect(["__other__", undefined]).toContain(
            Object.entries(series.labels).find(([key]) => key === name)?.[1],
          );
        }
      }
    }
  });

  test("two label sets never share a series, whatever their values contain", () => {
    const value = fc.option(fc.string({ unit: "binary", minLength: 1, maxLength: 3 }), { nil: undefined });
    const labelSet = fc.record({ a: value, b: value, c: value });
    const descriptor = { ...counter, labels: ["a", "b", "c"], maxSeries: 10_000 };
    fc.assert(
      fc.property(fc.array(labelSet, { maxLength: 50 }), (sets) => {
        // Closed sets are taken as they are; of open ones characters that cannot be seen become one.
        const family = create({ ...descriptor, values: { a: [], b: [], c: [] } });
        const counts = new Map<string, number>();
        for (const labels of [...sets, ...sets]) {
          const key = JSON.stringify([labels.a ?? null, labels.b ?? null, labels.c ?? null]);
          counts.set(key, (counts.get(key) ?? 0) + 1);
          record(family, { metric: "things_total", labels: labels as Labels, value: 1 });
        }
        const counted = scalars(family).map(({ labels: { a, b, c }, value: times }) => [
          JSON.stringify([a ?? null, b ?? null, c ?? null]),
          times,
        ]);
        expect(new Map(counted as [string, number][])).toEqual(counts);
      }),
      { numRuns: 50 },
    );
  });

  test("the pairs that other libraries merge stay apart", () => {
    const family = create(counter);
    for (const labels of [
      { a: "x,b:y", b: "z" },
      { a: "x", b: "y,b:z" },
      { a: "x|y", b: "z" },
      { a: "x", b: "y|z" },
      { b: "z" },
    ]) {
      record(family, { metric: "things_total", labels, value: 1 });
    }
    expect(scalars(family).map((series) => series.value)).toEqual([1, 1, 1, 1, 1]);
  });

  test("an empty value is a missing label, as in Prometheus", () => {
    const family = create(counter);
    record(family, { metric: "things_total", labels: { a: "", b: "z" }, value: 1 });
    record(family, { metric: "things_total", labels: { b: "z" }, value: 1 });
    expect(scalars(family).map(({ labels, value }) => [labels, value])).toEqual([[{ b: "z" }, 2]]);
  });

  test("a label called constructor is absent if it is not set", () => {
    const family = create({ ...counter, labels: ["constructor", "b"] });
    record(family, { metric: "things_total", labels: { b: "z" }, value: 1 });
    record(family, { metric: "things_total", labels: { b: "z", constructor: "c" }, value: 1 });
    expect(scalars(family).map(({ labels, value }) => [{ ...labels }, value])).toEqual([
      [{ b: "z" }, 1],
      [{ constructor: "c", b: "z" }, 1],
    ]);
  });

  test("changing the label object afterwards changes no series", () => {
    const family = create(counter);
    const labels = { a: "1", b: "2" };
    record(family, { metric: "things_total", labels, value: 1 });
    labels.a = "3";
    expect(scalars(family)[0]?.labels).toEqual({ a: "1", b: "2" });
  });

  test("labels that are not declared are left out", () => {
    const family = create(counter);
    record(family, { metric: "things_total", labels: { a: "1", user: "u" }, value: 1 });
    expect(scalars(family)[0]?.labels).toEqual({ a: "1" });
  });

  test("known label sets are there from the start, as 0", () => {
    const family = create({ ...counter, known: [{ a: "1", b: "1" }, { a: "2" }] });
    expect(scalars(family).map((series) => series.value)).toEqual([0, 0]);
  });
});

describe("values", () => {
  test("money is exact to the minor unit after a million additions of 0.01", () => {
    const family = create(revenue);
    for (let index = 0; index < 1_000_000; index += 1) {
      record(family, { metric: "revenue_total", labels: { currency: "USD" }, value: 1 });
    }
    expect(exposedValue(scalars(family)[0]!)).toBe(10_000);
  });

  test("money is exact beyond 2^53 minor units, and exposed as the double that is there", () => {
    const family = create(revenue);
    const cent: Sample = { metric: "revenue_total", labels: { currency: "USD" }, value: 1 };
    record(family, { ...cent, value: 1_000_000_000, times: 9_007_199 });
    record(family, { ...cent, value: 254_740_992 });
    const [series] = scalars(family);
    expect(series!.minorUnits).toBe(2n ** 53n);
    // A double that counts cents would stay where it is.
    for (let times = 0; times < 101; times += 1) record(family, cent);
    expect(series!.minorUnits).toBe(2n ** 53n + 101n);
    // What is exposed is a double, as every sample of Prometheus is: there they are 2^-6 apart.
    expect(Math.abs(exposedValue(series!) - Number(2n ** 53n + 101n) / 100)).toBeLessThanOrEqual(2 ** -6);
  });

  test("money is shown in major units of its currency", () => {
    const family = create(revenue);
    for (const currency of ["USD", "JPY", "KWD"]) {
      record(family, { metric: "revenue_total", labels: { currency }, value: 12_345 });
    }
    expect(scalars(family).map((series) => exposedValue(series))).toEqual([123.45, 12_345, 12.345]);
  });

  test("a histogram counts an observation in the bucket of its edge, as `le` says", () => {
    const family = create(duration);
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
      const family = create(duration);
      expect(() => record(family, { metric: "wait_seconds", labels: {}, value })).toThrow(TypeError);
      expect(family.series.size).toBe(0);
    },
  );

  test("a counter does not go down", () => {
    expect(() => record(create(counter), { metric: "things_total", labels: {}, value: -1 })).toThrow(
      "got -1",
    );
  });
});
