import type { Catalog } from "@rumkit/protocol";
import { expect, test } from "vitest";
import { describeMetrics } from "../collector/parts.ts";
import type { PastSeries } from "./pastSource.ts";
import { replay, seriesToReplay } from "./replay.ts";

const MINUTE = 60_000;
const FROM = Date.UTC(2026, 0, 5);

const catalog: Catalog = {
  app: "shop",
  routes: ["/"],
  alerts: {
    errors: { when: { rate: "rum_js_errors_total", above: 0.5 }, for: "2m", keepFiringFor: "3m" },
    slow: { when: { share: "rum_inp_seconds", within: 0.2, below: 0.5, over: "10m" } },
  },
};
const metrics = describeMetrics(catalog);

/** A counter that grows by so many each minute. */
const counter = (name: string, labels: PastSeries["labels"], steps: readonly number[]): PastSeries => {
  let value = 0;
  return {
    name,
    labels: { job: "shop", instance: "a:1", ...labels },
    samples: steps.map((step, minute) => [FROM + minute * MINUTE, (value += step)] as const),
  };
};
const steps = (...parts: readonly (readonly [times: number, step: number])[]): number[] =>
  parts.flatMap(([times, step]) => Array.from<number>({ length: times }).fill(step));

test("tells which series to read, and how far back", () => {
  const { names, leadMs } = seriesToReplay(catalog, metrics);
  expect(names).toEqual(expect.arrayContaining(["up", "rum_js_errors_total", "rum_inp_seconds_bucket"]));
  expect(names).not.toContain("rum_inp_seconds");
  expect(leadMs).toBeGreaterThanOrEqual(30 * MINUTE);
});

test("returns what would have fired, since when, for how long, and the worst value", () => {
  const errors = steps([20, 0], [10, 60], [10, 120], [30, 0]);
  const found = replay({
    catalog,
    metrics,
    series: [counter("rum_js_errors_total", { route: "/" }, errors)],
    from: FROM,
    to: FROM + 69 * MINUTE,
    stepMs: MINUTE,
  });
  expect(found.map(({ alert }) => alert.name)).toEqual(["ShopErrors"]);
  const [{ alert, pendingAt, firedAt, endedAt }] = found as [(typeof found)[0]];
  expect(firedAt - pendingAt).toBe(2 * MINUTE);
  expect((pendingAt - FROM) / MINUTE).toBe(22);
  // 150 errors of the last five minutes leave the window at its end; then it fires three minutes longer.
  expect((endedAt! - FROM) / MINUTE).toBe(46);
  expect(alert.value).toBe(2);
});

test("reads histograms as Prometheus has them, and what still fires has no end", () => {
  const found = replay({
    catalog,
    metrics,
    series: [
      counter("rum_inp_seconds_bucket", { le: "0.2", navigation: "hard" }, steps([60, 2])),
      counter("rum_inp_seconds_bucket", { le: "+Inf", navigation: "hard" }, steps([60, 10])),
      counter("rum_inp_seconds_count", { navigation: "hard" }, steps([60, 10])),
    ],
    from: FROM,
    to: FROM + 59 * MINUTE,
    stepMs: MINUTE,
  });
  expect(found).toMatchObject([{ alert: { name: "ShopSlow", state: "firing" }, endedAt: undefined }]);
  expect(found[0]!.alert.value).toBeCloseTo(0.2, 9);
});

test("a gap of the scrapes is not a restart, and an alert that ended before the time asked for is left out", () => {
  const whole = counter("rum_js_errors_total", { route: "/" }, steps([100, 10]));
  const gap = { ...whole, samples: whole.samples.filter((_, minute) => minute < 40 || minute > 60) };
  const options = { catalog, metrics, to: FROM + 99 * MINUTE, stepMs: MINUTE };
  expect(replay({ ...options, series: [gap], from: FROM })).toEqual([]);
  const early = counter("rum_js_errors_total", { route: "/" }, steps([10, 60], [90, 0]));
  expect(replay({ ...options, series: [early], from: FROM })).toHaveLength(1);
  expect(replay({ ...options, series: [early], from: FROM + 50 * MINUTE })).toEqual([]);
});
