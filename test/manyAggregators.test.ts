/**
 * Boards and rules over several processes that count one app: each expression gives what it gives over one process that
 * counts all of it. Evaluated by Prometheus' own engine.
 */
import type { Catalog } from "@rumkit/protocol";
import { createCollector, describeMetrics } from "@rumkit/server";
import { partitionOf } from "@rumkit/server/internal/testing";
import { renderRules } from "rumkit/generate";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { catalog as shop } from "../examples/shop/catalog.ts";
import { evaluate, type Vector } from "./support/aggregators/evaluate.ts";
import { BY_PROCESS, EMPTY } from "./support/aggregators/expected.ts";
import { expressionsOf } from "./support/aggregators/expressions.ts";
import { recordHistories } from "./support/aggregators/history.ts";
import { onlyRules } from "./support/alerts/ruleText.ts";
import { alerting } from "./support/catalogs.ts";
import { useFakeClock } from "./support/fakeClock.ts";
import type { SeriesByName } from "./support/promtool.ts";
import { scrape } from "./support/scrape.ts";

const PROCESSES = 3;
const MINUTES = 12;
const WINDOWS = { range: "8m", interval: "4m", past: "2m" };

/** Alerts that wait or fire, without those of a process. */
const ALERTS = "sum without (instance) (ALERTS)";

/** Sums of the same numbers in another order differ in their last digits. */
const PRECISION = 1e-9;

describe.each<[string, Catalog]>([
  ["of the shop", shop],
  // The app names the job that is scraped.
  ["of a catalog with everything", { ...alerting, app: "shop" }],
])("boards and rules %s, over three processes", (_title, catalog) => {
  const expressions = new Map([...expressionsOf(catalog, WINDOWS), ["the alerts that fire", ALERTS]]);
  const names = [...expressions.keys()];
  const shown = { one: new Map<string, Vector>(), many: new Map<string, Vector>() };

  beforeAll(async () => {
    useFakeClock();
    const histories = await recordHistories({
      catalog,
      seed: 1,
      minutes: MINUTES,
      badFrom: 7,
      processes: PROCESSES,
    });
    vi.useRealTimers();
    const rules = renderRules(describeMetrics(catalog), catalog);
    const texts = [...expressions.values()];
    const read = async (of: keyof typeof shown): Promise<void> => {
      const vectors = await evaluate(texts, histories[of], rules, MINUTES - 1);
      names.forEach((name, index) => shown[of].set(name, vectors[index]!));
    };
    await Promise.all([read("one"), read("many")]);
  });
  afterAll(() => vi.useRealTimers());

  const isEmpty = (name: string): boolean => Object.keys(shown.one.get(name)!).length === 0;
  const isByProcess = (name: string): boolean =>
    Object.keys(shown.one.get(name)!).some((labels) => labels.includes("instance="));

  test("give what they give over one", () => {
    const compared = names.filter((name) => !Object.hasOwn(BY_PROCESS, name));
    expect(compared.filter((name) => !isEmpty(name)).length).toBeGreaterThan(150);
    const differences = compared.flatMap((name) => {
      const [one, many] = [shown.one.get(name)!, shown.many.get(name)!];
      return isSame(one, many) ? [] : [{ name, expression: expressions.get(name), one, many }];
    });
    expect(differences).toEqual([]);
  });

  test("give something, but for those of which the reason is known", () => {
    expect(names.filter(isEmpty).filter((name) => !Object.hasOwn(EMPTY, name))).toEqual([]);
  });

  test("show each process where they are about processes", () => {
    for (const name of names.filter(isByProcess))
      expect([name, instancesOf(shown.many.get(name)!).size]).toEqual([name, PROCESSES]);
  });
});

test("each process keeps its budget of series, and their sum is exact when label values fold", async () => {
  const seriesBudget = { perMetric: 20 };
  const processes = Array.from({ length: PROCESSES }, () => {
    const collector = createCollector({ catalog: shop, seriesBudget, runtimeMetrics: false });
    onTestFinished(() => collector.stop());
    return collector;
  });
  const names = Array.from({ length: 90 }, (_, index) => `button-${index}`);
  for (const [index, name] of names.entries()) {
    const id = index.toString(16).padStart(32, "0");
    const events = [{ type: "click", route: "/", name }];
    const body = JSON.stringify({ v: 1, id, session: id, sentAt: 1, events });
    const { app } = processes[partitionOf(id, PROCESSES)]!;
    await app.request("/collect", { method: "POST", headers: { origin: "http://localhost" }, body });
  }
  const counted = await Promise.all(
    processes.map(async ({ app }) =>
      [...(await scrape(app))].filter(([series]) => series.startsWith("rum_clicks_total{")),
    ),
  );
  // Folded series may exceed the limit by a tenth.
  for (const series of counted) expect(series.length).toBeLessThanOrEqual(seriesBudget.perMetric * 1.1);
  expect(counted.flat().some(([series]) => series.includes("__other__"))).toBe(true);
  expect(counted.flat().reduce((sum, [, value]) => sum + value, 0)).toBe(names.length);
});

describe("an alert on too few events, over three processes", () => {
  const NAME = "BigShopFewViews";
  const rules = onlyRules(renderRules(describeMetrics(alerting), alerting), (name) => name === NAME);
  /** Two page views a minute at each process are 0.1 a second, and what is below fires. */
  const series = (last: { readonly views: string; readonly up: string }): SeriesByName =>
    Object.fromEntries(
      ["a", "b", "c"].flatMap((name, index) => {
        const of = `{job="big_shop",instance="${name}:4000"}`;
        const isLast = index === PROCESSES - 1;
        return [
          [`rum_page_views_total${of}`, isLast ? last.views : "0+2x60"],
          [`up${of}`, isLast ? last.up : "1x60"],
        ];
      }),
    );
  const read = async (given: SeriesByName): Promise<string[]> => {
    const [alerts] = await evaluate([`ALERTS{alertname="${NAME}"}`], given, rules, 45);
    return Object.keys(alerts!).map((labels) => /alertstate="(\w+)"/.exec(labels)![1]!);
  };

  test("fires if all of them are scraped, and count too few together", async () => {
    expect(await read(series({ views: "0+1x60", up: "1x60" }))).toEqual(["firing"]);
  });

  test("is quiet while they count enough together", async () => {
    expect(await read(series({ views: "0+3x60", up: "1x60" }))).toEqual([]);
  });

  test("is quiet while one is down, because its part is missing", async () => {
    expect(await read(series({ views: "0+3x20 _x40", up: "1x20 0x40" }))).toEqual([]);
  });

  test("goes on without one that was removed for good, whose part the others count", async () => {
    expect(await read(series({ views: "0+3x20 stale", up: "1x20 stale" }))).toEqual(["firing"]);
  });
});

function instancesOf(vector: Vector): Set<string> {
  return new Set(Object.keys(vector).map((labels) => /instance="([^"]+)"/.exec(labels)![1]!));
}

function isSame(one: Vector, many: Vector): boolean {
  const labels = new Set([...Object.keys(one), ...Object.keys(many)]);
  return [...labels].every((each) => isNear(one[each], many[each]));
}

function isNear(one: number | undefined, many: number | undefined): boolean {
  if (one === undefined || many === undefined) return false;
  return Object.is(one, many) || Math.abs(one - many) <= PRECISION * Math.max(1, Math.abs(one));
}
