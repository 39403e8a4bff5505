import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeSeriesMetrics, ENDED_VALUE } from "./describeSeriesMetrics.ts";
import type { Labels, MetricDescriptor } from "./descriptor.ts";
import { createRecorder, type Recorder } from "./recorder.ts";
import type { Sample } from "./sample.ts";
import type { SeriesBudget } from "./seriesBudget.ts";
import { isHistogram, type Series } from "./seriesStore.ts";

const base = { help: "A sentence.", unit: "none", side: "page", known: [], maxSeries: 100 } as const;

const clicks: MetricDescriptor = {
  ...base,
  name: "clicks_total",
  type: "counter",
  labels: ["element", "kind"],
  values: { kind: ["tap", "click"] },
};
const money: MetricDescriptor = {
  ...base,
  name: "money_total",
  type: "counter",
  unit: "currency",
  labels: ["shop", "currency"],
};
const waits: MetricDescriptor = {
  ...base,
  name: "wait_seconds",
  type: "histogram",
  unit: "seconds",
  labels: ["element", "route"],
  buckets: [0.1, 1, 10],
};
const pages: MetricDescriptor = {
  ...base,
  name: "pages_total",
  type: "counter",
  labels: ["route"],
  known: [{ route: "/" }, { route: "/cart" }],
  maxSeries: 2,
};
const ended = describeSeriesMetrics([clicks, waits]).find(({ name }) => name === ENDED_VALUE)!;
const depth: MetricDescriptor = { ...base, name: "depth", type: "gauge", labels: ["queue"] };

function create(descriptors: readonly MetricDescriptor[], budget: SeriesBudget = {}) {
  const clock = { at: 0 };
  const recorder = createRecorder(descriptors, () => clock.at, budget);
  /** The collector's clock, second by second. */
  const wait = (seconds: number): void => {
    for (let second = 0; second < seconds; second += 1) {
      clock.at += 1000;
      recorder.sweep();
    }
  };
  return { ...recorder, clock, wait };
}

function seriesOf({ families }: Pick<Recorder, "families">, metric: string): Series[] {
  return families.filter(({ descriptor }) => descriptor.name === metric).flatMap(({ series }) => [...series]);
}

function valuesOf(recorder: Pick<Recorder, "families">, metric: string): [Labels, number][] {
  return seriesOf(recorder, metric).map((series) => [
    { ...series.labels },
    isHistogram(series) ? series.count : series.kind === "money" ? Number(series.minorUnits) : series.value,
  ]);
}

const click = (element: string, kind = "click"): Sample => ({
  metric: "clicks_total",
  labels: { element, kind },
  value: 1,
});

describe("past a budget", () => {
  test("the label with the most values folds, the others stay", () => {
    const recorder = create([{ ...clicks, maxSeries: 3 }]);
    for (let index = 0; index < 100; index += 1) recorder.record(click(`e${index}`));
    expect(valuesOf(recorder, "clicks_total")).toEqual([
      [{ element: "e0", kind: "click" }, 1],
      [{ element: "e1", kind: "click" }, 1],
      [{ element: "e2", kind: "click" }, 1],
      [{ element: "__other__", kind: "click" }, 97],
    ]);
  });

  test("existing series continue to count", () => {
    const recorder = create([{ ...clicks, maxSeries: 1 }]);
    for (const element of ["a", "b", "a"]) recorder.record(click(element));
    expect(valuesOf(recorder, "clicks_total")).toContainEqual([{ element: "a", kind: "click" }, 2]);
  });

  test("the next label folds when a tenth more is used up by folded sets", () => {
    const recorder = create([{ ...waits, maxSeries: 20 }]);
    for (let index = 0; index < 60; index += 1) {
      const labels = { element: `e${index}`, route: `/${index % 10}` };
      recorder.record({ metric: "wait_seconds", labels, value: 1 });
    }
    const folded = valuesOf(recorder, "wait_seconds").slice(20);
    expect(folded.map(([labels]) => labels)).toEqual([
      { element: "__other__", route: "/0" },
      { element: "__other__", route: "/1" },
      { element: "__other__", route: "__other__" },
    ]);
    expect(folded.map(([, count]) => count)).toEqual([4, 4, 32]);
  });

  test("a label that the catalog declares folds after one that may have any value", () => {
    const recorder = create([{ ...clicks, maxSeries: 2 }]);
    recorder.record(click("a", "tap"));
    recorder.record(click("a", "click"));
    recorder.record(click("b", "tap"));
    expect(valuesOf(recorder, "clicks_total").at(-1)).toEqual([{ element: "__other__", kind: "tap" }, 1]);
  });

  test("money keeps its currency, however little room there is", () => {
    const recorder = create([{ ...money, maxSeries: 1 }], { perSide: 1, perProcess: 1 });
    for (const currency of ["USD", "JPY", "KWD"]) {
      for (const shop of ["a", "b"]) {
        recorder.record({ metric: "money_total", labels: { shop, currency }, value: 5 });
      }
    }
    expect(valuesOf(recorder, "money_total")).toEqual([
      [{ shop: "a", currency: "USD" }, 5],
      [{ shop: "__other__", currency: "USD" }, 5],
      [{ shop: "__other__", currency: "JPY" }, 10],
      [{ shop: "__other__", currency: "KWD" }, 10],
    ]);
  });

  test("label sets of the catalog have their series all the same", () => {
    const recorder = create([clicks, pages], { perSide: 1, perProcess: 1 });
    for (const route of ["/", "/cart"])
      recorder.record({ metric: "pages_total", labels: { route }, value: 1 });
    expect(valuesOf(recorder, "pages_total")).toEqual([
      [{ route: "/" }, 1],
      [{ route: "/cart" }, 1],
    ]);
  });

  test("one side leaves the others their room", () => {
    const calls: MetricDescriptor = { ...clicks, name: "calls_total", side: "backend", labels: ["route"] };
    const recorder = create([clicks, waits, calls], { perSide: 5 });
    for (let index = 0; index < 20; index += 1) {
      recorder.record(click(`e${index}`));
      recorder.record({ metric: "wait_seconds", labels: { element: `e${index}`, route: "/" }, value: 1 });
    }
    recorder.record({ metric: "calls_total", labels: { route: "/api" }, value: 1 });
    expect(recorder.tally.sides.page.used).toBeLessThanOrEqual(5 + 2);
    expect(valuesOf(recorder, "calls_total")).toEqual([[{ route: "/api" }, 1]]);
  });
});

describe("a label value that is not declared", () => {
  test("is sanitized, and counts together with equal sanitized values", () => {
    const recorder = create([{ ...clicks, rules: { element: { lowerCase: true } } }]);
    for (const element of ["Buy\u202E", "buy\u0000", "buy\uD800"]) recorder.record(click(element));
    expect(valuesOf(recorder, "clicks_total")).toEqual([[{ element: "buy\u{FFFD}", kind: "click" }, 3]]);
  });
});

describe("a series that is idle for longer than its time", () => {
  const idleMs = 60_000;

  test("ends, and its value moves to a counter that no rate takes for new events", () => {
    const recorder = create([clicks, waits, ended], { idleMs });
    recorder.record(click("a", "tap"));
    recorder.record({ metric: "wait_seconds", labels: { element: "a", route: "/" }, value: 0.5, times: 3 });
    recorder.wait(61);
    expect(valuesOf(recorder, "clicks_total")).toEqual([]);
    expect(seriesOf(recorder, "wait_seconds")).toEqual([]);
    expect(valuesOf(recorder, ENDED_VALUE)).toEqual([
      [{ metric: "clicks_total" }, 1],
      [{ metric: "wait_seconds_count" }, 3],
      [{ metric: "wait_seconds_sum" }, 1.5],
    ]);
  });

  test("changes no other series of its metric, however many end and in whatever order", () => {
    const recorder = create([{ ...clicks, maxSeries: 2 }, ended], { idleMs });
    for (const element of ["a", "b", "c"]) {
      recorder.record(click(element));
      recorder.wait(20);
    }
    recorder.record(click("d"));
    recorder.wait(50);
    expect(valuesOf(recorder, "clicks_total")).toEqual([[{ element: "__other__", kind: "click" }, 2]]);
    recorder.wait(500);
    expect(valuesOf(recorder, "clicks_total")).toEqual([[{ element: "__other__", kind: "click" }, 2]]);
  });

  test("is passed to the listeners: the ended series, at 0, and the counter that took over its value", () => {
    const recorder = create([clicks, ended], { idleMs });
    const told: unknown[] = [];
    recorder.onEnd((series, counter) =>
      told.push([recorder.totalOf(series), counter && recorder.totalOf(counter)]),
    );
    recorder.record(click("a", "tap"));
    recorder.wait(61);
    expect(told).toEqual([
      [
        { metric: "clicks_total", labels: { element: "a", kind: "tap" }, value: 0 },
        { metric: ENDED_VALUE, labels: { metric: "clicks_total" }, value: 1 },
      ],
    ]);
  });

  test("stays where it is money, whose sums are books", () => {
    const recorder = create([money], { idleMs });
    recorder.record({ metric: "money_total", labels: { shop: "a", currency: "USD" }, value: 5 });
    recorder.wait(100);
    expect(valuesOf(recorder, "money_total")).toHaveLength(1);
  });

  test("stays where it counts again in time", () => {
    const recorder = create([clicks], { idleMs });
    recorder.record(click("a"));
    recorder.wait(50);
    recorder.record(click("a"));
    recorder.wait(50);
    expect(valuesOf(recorder, "clicks_total")).toEqual([[{ element: "a", kind: "click" }, 2]]);
  });

  test("stays where the catalog declares it", () => {
    const recorder = create([pages], { idleMs });
    recorder.record({ metric: "pages_total", labels: { route: "/" }, value: 1 });
    recorder.wait(100);
    expect(valuesOf(recorder, "pages_total")).toHaveLength(2);
  });

  test("is dropped where it is a gauge, unless its metric says that it stays true", () => {
    const info: MetricDescriptor = { ...depth, name: "info", idleMs: Number.POSITIVE_INFINITY };
    const recorder = create([depth, info], { idleMs });
    for (const metric of ["depth", "info"]) recorder.record({ metric, labels: { queue: "a" }, value: 7 });
    recorder.wait(61);
    expect(valuesOf(recorder, "depth")).toEqual([]);
    expect(valuesOf(recorder, "info")).toEqual([[{ queue: "a" }, 7]]);
  });

  test("begins anew with its next sample, as a series that no scraper has seen", () => {
    const recorder = create([clicks], { idleMs });
    recorder.record(click("a"));
    recorder.wait(61);
    recorder.record(click("a"));
    expect(seriesOf(recorder, "clicks_total")).toMatchObject([
      { labels: { element: "a" }, value: 1, bornAt: 61_000 },
    ]);
  });

  test("makes room for new ones", () => {
    const recorder = create([{ ...clicks, maxSeries: 2 }], { idleMs });
    recorder.record(click("a"));
    recorder.record(click("b"));
    recorder.wait(61);
    recorder.record(click("c"));
    expect(valuesOf(recorder, "clicks_total")).toContainEqual([{ element: "c", kind: "click" }, 1]);
    expect(recorder.tally.process.used).toBe(1);
  });

  test("loses nothing to who holds it: a kept child and what a journal was keeping count on", () => {
    const recorder = create([clicks, depth], { idleMs });
    const kept = recorder.child("clicks_total", { element: "a", kind: "tap" });
    const keptGauge = recorder.child("depth", { queue: "a" });
    kept.add(1);
    keptGauge.add(5);
    const pending = recorder.resolve(click("b", "tap"));
    recorder.wait(61);
    expect(valuesOf(recorder, "clicks_total")).toEqual([]);
    kept.add(1);
    keptGauge.add(6);
    recorder.count(pending);
    recorder.count(pending);
    expect(valuesOf(recorder, "clicks_total")).toEqual([
      [{ element: "a", kind: "tap" }, 1],
      [{ element: "b", kind: "tap" }, 2],
    ]);
    expect(valuesOf(recorder, "depth")).toEqual([[{ queue: "a" }, 6]]);
  });

  test("waits for its turn: a step ends a hundred at most", () => {
    const recorder = create([clicks], { idleMs });
    for (let index = 0; index < 100; index += 1) recorder.record(click(`e${index}`));
    const more = create([{ ...clicks, maxSeries: 1_000 }, ended], { idleMs });
    for (let index = 0; index < 1_000; index += 1) more.record(click(`e${index}`));
    more.clock.at = 61_000;
    more.sweep();
    expect(seriesOf(more, "clicks_total")).toHaveLength(900);
    more.wait(20);
    expect(seriesOf(more, "clicks_total")).toEqual([]);
    expect(valuesOf(more, ENDED_VALUE)).toEqual([[{ metric: "clicks_total" }, 1000]]);
  });
});

describe("whatever comes, in whatever order, the sum over all series and what ended is what was counted", () => {
  const text = fc.oneof(
    fc.constantFrom("a", "b", "c", "__other__", ""),
    fc.string({ unit: "binary", maxLength: 3 }),
  );
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ element: text, route: text, value: fc.nat(100), times: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.record({ wait: fc.nat(80) }) },
  );
  const budget = fc.record({ perMetric: fc.nat(12), perSide: fc.nat(20), perProcess: fc.nat(25) });

  test("by count, by observation and by currency, before, while and after labels fold and series end", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), budget, (steps, limits) => {
        const recorder = create([clicks, money, waits, ended], { ...limits, idleMs: 30_000 });
        const counted = { clicks: 0, USD: 0, JPY: 0, observations: 0, seconds: 0 };
        // A kept child and a sample that the journal is keeping, over all that happens to their series.
        const kept = recorder.child("clicks_total", { element: "kept", kind: "tap" });
        let pending = recorder.resolve(click("pending"));
        for (const now of steps) {
          if ("wait" in now) {
            recorder.wait(now.wait);
            continue;
          }
          const { element, route, value, times } = now;
          const currency = value % 2 === 0 ? "USD" : "JPY";
          recorder.record({ metric: "clicks_total", labels: { element, kind: route }, value, times });
          kept.add(1);
          recorder.count(pending);
          pending = recorder.resolve(click(`pending${value}`));
          recorder.record({ metric: "money_total", labels: { shop: element, currency }, value, times });
          recorder.record({ metric: "wait_seconds", labels: { element, route }, value, times });
          counted.clicks += value * times + 2;
          counted[currency] += value * times;
          counted.observations += times;
          counted.seconds += value * times;
          expect(sumsOf(recorder)).toEqual(counted);
        }
        recorder.wait(200);
        expect(sumsOf(recorder)).toEqual(counted);
      }),
      { numRuns: 150 },
    );
  });

  function sumsOf(recorder: Pick<Recorder, "families">) {
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    const paid = (currency: string): number =>
      sum(
        valuesOf(recorder, "money_total").flatMap(([labels, value]) =>
          labels["currency"] === currency ? value : [],
        ),
      );
    const histograms = seriesOf(recorder, "wait_seconds").filter(isHistogram);
    for (const { counts, count } of histograms) expect(sum([...counts])).toBe(count);
    const gone = (line: string): number =>
      sum(valuesOf(recorder, ENDED_VALUE).flatMap(([{ metric }, value]) => (metric === line ? value : [])));
    return {
      clicks: sum(valuesOf(recorder, "clicks_total").map(([, value]) => value)) + gone("clicks_total"),
      USD: paid("USD"),
      JPY: paid("JPY"),
      observations: sum(histograms.map(({ count }) => count)) + gone("wait_seconds_count"),
      seconds: sum(histograms.map((series) => series.sum)) + gone("wait_seconds_sum"),
    };
  }
});

test("a hundred thousand label values make no more series than the budget allows", () => {
  const recorder = create([{ ...clicks, maxSeries: 2_000 }]);
  for (let index = 0; index < 100_000; index += 1) recorder.record(click(`e${index}`));
  expect(seriesOf(recorder, "clicks_total").length).toBeLessThanOrEqual(2_200);
});
