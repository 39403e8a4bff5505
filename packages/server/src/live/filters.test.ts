import { defineCatalog, type LiveFrame, type LiveSnapshot } from "@rumkit/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { useFakeClock } from "../../../../test/support/fakeClock.ts";
import type { Collector } from "../collector/collector.ts";
import { createCollector } from "../collector/createCollector.ts";
import { createViewerLimits } from "./viewerLimits.ts";

const NAMES = Array.from({ length: 50 }, (_, index) => `goal_${String(index).padStart(2, "0")}`);
const catalog = defineCatalog({
  app: "shop",
  routes: ["/", "/cart"],
  conversions: Object.fromEntries(NAMES.map((name) => [name, { help: "Orders.", from: "server" as const }])),
});

let collector: Collector<typeof catalog>;

beforeEach(() => {
  useFakeClock();
  collector = createCollector({ catalog, runtimeMetrics: false });
});
afterEach(async () => {
  await collector.stop();
  vi.useRealTimers();
});

/** A viewer that reads everything. */
async function view(query = "") {
  const response = await collector.app.request(`/realtime/metrics${query}`);
  expect(response.status).toBe(200);
  let text = "";
  const follow = async (): Promise<void> => {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) text += chunk;
  };
  follow().catch(() => {});
  await vi.advanceTimersByTimeAsync(0);
  return {
    size: () => text.length,
    frames: () =>
      text
        .split("\n\n")
        .filter((block) => block.startsWith("event: "))
        .map((block) => JSON.parse(block.split("data: ")[1]!) as LiveFrame),
  };
}

async function send(events: readonly object[]): Promise<void> {
  const id = crypto.randomUUID().replaceAll("-", "");
  const body = JSON.stringify({ v: 1, id, session: "f".repeat(32), sentAt: 1, events });
  const headers = { "sec-fetch-site": "same-origin" };
  expect((await collector.app.request("/collect", { method: "POST", headers, body })).status).toBe(202);
}

test("one of fifty metrics takes at most 5 % of the bytes", async () => {
  const whole = await view();
  const one = await view("?metrics=conversion_goal_07_today");
  for (let step = 0; step < 200; step += 1) {
    for (const name of NAMES) await collector.trackConversion(name);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(one.frames().at(-1)!.numbers).toEqual([200]);
  expect(one.size()).toBeLessThan(0.05 * whole.size());
});

describe("a filter selects", () => {
  const happen = async (): Promise<void> => {
    await send([
      { type: "page_view", route: "/" },
      { type: "page_view", route: "/cart" },
    ]);
    await collector.trackConversion("goal_01", { device: "mobile" });
    await collector.trackConversion("goal_02", { device: "desktop" });
    await vi.advanceTimersByTimeAsync(1_000);
  };

  test.each([
    ["types=page_view", ["hard /", "hard /cart"]],
    ["types=conversion", ["goal_01", "goal_02"]],
    ["types=!page_view", ["goal_01", "goal_02"]],
    ["not.types=conversion", ["hard /", "hard /cart"]],
    ["not.types=!conversion", ["goal_01", "goal_02"]],
    ["types=page_view,conversion", ["hard /", "hard /cart", "goal_01", "goal_02"]],
    ["route=/cart", ["hard /cart"]],
    ["route=/cart&route=/", ["hard /", "hard /cart"]],
    ["not.route=/cart", ["hard /", "goal_01", "goal_02"]],
    ["label.device=mobile", ["goal_01"]],
    ["label.device=!mobile", ["hard /", "hard /cart", "goal_02"]],
    ["label.conversion=goal_02", ["goal_02"]],
    ["types=page_view&label.device=mobile", []],
    ["metrics=page_views_per_second", []],
    ["metrics=page_views_per_second&types=conversion", ["goal_01", "goal_02"]],
  ])("events by %s, of those to come and of those before", async (query, expected) => {
    const early = await view(`?${query}`);
    await happen();
    const late = await view(`?${query}`);
    for (const { frames } of [early, late]) {
      const names = frames().flatMap(({ tail }) =>
        tail.map(({ name, route = "" }) => `${name} ${route}`.trim()),
      );
      expect(names).toEqual(expected);
    }
  });

  test("series and figures by name and label, and never a number that the filter does not narrow", async () => {
    await happen();
    const first = async (query: string) => (await view(query)).frames()[0] as LiveSnapshot;
    const metrics = await first("?metrics=conversions_total,page_views_per_second");
    expect(metrics.figures.map(({ name }) => name)).toEqual(["page_views_per_second"]);
    expect(new Set(metrics.points.map(({ values }) => values.length))).toEqual(new Set([1]));
    expect(new Set(metrics.totals.map(({ metric }) => metric))).toEqual(new Set(["conversions_total"]));
    expect(metrics).not.toHaveProperty("board");
    expect(metrics.filter).toEqual({ metrics: { include: ["conversions_total", "page_views_per_second"] } });
    const routed = await first("?route=/cart");
    expect(routed.figures).toEqual([]);
    expect(new Set(routed.totals.map(({ labels }) => labels["route"]))).toEqual(new Set(["/cart"]));
    const others = await first("?types=!page_view");
    expect(others.figures.length).toBeGreaterThan(50);
    expect(others).toHaveProperty("board");
    expect((await first("?types=error")).figures).toEqual([]);
  });
});

describe("a filter that would select nothing by mistake is refused", () => {
  test.each([
    ["interval=0", 'interval must be a number of seconds from 0.1 to 60, not "0".'],
    ["interval=0.09", "from 0.1 to 60"],
    ["interval=60.1", "from 0.1 to 60"],
    ["interval=-1", "from 0.1 to 60"],
    ["interval=1e1", "from 0.1 to 60"],
    ["interval=", "from 0.1 to 60"],
    ["types=conversions", 'Did you mean "conversion"?'],
    ["types=xyzzy", "Known: session_start"],
    ["types=", "types has an empty value."],
    ["route=!", "route has an empty value."],
    ["label.=x", "needs the name of a label"],
    ["metric=lcp_p75", 'Unknown filter "metric". Did you mean "metrics"?'],
    ["not.interval=5", 'Unknown filter "not.interval".'],
    [`route=${"x".repeat(257)}`, "at most 100 values of at most 256 characters"],
    [`metrics=${Array.from({ length: 101 }, (_, index) => `m${index}`).join(",")}`, "at most 100 values"],
  ])("%s", async (query, message) => {
    const response = await collector.app.request(`/realtime/metrics?${query}`);
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect(error.code).toBe("bad_filter");
    expect(error.message).toContain(message);
  });

  test.each(["", "?", "?interval=0.1", "?interval=60", "?kiosk=1", "?board=2&t=5"])(
    "not %j",
    async (query) => {
      await view(query);
    },
  );
});

test("a token has two hundred viewers, whatever their addresses", () => {
  const limits = createViewerLimits(() => 0);
  const enter = (address: number, token?: string) =>
    limits.enter({ address: String(address), token }, () => {});
  const places = Array.from({ length: 200 }, (_, address) => enter(address, "leaked"));
  expect(places.every(Boolean)).toBe(true);
  expect(enter(200, "leaked")).toBeUndefined();
  expect(enter(200, "other")).toBeDefined();
  expect(enter(201)).toBeDefined();
  places[0]!.leave();
  expect(enter(202, "leaked")).toBeDefined();
});

test("a request of HEAD never takes a place", async () => {
  for (let index = 0; index < 60; index += 1)
    expect((await collector.app.request("/realtime/metrics", { method: "HEAD" })).status).toBe(200);
  await view();
});
