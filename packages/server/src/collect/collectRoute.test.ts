import { defineCatalog, type FunnelSteps, type LiveSnapshot } from "@rumkit/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { changes, scrape } from "../../../../test/support/scrape.ts";
import type { Collector } from "../collector/collector.ts";
import { createCollector } from "../collector/createCollector.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/", "/cart"],
  conversions: { wish: { help: "Wishes.", value: { money: ["USD"] } } },
  features: { dark_mode: { help: "Dark." } },
  funnels: { buy: ["page_view:/cart", "conversion:wish"] },
});

const START = 1_800_000_000_000;
const SHOP = "https://shop.example";
const session = "f".repeat(32);
let collector: Collector<typeof catalog>;
let batches = 0;

beforeEach(() => {
  vi.useFakeTimers({ now: START, toFake: ["Date", "performance"] });
  collector = createCollector({ catalog, runtimeMetrics: false, allowedOrigins: [SHOP] });
});
afterEach(async () => {
  vi.useRealTimers();
  await collector.stop();
});

async function send(events: readonly unknown[], change: object = {}): Promise<unknown> {
  batches += 1;
  const id = batches.toString(16).padStart(32, "0");
  const body = JSON.stringify({ v: 1, id, seq: 0, session, sentAt: 1, events, ...change });
  const response = await collector.app.request("/collect", {
    method: "POST",
    body,
    headers: { origin: SHOP },
  });
  return response.json();
}

/** The series that a batch adds, without the metrics of the collector itself. */
async function added(families: RegExp, events: readonly unknown[], change: object = {}) {
  const before = await scrape(collector.app);
  await send(events, change);
  return changes(before, await scrape(collector.app), families);
}

/** The first frame of a new viewer of the live page. */
async function snapshot(): Promise<LiveSnapshot> {
  const response = await collector.app.request("/realtime/metrics");
  let text = "";
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (/data: .*\n\n/.test(text)) break;
  }
  return JSON.parse(text.split("data: ")[1]!) as LiveSnapshot;
}

describe("an event without a route", () => {
  const error = { type: "error", source: "handled", name: "Error" };

  test("has that of the event before it, also where that one is refused", async () => {
    const events = [
      error,
      { type: "teleport", route: "/cart" },
      error,
      error,
      { ...error, route: "/" },
      error,
    ];
    expect(await added(/^rum_js_errors/, events)).toEqual({
      'rum_js_errors_total{route="unmatched",source="handled"}': 1,
      'rum_js_errors_total{route="/cart",source="handled"}': 2,
      'rum_js_errors_total{route="/",source="handled"}': 2,
    });
  });

  test("ignores the route of an event if it is not text, or if the event is not an object", async () => {
    const events = [{ ...error, route: "/cart" }, { ...error, route: 7 }, null, error];
    expect(await added(/^rum_js_errors/, events)).toEqual({
      'rum_js_errors_total{route="/cart",source="handled"}': 2,
    });
  });
});

describe("a batch of a tenth of all sessions", () => {
  const wish = { type: "conversion", name: "wish", amount: 333, currency: "USD" };

  test("stands for ten: in counters, histograms and money; the accepted events are what they are", async () => {
    const events = [{ type: "page_view", count: 3 }, { type: "visible", value: 2 }, wish];
    expect(
      await added(/^rum_(page_views|visible.*(sum|count)|conversion|events)/, events, { rate: 0.1 }),
    ).toEqual({
      'rum_page_views_total{route="unmatched",navigation="hard",experience="unknown"}': 30,
      'rum_visible_seconds_sum{route="unmatched"}': 20,
      'rum_visible_seconds_count{route="unmatched"}': 10,
      'rum_conversions_total{conversion="wish",experience="unknown"}': 10,
      'rum_conversion_value_total{conversion="wish",currency="USD"}': 33.3,
      rum_events_received_total: 5,
      rum_events_accepted_total: 5,
      rum_events_scaled_total: 50,
    });
  });

  test("and one of three in ten is three or four whole wishes, with the money of as many", async () => {
    const counted = await added(/^rum_conversion/, [wish], { rate: 0.3 });
    const money = 'rum_conversion_value_total{conversion="wish",currency="USD"}';
    const wishes = 'rum_conversions_total{conversion="wish",experience="unknown"}';
    expect([
      { [wishes]: 3, [money]: 9.99 },
      { [wishes]: 4, [money]: 13.32 },
    ]).toContainEqual(counted);
  });
});

describe("a heartbeat", () => {
  test("alone is a batch that is accepted, keeps the session active and counts nothing", async () => {
    expect(await added(/^rum_(?!collect)/, [{ type: "heartbeat" }])).toEqual({
      rum_active_sessions: 1,
      rum_batches_accepted_total: 1,
      rum_events_received_total: 1,
      rum_events_accepted_total: 1,
      rum_events_scaled_total: 1,
    });
    expect((await snapshot()).tail).toEqual([]);
  });
});

describe("the batches of a session", () => {
  test("that never came are counted once it is silent; one that came twice is one", async () => {
    const view = [{ type: "page_view" }];
    await send(view, { id: "a".repeat(32), seq: 0 });
    await send(view, { id: "a".repeat(32), seq: 0 });
    await send(view, { seq: 3 });
    expect((await scrape(collector.app)).get("rum_batches_lost_total")).toBe(0);
    vi.advanceTimersByTime(5 * 60_000);
    expect((await scrape(collector.app)).get("rum_batches_lost_total")).toBe(2);
  });
});

describe("what the page dropped", () => {
  test("for lack of consent, and what the app filtered, is counted by its reason", async () => {
    const dropped = { consent: 4, filtered: 2 };
    expect(await added(/dropped/, [{ type: "heartbeat" }], { dropped })).toEqual({
      'rum_events_dropped_total{reason="consent"}': 4,
      'rum_events_dropped_total{reason="filtered"}': 2,
    });
  });
});

describe("the live tail", () => {
  test("shows with each event what the batch says of all; the event's own words come first and win", async () => {
    await send([{ type: "LCP", value: 1, element: "hero" }], {
      release: "1.4.0",
      environment: "staging",
      context: { tenant: "acme", value: 7, environment: "eu" },
    });
    const [event] = (await snapshot()).tail;
    expect(event?.details).toEqual({
      value: 1,
      element: "hero",
      release: "1.4.0",
      environment: "eu",
      tenant: "acme",
    });
    expect(Object.keys(event?.details ?? {}).slice(0, 2)).toEqual(["value", "element"]);
  });
});

describe("options of the page that are not text", () => {
  const shown = async (change: object) => {
    const answer = await send([{ type: "click", name: "buy" }], change);
    return [answer, (await snapshot()).tail.at(-1)?.details ?? {}];
  };

  test.each([[null], [{}], [{ toString: "1.4.0" }], [["1.4.0"]]])(
    "%j is missing, and costs no event",
    async (value) => {
      for (const name of ["app", "release", "environment"])
        expect(await shown({ [name]: value })).toEqual([{ accepted: 1 }, {}]);
    },
  );

  test.each([
    [14, "14"],
    [0, "0"],
    [1.4, "1.4"],
    [true, "true"],
    [false, "false"],
  ])("%j is read as its text", async (value, text) => {
    for (const name of ["release", "environment"])
      expect(await shown({ [name]: value })).toEqual([{ accepted: 1 }, { [name]: text }]);
    expect(await send([{ type: "click", name: "buy" }], { app: value })).toMatchObject({
      error: { code: "unknown_app" },
    });
  });
});

describe("the live figures", () => {
  test("add up what differs in navigation, experience and source", async () => {
    const error = { type: "error", name: "Error" };
    await send([
      { type: "page_view", count: 6 },
      { type: "page_view", navigation: "soft", experience: "poor", count: 4 },
      { ...error, source: "worker" },
      { ...error, source: "rejection" },
      { type: "conversion", name: "wish", amount: 1, currency: "USD", experience: "good" },
      { type: "conversion", name: "wish", amount: 1, currency: "USD" },
    ]);
    const { figures, points } = await snapshot();
    const happened = (name: string): number => {
      const place = figures.findIndex((figure) => figure.name === name);
      return points.reduce((sum, { values }) => sum + (values[place] ?? 0), 0);
    };
    expect(["page_views_per_second", "errors", "conversion_wish_today"].map(happened)).toEqual([10, 2, 2]);
  });
});

describe("GET /collect/funnels", () => {
  const ask = (headers: Record<string, string> = {}) =>
    collector.app.request("/collect/funnels", { headers });

  test("tells the steps and the routes, to be kept for five minutes", async () => {
    const response = await ask();
    expect([
      response.status,
      response.headers.get("cache-control"),
      response.headers.get("content-type"),
    ]).toEqual([200, "public, max-age=300", "application/json"]);
    expect((await response.json()) as FunnelSteps).toEqual({
      routes: catalog.routes,
      funnels: catalog.funnels,
    });
  });

  test.each([
    [SHOP, SHOP],
    ["https://evil.example", null],
  ])("%s may read it: %s", async (origin, allowed) => {
    const response = await ask({ origin, host: "rum.example" });
    expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([200, allowed]);
    expect(response.headers.get("vary")).toBe("Origin");
  });

  test("is an empty object of funnels if the catalog has none", async () => {
    const bare = createCollector({ catalog: { app: "bare", routes: [] }, runtimeMetrics: false });
    expect(await (await bare.app.request("/collect/funnels")).json()).toEqual({ routes: [], funnels: {} });
    await bare.stop();
  });
});
