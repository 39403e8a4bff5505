import { defineCatalog, type LiveDelta, type LiveFrame, type LiveSnapshot } from "@rumkit/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { useFakeClock } from "../../../../test/support/fakeClock.ts";
import { Hono } from "hono";
import type { Collector } from "../collector/collector.ts";
import { createCollector } from "../collector/createCollector.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  conversions: {
    intent: { help: "Checkouts begun.", value: { money: ["USD"] } },
    signup: { help: "Accounts.", from: "server" },
    purchase: { help: "Orders.", from: "server", value: { money: ["USD"] } },
  },
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

/** A viewer over HTTP: reads frame by frame. */
async function view(headers: Record<string, string> = {}) {
  const response = await collector.app.request("/realtime/metrics", { headers });
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  let text = "";
  const frame = async (): Promise<LiveFrame> => {
    for (;;) {
      const end = text.indexOf("\n\n");
      const block = text.slice(0, end);
      if (end >= 0) text = text.slice(end + 2);
      if (end >= 0 && block.startsWith("event:")) return JSON.parse(block.split("data: ")[1]!) as LiveFrame;
      if (end >= 0) continue;
      const { value, done } = await reader.read();
      if (done) throw new Error("The stream has ended.");
      text += decoder.decode(value, { stream: true });
    }
  };
  return { response, frame, leave: () => reader.cancel() };
}

const buy = (value: number) =>
  collector.trackConversion("purchase", { value, currency: "USD", note: "<b>hi</b>" });

function valueOf(frame: LiveFrame, name: string, figures: LiveSnapshot): number | null | undefined {
  return frame.numbers[figures.figures.findIndex((figure) => figure.name === name)];
}

describe("a viewer", () => {
  test("starts from a snapshot that says what happened before it came", async () => {
    await buy(19.99);
    const { response, frame } = await view();
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const snapshot = (await frame()) as LiveSnapshot;
    expect(snapshot).toMatchObject({ kind: "snapshot", app: "shop" });
    expect(snapshot.totals).toContainEqual({
      metric: "revenue_total",
      labels: { conversion: "purchase", currency: "USD" },
      value: 19.99,
    });
    expect(snapshot.tail).toMatchObject([
      {
        source: "server",
        name: "purchase",
        money: { amount: 1999, currency: "USD" },
        details: { note: "<b>hi</b>" },
      },
    ]);
    // In minor units, as all money of the stream.
    expect(valueOf(snapshot, "revenue_today_usd", snapshot)).toBe(1999);
  });

  test("sees the first change of a quiet time at once, and what follows in one frame", async () => {
    const { frame } = await view();
    const snapshot = (await frame()) as LiveSnapshot;
    await buy(1);
    await vi.advanceTimersByTimeAsync(0);
    expect(((await frame()) as LiveDelta).tail).toHaveLength(1);
    await buy(2);
    await buy(3);
    await vi.advanceTimersByTimeAsync(100);
    const delta = (await frame()) as LiveDelta;
    expect(delta.tail).toHaveLength(2);
    expect(valueOf(delta, "revenue_today_usd", snapshot)).toBe(600);
  });

  test("that comes causes no frame for others, and the same snapshot serves all that come", async () => {
    const first = await view();
    await first.frame();
    await vi.advanceTimersByTimeAsync(1_000);
    const { id } = await first.frame();
    for (let index = 0; index < 20; index += 1) {
      const other = await view();
      expect((await other.frame()).id).toBe(id);
    }
    await vi.advanceTimersByTimeAsync(1_000);
    const next = await first.frame();
    const [epoch, seq] = id.split("-");
    expect(next.id).toBe(`${epoch}-${Number(seq) + 1}`);
    expect(next.totals).toContainEqual({ metric: "rum_live_clients", labels: {}, value: 21 });
  });

  test("sees a steady rate as it is at every moment of a second, and not lower at its start", async () => {
    const { frame } = await view();
    const snapshot = (await frame()) as LiveSnapshot;
    const seen: (number | null | undefined)[] = [];
    let id = 0;
    // Twenty seconds of ten page views a second.
    for (let tenth = 0; tenth < 200; tenth += 1) {
      id += 1;
      const batch = { v: 1, id: id.toString(16).padStart(32, "0"), session: "f".repeat(32), sentAt: 1 };
      const body = JSON.stringify({ ...batch, events: [{ type: "page_view", route: "/" }] });
      const headers = { "sec-fetch-site": "same-origin" };
      expect((await collector.app.request("/collect", { method: "POST", headers, body })).status).toBe(202);
      await vi.advanceTimersByTimeAsync(100);
      const next = await frame();
      if (tenth > 120) seen.push(valueOf(next, "page_views_per_second", snapshot));
    }
    const values = seen.filter((value) => typeof value === "number");
    expect(values.length).toBeGreaterThan(50);
    expect(new Set(values)).toEqual(new Set([10]));
  });

  test("sees the orders as conversions, and adds neither intents nor signups to them", async () => {
    const { frame } = await view();
    const snapshot = (await frame()) as LiveSnapshot;
    const goals = snapshot.figures.filter(({ primary }) => primary).map(({ name }) => name);
    expect(goals).toEqual(["conversion_purchase_today"]);
    await buy(1);
    await collector.trackConversion("signup");
    const events = [{ type: "conversion", route: "/", name: "intent", amount: 2850, currency: "USD" }];
    const body = JSON.stringify({ v: 1, id: "a".repeat(32), session: "f".repeat(32), sentAt: 1, events });
    await collector.app.request("/collect", {
      method: "POST",
      headers: { "sec-fetch-site": "same-origin" },
      body,
    });
    await vi.advanceTimersByTimeAsync(100);
    const again = (await (await view()).frame()) as LiveSnapshot;
    const counts = ["purchase", "signup", "intent"].map((name) =>
      valueOf(again, `conversion_${name}_today`, again),
    );
    expect(counts).toEqual([1, 1, 1]);
    // Money of a page and of the backend is in one unit, and nowhere else.
    expect(again.tail.map(({ name, money, details }) => [name, money, Object.keys(details)])).toEqual([
      ["purchase", { amount: 100, currency: "USD" }, ["note"]],
      ["signup", undefined, []],
      ["intent", { amount: 2850, currency: "USD" }, []],
    ]);
  });

  test("of a collector without a catalog gets a figure of each currency once money of it was counted", async () => {
    const without = createCollector({ runtimeMetrics: false });
    try {
      collector = without as unknown as Collector<typeof catalog>;
      const shown = ({ figures }: LiveSnapshot): string[] =>
        figures.filter(({ hideWhileEmpty }) => !hideWhileEmpty).map(({ name }) => name);
      const { frame } = await view();
      const first = (await frame()) as LiveSnapshot;
      const always = ["active_sessions", "sessions_today", "page_views_per_second", "lcp_p75", "error_rate"];
      expect(shown(first)).toEqual([...always, "errors"]);
      await vi.advanceTimersByTimeAsync(5_000);
      for (let index = 0; index < 5; index += 1) await frame();
      await without.trackConversion("purchase", { value: 19.99, currency: "USD" });
      await without.trackConversion("purchase", { value: 5, currency: "EUR" });
      await without.trackConversion("purchase", { value: 5, currency: "EUR" });
      await vi.advanceTimersByTimeAsync(100);
      const frames: LiveFrame[] = [];
      const revenue = ["revenue_today_eur", "revenue_today_usd"];
      const last = (): LiveSnapshot => frames.findLast(({ kind }) => kind === "snapshot") as LiveSnapshot;
      do frames.push(await frame());
      while (!frames.some(({ numbers }) => numbers.includes(1000)));
      const names = last().figures.map(({ name }) => name);
      expect(names.slice(0, 3)).toEqual([...revenue, "active_sessions"]);
      expect(revenue.map((name) => valueOf(frames.at(-1)!, name, last()))).toEqual([1000, 1999]);
      // The first conversion with revenue is the goal.
      const goals = last().figures.filter(({ primary }) => primary);
      expect(goals.map(({ name }) => name)).toEqual(["conversion_purchase_today"]);
      expect(valueOf(frames.at(-1)!, "conversion_purchase_today", last())).toBe(3);
      expect(names).toContain("conversion_rate");
      // A point of before has a place for each figure, too.
      expect(new Set(last().points.map(({ values }) => values.length))).toEqual(new Set([names.length]));
      const again = (await (await view()).frame()) as LiveSnapshot;
      expect(shown(again)).toEqual(expect.arrayContaining([...revenue, "conversion_purchase_today"]));
      // Each event is in the tail once, although viewers began anew meanwhile.
      expect(again.tail).toHaveLength(3);
    } finally {
      await without.stop();
    }
  });

  test("gets figures that nothing was ever counted for marked as empty, and others not", async () => {
    const empty = async (): Promise<string[]> => {
      const { frame, leave } = await view();
      const { figures } = (await frame()) as LiveSnapshot;
      await leave();
      return figures.filter(({ hideWhileEmpty }) => hideWhileEmpty).map(({ name }) => name);
    };
    const ofBackend = ["revenue_today_usd", "conversion_purchase_today"];
    const goals = ["conversion_intent_today", "conversion_signup_today", "inp_p75", "cls_p75"];
    const requests = ["requests_per_second", "request_error_ratio", "request_errors", "request_duration_p95"];
    expect(await empty()).toEqual([...ofBackend, ...goals, ...requests]);
    await buy(1);
    expect(await empty()).toEqual([...goals, ...requests]);
    const app = new Hono().use(collector.httpMetrics()).get("/", (c) => c.text("hello"));
    await (await app.request("/")).text();
    await vi.advanceTimersByTimeAsync(1_000);
    // No request has failed.
    expect(await empty()).toEqual([...goals, "request_errors"]);
  });

  test("sees a rate fall when nothing happens any more", async () => {
    const { frame } = await view();
    const snapshot = (await frame()) as LiveSnapshot;
    const app = new Hono().use(collector.httpMetrics()).get("/", (c) => c.text("hello"));
    await (await app.request("/")).text();
    const seen: (number | null | undefined)[] = [];
    await vi.advanceTimersByTimeAsync(13_000);
    while (seen.length < 13) seen.push(valueOf(await frame(), "requests_per_second", snapshot));
    expect(seen).toContain(0.1);
    expect(seen.at(-1)).toBe(0);
  });

  test("that comes back gets what it missed, not everything", async () => {
    const first = await view();
    const second = await view();
    await first.frame();
    await buy(1);
    await vi.advanceTimersByTimeAsync(100);
    let seen = await first.frame();
    while (seen.tail.length === 0) seen = await first.frame();
    const { id } = seen;
    await first.leave();
    await vi.advanceTimersByTimeAsync(200);
    await buy(2);
    await vi.advanceTimersByTimeAsync(0);
    const back = await view({ "last-event-id": id });
    const frames = [await back.frame()];
    while (frames.at(-1)?.tail.length === 0) frames.push(await back.frame());
    expect(frames.map((frame) => frame.kind)).not.toContain("snapshot");
    expect(frames.at(-1)?.tail).toMatchObject([{ money: { amount: 200 } }]);
    await second.leave();
  });

  test("that comes back after a time without viewers, or after a restart, gets a snapshot", async () => {
    const first = await view();
    const { id } = await first.frame();
    await first.leave();
    await buy(1);
    await vi.advanceTimersByTimeAsync(31_000);
    for (const lastEventId of [id, "00000000-1", "x", `${id}0`, `${id.split("-")[0]!}-`]) {
      const frame = await (await view({ "last-event-id": lastEventId })).frame();
      expect(frame).toMatchObject({ kind: "snapshot", resumed: false });
    }
  });

  test("that comes back after a restart gets a snapshot with the epoch of the new start, and all that was counted", async () => {
    const first = await view();
    await first.frame();
    await buy(7);
    await vi.advanceTimersByTimeAsync(100);
    const { id } = await first.frame();
    await collector.stop();
    collector = createCollector({ catalog, runtimeMetrics: false });
    await buy(5);
    const back = await (await view({ "last-event-id": id })).frame();
    expect(back).toMatchObject({ kind: "snapshot", resumed: false });
    const epochs = [id, back.id].map((each) => each.split("-")[0]);
    expect(epochs.every((epoch) => /^[0-9a-f]{8}$/.test(epoch!))).toBe(true);
    expect(epochs[0]).not.toBe(epochs[1]);
    // The journal is in memory: the new start has its own counts alone.
    expect(back.totals).toContainEqual(expect.objectContaining({ metric: "revenue_total", value: 5 }));
  });

  test("that comes back within the second in which something happened gets a snapshot that has it", async () => {
    const first = await view();
    const { id } = await first.frame();
    await first.leave();
    await buy(5);
    const frame = await (await view({ "last-event-id": id })).frame();
    expect(frame.totals).toContainEqual(expect.objectContaining({ metric: "revenue_total", value: 5 }));
  });

  test("that does not read misses frames instead of queueing them, then starts anew", async () => {
    const { frame } = await view();
    await frame();
    const note = "x".repeat(2_000);
    for (let index = 0; index < 300; index += 1) {
      for (let order = 0; order < 10; order += 1) {
        await collector.trackConversion("purchase", { value: 0.1, currency: "USD", note });
      }
      await vi.advanceTimersByTimeAsync(100);
    }
    const text = await (await collector.app.request("/metrics")).text();
    expect(Number(/rum_live_frames_skipped_total (\d+)/.exec(text)?.[1])).toBeGreaterThan(200);
    let next = await frame();
    while (next.kind === "delta") {
      await vi.advanceTimersByTimeAsync(1_000);
      next = await frame();
    }
    expect(next.totals).toContainEqual(expect.objectContaining({ metric: "revenue_total", value: 300 }));
  });

  test("is what events are made readable for: without one no text is read, however many errors come", async () => {
    let read = 0;
    const parse = JSON.parse;
    const spy = vi.spyOn(JSON, "parse").mockImplementation((text: string) => {
      // The name, message and stack of an error that is read for eyes.
      if (text.startsWith('["TypeError"')) read += 1;
      return parse(text) as unknown;
    });
    const events = Array.from({ length: 200 }, (_, index) => ({
      type: "error",
      source: "uncaught",
      name: "TypeError",
      message: `m${index}`,
    }));
    const body = JSON.stringify({ v: 1, id: "a".repeat(32), session: "b".repeat(32), sentAt: 1, events });
    expect(
      (
        await collector.app.request("/collect", {
          method: "POST",
          headers: { origin: "http://localhost" },
          body,
        })
      ).status,
    ).toBe(202);
    await vi.advanceTimersByTimeAsync(5_000);
    spy.mockRestore();
    // Once each, for the groups: the tail would have read the last fifty again.
    expect(read).toBe(200);
  });

  test("beyond the limit of its address is refused", async () => {
    const viewers = await Promise.all(Array.from({ length: 50 }, () => view()));
    expect((await collector.app.request("/realtime/metrics")).status).toBe(503);
    await viewers[0]?.leave();
    expect((await view()).response.status).toBe(200);
  });

  test("that reads gets the place of one that has missed frames for ten seconds; of two that read, none", async () => {
    const viewers = await Promise.all(Array.from({ length: 50 }, () => view()));
    const [dawdler, ...readers] = viewers;
    const follow = async ({ frame }: (typeof viewers)[0]): Promise<void> => {
      for (;;) await frame();
    };
    for (const reader of readers) follow(reader).catch(() => {});
    const note = "x".repeat(2_000);
    for (let index = 0; index < 200; index += 1) {
      for (let order = 0; order < 10; order += 1) {
        await collector.trackConversion("purchase", { value: 0.1, currency: "USD", note });
      }
      await vi.advanceTimersByTimeAsync(100);
      // As much as keeps it from standing still.
      if (index % 50 === 49) await dawdler?.frame();
    }
    const late = await view();
    expect(late.response.status).toBe(200);
    expect((await collector.app.request("/realtime/metrics")).status).toBe(503);
    const end = async (): Promise<void> => {
      for (;;) await dawdler?.frame();
    };
    await expect(end()).rejects.toThrow();
  });

  test("learns when the collector stops", async () => {
    const response = await collector.app.request("/realtime/metrics");
    await collector.stop();
    expect(await response.text()).toContain("event: snapshot");
  });
});
