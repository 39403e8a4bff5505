import { type Catalog, defineCatalog } from "@rumkit/protocol";
import { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createPendingWork } from "../base/pendingWork.ts";
import { WITHOUT_CATALOG } from "../catalog/names.ts";
import { healthPart } from "../health/readiness.ts";
import { createMemoryJournal } from "../journal/memoryJournal.ts";
import { createRecorder } from "../metrics/recorder.ts";
import { DEFAULT_BASE_PATHS } from "../part/basePaths.ts";
import type { Part, PartContext } from "../part/part.ts";
import { createCollectorLog } from "./collectorLog.ts";
import { createRoutes } from "./createCollector.ts";
import { createEnding, createPulse } from "./lifetime.ts";
import { describeMetrics, PARTS } from "./parts.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const log = createCollectorLog(undefined, "shop", Date.now);

test.each(["as listed", "the other way round"])(
  "in a second all gauges come first, then all ticks, then what people see: parts %s",
  (order) => {
    const seen: string[] = [];
    const parts: Part[] = [
      { publish: () => seen.push("publish"), show: () => seen.push("show") },
      { tick: () => seen.push("tick"), show: () => seen.push("show") },
    ];
    const pulse = createPulse(order === "as listed" ? parts : parts.toReversed());
    vi.advanceTimersByTime(1_000);
    pulse.stop();
    vi.advanceTimersByTime(5_000);
    expect(seen).toEqual(["show", "show", "tick", "publish"]);
  },
);

test("the store closes after every part, and everything is released even if one cannot be closed", async () => {
  const seen: string[] = [];
  const partOf = (name: string, close: () => void = () => {}): Part => ({
    leave: () => seen.push(`leave ${name}`),
    close: () => {
      seen.push(`close ${name}`);
      close();
    },
    release: () => seen.push(`release ${name}`),
  });
  const fail = (): void => {
    throw new Error("The disk is full.");
  };
  const parts = [partOf("a"), partOf("b")];
  const ending = createEnding({ pending: createPendingWork(), log, parts, store: partOf("store", fail) });
  await expect(ending.stop()).rejects.toThrow("The disk is full.");
  expect(seen.slice(0, 3).toSorted()).toEqual(["leave a", "leave b", "leave store"]);
  expect(seen[5]).toBe("close store");
  expect(seen.slice(6).toSorted()).toEqual(["release a", "release b", "release store"]);
});

test("a collector is ready only while each of its parts is", async () => {
  let isReady = true;
  const recorder = createRecorder(healthPart.describe!(WITHOUT_CATALOG));
  const context: PartContext = {
    catalog: WITHOUT_CATALOG,
    recorder,
    journal: createMemoryJournal(),
    paths: DEFAULT_BASE_PATHS,
    senderOf: () => undefined,
    opens: () => () => false,
    nameOf: () => undefined,
    isDraining: () => false,
    areReady: () => isReady,
    spoolCheck: () => undefined,
    showAll: () => {},
    showAlerts: () => {},
  };
  const { routes = [], show } = healthPart.start!(context, {});
  const { app } = createRoutes(routes, (_scope, handler) => handler);
  const statusOf = async (): Promise<number> => (await new Hono().route("/", app).request("/readyz")).status;
  const ready = (): number => recorder.totals().find(({ metric }) => metric === "rum_ready")?.value ?? 0;
  show!();
  expect([await statusOf(), ready()]).toEqual([200, 1]);
  isReady = false;
  show!();
  expect([await statusOf(), ready()]).toEqual([503, 0]);
});

test("no two parts describe the same metric", () => {
  const names = PARTS.flatMap((part) => part.describe?.(WITHOUT_CATALOG) ?? []).map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});

const shop = defineCatalog({
  app: "shop",
  routes: ["/", "/cart"],
  actions: {
    add_to_cart: { help: "Items put into the cart.", labels: { category: ["books", "games"] } },
    search: { help: "Searches." },
    import_done: { help: "Imports.", from: "server" },
  },
  conversions: {
    purchase: { help: "Orders paid.", from: "server", value: { money: ["USD", "JPY"] } },
    wish: { help: "Wishes.", value: { money: ["USD"] } },
  },
  measurements: { search_duration: { help: "Search.", unit: "seconds", buckets: [0.1, 1] } },
});

describe("the metrics of a catalog", () => {
  const families = new Map(describeMetrics(shop).map((descriptor) => [descriptor.name, descriptor]));

  test("one family a kind, its labels the union over the entries, its known series all that can be", () => {
    expect(families.get("rum_actions_total")).toMatchObject({
      labels: ["action", "category"],
      known: [
        { action: "add_to_cart", category: "books" },
        { action: "add_to_cart", category: "games" },
        { action: "search" },
      ],
      maxSeries: 3,
    });
  });

  test("what a page claims and what the server knows have different names", () => {
    expect(families.get("actions_total")?.known).toEqual([{ action: "import_done" }]);
    expect(families.get("revenue_total")?.known).toEqual([
      { conversion: "purchase", currency: "USD" },
      { conversion: "purchase", currency: "JPY" },
    ]);
    expect(families.get("rum_conversion_value_total")?.known).toEqual([
      { conversion: "wish", currency: "USD" },
    ]);
  });

  test("a measurement is a separate histogram, named with its unit", () => {
    expect(families.get("rum_search_duration_seconds")).toMatchObject({
      type: "histogram",
      buckets: [0.1, 1],
    });
  });

  test("every route has its series, and so has what no route matches", () => {
    const known = (metric: string) => families.get(metric)?.known.map(({ route }) => route);
    expect(known("rum_unhandled_rejections_total")).toEqual(["/", "/cart", "unmatched"]);
    expect(new Set(known("rum_page_views_total"))).toEqual(new Set(["/", "/cart", "unmatched"]));
  });

  test("page views start at 0 without an experience; the others come with their first view", () => {
    const views = families.get("rum_page_views_total");
    expect(new Set(views?.known.map(({ experience }) => experience))).toEqual(new Set(["unknown"]));
    expect([views?.known.length, views?.maxSeries]).toEqual([12, 48]);
  });

  test("a conversion of a page has the experience with it, one of the server has not", () => {
    expect(families.get("rum_conversions_total")?.known.map(({ experience }) => experience)).toEqual([
      "good",
      "needs_improvement",
      "poor",
      "unknown",
    ]);
    expect(families.get("conversions_total")?.labels).toEqual(["conversion"]);
  });

  test("what the network takes for a page has no route: two phases, and the others for each of three routes", () => {
    expect(families.get("rum_page_load_seconds")?.maxSeries).toBe(2 + 3 * 4);
  });

  test("no histogram with labels is shown before its first observation", () => {
    const histograms = [...families.values()].filter(({ type }) => type === "histogram");
    expect(histograms.length).toBeGreaterThan(10);
    for (const { labels, known, maxSeries } of histograms)
      expect([known.length, maxSeries > 0]).toEqual([labels.length === 0 ? 1 : 0, true]);
  });

  test("the steps of a funnel are its series, in its order", () => {
    const steps = ["page_view:/cart", "feature:dark_mode"];
    const described = describeMetrics({
      ...shop,
      features: { dark_mode: { help: "Dark." } },
      funnels: { buy: steps },
    });
    expect(described.find(({ name }) => name === "rum_funnel_sessions_total")?.known).toEqual([
      { funnel: "buy", step: "1", event: "page_view:/cart" },
      { funnel: "buy", step: "2", event: "feature:dark_mode" },
    ]);
  });

  test("a hundred routes and five hundred endpoints are not a fault", () => {
    const paths = (count: number) => Array.from({ length: count }, (_, index) => `/${index}`);
    expect(() => describeMetrics({ ...shop, routes: paths(100), endpoints: paths(500) })).not.toThrow();
  });

  test("a family that nothing declares does not exist", () => {
    const names = describeMetrics({ app: "bare", routes: [] }).map((descriptor) => descriptor.name);
    expect(names).not.toContain("revenue_total");
    expect(names).not.toContain("rum_actions_total");
  });
});

test("a catalog that cannot be counted is refused with every fault, each with its path", () => {
  const broken = { app: "shop", routes: ["cart"], actions: { search: {} } } as unknown as Catalog;
  expect(() => describeMetrics(broken)).toThrow(
    [
      "[rumkit] Invalid catalog (2 problems):",
      '  routes[0] must start with "/", not "cart". Use "/cart".',
      '  actions.search.help is required: one sentence for dashboards, e.g. "Items put into the cart.".',
    ].join("\n"),
  );
});

test("a help text without a full stop gets one in its metric", () => {
  const measurements = { wait: { help: "Waited", unit: "seconds", buckets: [1] } } as const;
  const catalog = { ...shop, measurements };
  const wait = describeMetrics(catalog).find(({ name }) => name === "rum_wait_seconds");
  expect(wait?.help).toBe("Waited.");
});
