import type { AlertSpec, Catalog } from "@rumkit/protocol";
import { describe, expect, test } from "vitest";
import { describeMetrics } from "../collector/parts.ts";
import { createRecorder } from "../metrics/recorder.ts";
import type { AlertChange } from "./alert.ts";
import { createEngine } from "./engine.ts";
import { createRecorderSource } from "./source.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONDAY = Date.UTC(2026, 0, 5, 12);

const shopWith = (alerts: NonNullable<Catalog["alerts"]>, rest: Partial<Catalog> = {}): Catalog => ({
  app: "shop",
  routes: ["/", "/checkout"],
  ...rest,
  alerts: { ...(rest.conversions && { conversion_rate_halved: false }), ...alerts },
});

const errorsAbove: AlertSpec = { when: { rate: "rum_js_errors_total", above: 0.5 } };
const checkout = { route: "/checkout", source: "error", device: "desktop", browser: "chrome" };

/** The documents that a journal keeps for the engine. */
type Documents = Map<string, readonly [section: string, key: string, text: string]>;

interface Clocks {
  /** Steady milliseconds. */
  steady: number;
  /** The system clock, which may be set. */
  wall: number;
}

/** A process with its recorder and its engine, on clocks that the test moves. */
function startProcess(
  catalog: Catalog,
  clocks: Clocks = { steady: MONDAY, wall: MONDAY },
  documents: Documents = new Map(),
  counted: Readonly<Record<string, number>> = {},
) {
  const metrics = describeMetrics(catalog);
  const now = (): number => clocks.steady;
  const recorder = createRecorder(metrics, now);
  const count = (metric: string, labels: Record<string, string>, times = 1): void =>
    recorder.record({ metric, labels, value: 1, times });
  // What a journal restored is there before the engine begins.
  for (const [metric, times] of Object.entries(counted)) count(metric, checkout, times);
  recorder.record({ metric: "rum_ready", labels: {}, value: 1 });
  const engine = createEngine({ catalog, metrics, source: createRecorderSource(recorder), steadyNow: now });
  engine.restore(documents.values());
  const changes: AlertChange[] = [];
  const save = (): void => {
    for (const { section, key, text } of engine.save()) {
      if (text === undefined) documents.delete(`${section} ${key}`);
      else documents.set(`${section} ${key}`, [section, key, text]);
    }
  };
  const tick = (each?: () => void): void => {
    clocks.steady += SECOND;
    clocks.wall += SECOND;
    each?.();
    changes.push(...engine.evaluate(clocks.wall));
    save();
  };
  return {
    engine,
    recorder,
    clocks,
    documents,
    changes,
    count,
    errors: (times = 1): void => count("rum_js_errors_total", checkout, times),
    tick,
    run: (milliseconds: number, each?: () => void): void => {
      for (let passed = 0; passed < milliseconds; passed += SECOND) tick(each);
    },
    kinds: (): string[] => changes.map(({ kind, alert }) => `${kind} ${alert.name}`),
  };
}

type Running = ReturnType<typeof startProcess>;

describe("an alert", () => {
  test("is pending, fires, recovers and is resolved, once each, in one episode", () => {
    const live = startProcess(shopWith({ errors: { ...errorsAbove, for: "2m", keepFiringFor: "1m" } }));
    live.tick();
    live.run(10 * MINUTE, live.errors);
    expect(live.kinds()).toEqual(["pending ShopErrors", "firing ShopErrors"]);
    const [, fired] = live.changes;
    expect(fired!.at - live.changes[0]!.at).toBe(2 * MINUTE);
    expect(fired!.alert).toMatchObject({
      state: "firing",
      cause: "value",
      startsAt: fired!.at,
      declaredAs: "errors",
      threshold: 0.5,
      side: "above",
      labels: { app: "shop", severity: "warning" },
    });
    expect(live.engine.current()[0]!.summary).toBe(
      "shop: rum_js_errors_total per second over 5m is 1, above 0.5.",
    );
    live.run(2 * MINUTE + 40 * SECOND);
    expect(live.engine.current().map(({ state }) => state)).toEqual(["recovering"]);
    live.run(5 * MINUTE);
    expect(live.kinds().slice(2)).toEqual(["resolved ShopErrors"]);
    expect(live.changes[2]!.alert).toMatchObject({
      state: "resolved",
      episode: fired!.alert.episode,
      endsAt: live.changes[2]!.at,
    });
    expect(live.engine.current()).toEqual([]);
  });

  test("fires in the second in which its threshold is passed, without a wait", () => {
    const live = startProcess(shopWith({ errors: errorsAbove }));
    live.run(10 * MINUTE);
    live.errors(200);
    live.tick();
    expect(live.kinds()).toEqual(["firing ShopErrors"]);
  });

  test("with a clear threshold ends only below it", () => {
    const live = startProcess(shopWith({ errors: { ...errorsAbove, clear: 0.1 } }));
    live.tick();
    live.run(6 * MINUTE, live.errors);
    live.run(4 * MINUTE);
    // A fifth of the window: below 0.5 per second, and not below 0.1.
    expect(live.engine.current().map(({ state }) => state)).toEqual(["recovering"]);
    live.errors(100);
    live.tick();
    live.errors(100);
    live.tick();
    expect(live.engine.current().map(({ state }) => state)).toEqual(["firing"]);
    live.run(6 * MINUTE);
    expect(live.kinds()).toEqual(["firing ShopErrors", "resolved ShopErrors"]);
  });

  test("about missing data waits for that, fires with its cause, and ends with the first value", () => {
    const when = { gauge: "queue_depth", above: 15 };
    const live = startProcess(shopWith({ queue: { when, noData: "alert", noDataFor: "5m" } }));
    live.run(4 * MINUTE);
    expect(live.kinds()).toEqual(["pending ShopQueue"]);
    live.run(2 * MINUTE);
    expect(live.changes.at(-1)).toMatchObject({
      kind: "firing",
      alert: { cause: "no_data", value: null, labels: { cause: "no_data" } },
    });
    live.recorder.record({ metric: "queue_depth", labels: { queue: "mail" }, value: 3 });
    live.tick();
    expect(live.changes.at(-1)!.kind).toBe("resolved");
  });

  test("of a condition that cannot be evaluated fires for that after five minutes, and keeps its other states", () => {
    const live = startProcess(shopWith({ errors: errorsAbove }));
    live.tick();
    live.run(6 * MINUTE, live.errors);
    const rule = live.engine.rules.find(({ id }) => id === "ShopErrors")!;
    const { evaluate } = rule.condition;
    rule.condition.evaluate = () => {
      throw new Error("broken");
    };
    live.run(6 * MINUTE, live.errors);
    expect(live.engine.current().map(({ cause, state }) => `${cause} ${state}`)).toEqual([
      "value firing",
      "error firing",
    ]);
    rule.condition.evaluate = evaluate;
    live.tick(live.errors);
    expect(live.changes.at(-1)).toMatchObject({ kind: "resolved", alert: { cause: "error" } });
    expect(live.engine.current()).toHaveLength(1);
  });
});

describe("over a restart", () => {
  /** Ends a process without a word, as SIGKILL does, and starts the next one. */
  const restart = (before: Running, catalog: Catalog, after: number, errors: number): Running => {
    const clocks = { steady: before.clocks.steady + after, wall: before.clocks.wall + after };
    return startProcess(catalog, clocks, before.documents, { rum_js_errors_total: errors });
  };
  const catalog = shopWith({ errors: { ...errorsAbove, keepFiringFor: "1m" } });

  test("an alert that still fires keeps its episode and its start, and is not fired again", () => {
    const first = startProcess(catalog);
    first.tick();
    first.run(10 * MINUTE + 20 * SECOND, first.errors);
    const second = restart(first, catalog, 5 * SECOND, 620);
    const { fingerprint, episode, startsAt, labels, state } = first.engine.current()[0]!;
    expect(second.engine.current()).toMatchObject([{ fingerprint, episode, startsAt, labels, state }]);
    second.run(10 * MINUTE, second.errors);
    expect(second.kinds()).toEqual([]);
    second.run(10 * MINUTE);
    expect(second.changes.map(({ kind, alert }) => [kind, alert.episode])).toEqual([
      ["resolved", first.changes[0]!.alert.episode],
    ]);
  });

  test("one whose condition ended while the collector was down is resolved", () => {
    const first = startProcess(catalog);
    first.tick();
    first.run(10 * MINUTE, first.errors);
    const second = restart(first, catalog, 2 * HOUR, 600);
    second.run(3 * MINUTE);
    expect(second.kinds()).toEqual(["resolved ShopErrors"]);
  });

  test("the time without a collector counts for no wait", () => {
    const waiting = shopWith({
      errors: { when: { rate: "rum_js_errors_total", above: 0.1 }, for: "10m" },
    });
    const first = startProcess(waiting);
    first.tick();
    first.run(8 * MINUTE, first.errors);
    expect(first.kinds()).toEqual(["pending ShopErrors"]);
    const second = restart(first, waiting, 3 * MINUTE, 480);
    second.run(MINUTE, () => second.errors(2));
    expect(second.kinds()).toEqual([]);
  });

  test("the counters that a journal restores are not counted a second time", () => {
    const first = startProcess(shopWith({ errors: { when: { rate: "rum_js_errors_total", above: 3 } } }));
    first.tick();
    first.run(30 * MINUTE, first.errors);
    const second = restart(
      first,
      shopWith({ errors: { when: { rate: "rum_js_errors_total", above: 3 } } }),
      SECOND,
      1_800,
    );
    second.run(10 * MINUTE, second.errors);
    expect(second.kinds()).toEqual([]);
    // Without the windows of before, a million that is there at the start does not count either.
    const third = startProcess(catalog, first.clocks, new Map(), { rum_js_errors_total: 1_000_000 });
    third.run(MINUTE);
    expect(third.kinds()).toEqual([]);
  });

  test("a comparison with an earlier time goes on, and without one a young collector fires nothing", () => {
    const orders = shopWith(
      { conversions_missing: { when: { absent: "conversions_total", over: "15m", comparedTo: "2h" } } },
      { conversions: { purchase: { help: "Orders.", from: "server" } } },
    );
    const order = (live: Running) => (): void => live.count("conversions_total", { conversion: "purchase" });
    const first = startProcess(orders);
    first.run(2 * HOUR, order(first));
    expect(first.kinds().filter((kind) => kind.includes("Conversions"))).toEqual([]);
    const clocks = { steady: first.clocks.steady + SECOND, wall: first.clocks.wall + SECOND };
    const second = startProcess(orders, clocks, first.documents);
    second.run(20 * MINUTE);
    expect(second.kinds()).toEqual(["firing ShopConversionsMissing"]);
    const young = startProcess(orders, { ...clocks });
    young.run(20 * MINUTE);
    expect(young.kinds()).toEqual([]);
  });

  test("a rule that is gone leaves no alert, and damaged documents are left out", () => {
    const first = startProcess(catalog);
    first.tick();
    first.run(10 * MINUTE, first.errors);
    const second = restart(first, shopWith({}), SECOND, 600);
    expect(second.engine.current()).toEqual([]);
    for (const [key, [section, name, text]] of first.documents)
      first.documents.set(key, [section, name, text.slice(0, text.length / 2)]);
    const third = restart(first, catalog, SECOND, 600);
    third.run(MINUTE);
    expect(third.engine.current()).toEqual([]);
  });
});

describe("a clock that jumps", () => {
  test.each([
    ["an hour ahead", HOUR],
    ["two hours back", -2 * HOUR],
    ["400 days ahead", 400 * DAY],
  ])("%s fires nothing again and resolves nothing", (_, by) => {
    const live = startProcess(
      shopWith({
        errors: { ...errorsAbove, for: "2m" },
        no_views: { when: { absent: "rum_page_views_total", over: "15m" } },
      }),
    );
    const visit = (): void => {
      live.errors();
      live.count("rum_page_views_total", { route: "/", navigation: "hard", experience: "good" });
    };
    live.tick();
    live.run(30 * MINUTE, visit);
    const before = live.engine.current();
    expect(before).toHaveLength(1);
    live.clocks.wall += by;
    live.run(20 * MINUTE, visit);
    expect(live.kinds()).toEqual(["pending ShopErrors", "firing ShopErrors"]);
    expect(live.engine.current()[0]!.episode).toBe(before[0]!.episode);
  });

  test("of a machine that slept does not take the pause for silence", () => {
    const live = startProcess(
      shopWith({ no_views: { when: { absent: "rum_page_views_total", over: "15m" } } }),
    );
    const visit = (): void =>
      live.count("rum_page_views_total", { route: "/", navigation: "hard", experience: "good" });
    live.run(30 * MINUTE, visit);
    live.clocks.steady += HOUR;
    live.clocks.wall += HOUR;
    live.run(5 * MINUTE);
    expect(live.kinds()).toEqual([]);
  });
});

describe("series", () => {
  test("that end leave the increase as it was, and one that begins counts from 0", () => {
    const alerts: Record<string, AlertSpec> = {
      clicks: { when: { increase: "rum_dead_clicks_total", over: "10m", above: 50 } },
    };
    const live = startProcess(shopWith(alerts));
    live.run(MINUTE);
    live.count("rum_dead_clicks_total", { element: "buy" }, 40);
    live.run(MINUTE);
    const family = live.recorder.families.find(
      ({ descriptor }) => descriptor.name === "rum_dead_clicks_total",
    )!;
    const [series] = family.series;
    live.recorder.endValue("element", "buy");
    family.end(series!);
    live.run(MINUTE);
    expect(live.kinds()).toEqual([]);
    live.count("rum_dead_clicks_total", { element: "buy" }, 20);
    live.tick();
    expect(live.kinds()).toEqual(["firing ShopClicks"]);
    expect(live.changes[0]!.alert.value).toBeCloseTo(60, 6);
  });

  test("in any number take bounded memory", () => {
    const live = startProcess(
      shopWith({
        clicks: { when: { increase: "rum_dead_clicks_total", by: ["element"], over: "1h", above: 5 } },
      }),
    );
    live.run(10 * SECOND);
    for (let index = 0; index < 900; index += 1)
      live.count("rum_dead_clicks_total", { element: `button ${index}` }, 1);
    live.run(10 * SECOND);
    // 400 groups of an hour in slots of 15 s, 8 bytes each, and the windows of the collector's alerts.
    expect(live.engine.bytes).toBeLessThan(400 * 242 * 8 + 100_000);
  });
});
