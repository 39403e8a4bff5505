import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Network, recordNetwork } from "../../../test/pageNetwork.ts";
import { createMetrics } from "./createMetrics.ts";
import type { Metrics, MetricsOptions } from "./metrics.ts";

let network: Network;
let running: Metrics[];

beforeEach(() => {
  vi.useFakeTimers();
  network = recordNetwork();
  running = [];
  sessionStorage.clear();
  document.body.innerHTML = "";
  history.replaceState(null, "", "/");
});
afterEach(() => {
  for (const metrics of running) metrics.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function start(options?: MetricsOptions): Metrics {
  const metrics = createMetrics(options);
  running.push(metrics);
  return metrics;
}

/** Lets what waits be sent. */
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(6_000);

function eventsOf(type: string): object[] {
  return network.events().filter((event) => event.type === type);
}

function hide(): void {
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  Reflect.deleteProperty(document, "visibilityState");
}

describe("a batch", () => {
  test("says who sends it, under ids of 128 random bits", async () => {
    start({ app: "shop", release: "1.4.2" });
    await settle();
    expect(network.batches[0]).toEqual({
      v: 1,
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      seq: 0,
      app: "shop",
      release: "1.4.2",
      session: expect.stringMatching(/^[0-9a-f]{32}$/),
      sentAt: expect.any(Number),
      dropped: {},
      events: [
        expect.objectContaining({ type: "session_start" }),
        expect.objectContaining({ type: "page_view" }),
      ],
    });
  });

  test("has an id of its own and the next place in its page", async () => {
    const { trackAction, flush } = start();
    flush();
    trackAction("a");
    flush();
    expect(network.batches.map(({ seq }) => seq)).toEqual([0, 1]);
    expect(new Set(network.batches.map(({ id }) => id)).size).toBe(2);
  });
});

describe("what the app tracks", () => {
  test("keeps labels and attributes in one flat object", async () => {
    const { trackAction } = start();
    trackAction("add_to_cart", { category: "books", productId: 7, gift: true });
    await settle();
    expect(eventsOf("action")).toMatchObject([
      { name: "add_to_cart", route: "/", details: { category: "books", productId: 7, gift: true } },
    ]);
  });

  test("carries money as an integer of minor units", async () => {
    const { trackConversion } = start();
    trackConversion("wish", { value: 19.99, currency: "USD", item: 7 });
    trackConversion("cart_addition", 1);
    await settle();
    expect(eventsOf("conversion")).toMatchObject([
      { name: "wish", amount: 1999, currency: "USD", details: { item: 7 } },
      { name: "cart_addition", details: { value: 1 } },
    ]);
  });

  test("counts an error once, however often the same object comes", async () => {
    const { trackError } = start();
    const error = new TypeError("broken");
    trackError(error);
    trackError(error, { source: "react", componentStack: "at Cart" });
    window.dispatchEvent(new ErrorEvent("error", { error, message: "broken" }));
    await settle();
    expect(eventsOf("error")).toMatchObject([{ source: "handled", name: "TypeError", message: "broken" }]);
  });

  test("garbage never throws, and what cannot be sent is counted as dropped", async () => {
    const { trackAction, trackConversion, trackPageView, trackError, measure, flush } = start();
    const hostile = {
      get name(): string {
        throw new Error("getter");
      },
    };
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    const calls: (() => void)[] = [
      () => trackAction(undefined as unknown as string),
      () => trackAction("", {}),
      () => trackAction(Symbol("x") as unknown as string),
      () => trackConversion("a", { value: NaN, currency: "USD" }),
      () => trackConversion("a", { value: 0.001, currency: "USD" }),
      () => trackConversion("a", { value: 1, currency: 5 }),
      () => trackPageView(null as never),
      () => measure("a", NaN),
      () => measure("a", "12" as never),
      () => trackError(hostile),
    ];
    for (const call of calls) expect(call).not.toThrow();
    trackAction("fine", circular as never);
    trackError(null);
    trackError(Object.create(null));
    flush();
    expect(network.batches[0]?.dropped).toEqual({ invalid: calls.length + 1 });
    expect(eventsOf("action")).toEqual([expect.objectContaining({ name: "fine" })]);
  });

  test("query and hash of addresses do not leave the page with an error", async () => {
    const { trackError } = start();
    const error = new Error("GET https://shop.example/api?token=secret failed");
    error.stack = "Error\n    at f (https://shop.example/app.js?v=secret#x:10:5)";
    trackError(error);
    trackError(new Error("GET /api/users?email=secret@shop.example failed"));
    await settle();
    expect(JSON.stringify(network.batches)).not.toContain("secret");
    expect(eventsOf("error")).toMatchObject([
      { stack: expect.stringContaining("app.js:10:5") },
      { message: "GET /api/users failed" },
    ]);
  });

  test("a loop of different errors is cut at 50, the rest is told", async () => {
    const { trackError, trackAction } = start();
    for (let index = 0; index < 200; index += 1) trackError(new Error(`fault ${index}`));
    trackAction("still counted");
    await settle();
    trackAction("tells of it");
    await settle();
    expect(network.counts()["error"]).toBe(50);
    const told = network.batches.reduce((sum, { dropped }) => sum + (dropped?.queue_full ?? 0), 0);
    expect(told).toBe(150);
    expect(eventsOf("action")).toHaveLength(2);
  });
});

describe("page views", () => {
  test("are the load and each change of the path, in a browser without the Navigation API", async () => {
    history.replaceState(null, "", "/");
    start();
    history.replaceState({ router: 1 }, "", "/");
    history.pushState(null, "", "/users/1");
    history.pushState(null, "", "/users/2");
    history.pushState(null, "", "/users/2?tab=orders#top");
    history.replaceState(null, "", "/users/3");
    history.pushState(null, "", "/files/a/b");
    await settle();
    expect(eventsOf("page_view")).toMatchObject([
      { route: "/", navigation: "load" },
      { route: "/users/1", navigation: "push" },
      { route: "/users/2", navigation: "push" },
      { route: "/users/3", navigation: "replace" },
      { route: "/files/a/b", navigation: "push" },
    ]);
  });

  test("are named by the app, and name what follows", async () => {
    const { trackAction } = start({ route: (path) => path.replace(/\d+/, ":id") });
    history.pushState(null, "", "/users/42");
    trackAction("look");
    await settle();
    expect(eventsOf("page_view")).toMatchObject([{ route: "/" }, { route: "/users/:id" }]);
    expect(eventsOf("action")).toMatchObject([{ route: "/users/:id" }]);
  });

  test("are left to the app where it says so", async () => {
    const { trackPageView } = start({ pageViews: "manual" });
    history.pushState(null, "", "/users/1");
    trackPageView("/users/:id");
    await settle();
    expect(eventsOf("page_view")).toMatchObject([{ route: "/users/:id" }]);
  });
});

describe("clicks", () => {
  test("are named by the closest data-rum, and nothing else of the element is read", async () => {
    start();
    document.body.innerHTML = `
      <button data-rum="buy"><span id="secret-id">Secret text</span></button>
      <button id="unnamed">Secret too</button>`;
    document.getElementById("secret-id")?.click();
    document.getElementById("unnamed")?.click();
    await settle();
    expect(eventsOf("click")).toMatchObject([{ name: "buy" }]);
    expect(JSON.stringify(network.batches)).not.toMatch(/secret/i);
  });

  test("count although the app stops their propagation", async () => {
    start();
    document.body.innerHTML = '<button data-rum="buy">Buy</button>';
    const button = document.querySelector("button")!;
    button.addEventListener("click", (event) => event.stopPropagation());
    button.click();
    await settle();
    expect(eventsOf("click")).toHaveLength(1);
  });
});

describe("errors nobody caught", () => {
  test("are told apart from rejections", async () => {
    start();
    window.dispatchEvent(new ErrorEvent("error", { error: new RangeError("a"), message: "a" }));
    const rejection = Object.assign(new Event("unhandledrejection"), { reason: new Error("b") });
    window.dispatchEvent(rejection);
    await settle();
    expect(eventsOf("error")).toMatchObject([
      { source: "uncaught", name: "RangeError" },
      { source: "rejection", name: "Error" },
    ]);
  });
});

describe("a session", () => {
  test("is one for two clients on a page", async () => {
    start({ url: "/a" });
    start({ url: "/b" });
    await settle();
    expect(new Set(network.batches.map(({ session }) => session)).size).toBe(1);
    expect(eventsOf("session_start")).toHaveLength(1);
  });

  test("goes on over pages of the tab", async () => {
    start().stop();
    start();
    await settle();
    expect(new Set(network.batches.map(({ session }) => session)).size).toBe(1);
    expect(eventsOf("session_start")).toHaveLength(1);
  });

  test("ends after 30 idle minutes, and after 4 hours", async () => {
    const { trackAction } = start();
    await settle();
    await vi.advanceTimersByTimeAsync(31 * 60_000);
    trackAction("back");
    await settle();
    expect(new Set(network.batches.map(({ session }) => session)).size).toBe(2);
    for (let minutes = 0; minutes < 245; minutes += 20) {
      trackAction("busy");
      await vi.advanceTimersByTimeAsync(20 * 60_000);
    }
    expect(eventsOf("session_start")).toHaveLength(3);
  });
});

describe("leaving", () => {
  test("what waits goes when the page is hidden, in a way whose answer is heard", () => {
    const { trackAction } = start();
    trackAction("last");
    hide();
    expect(network.sent).toMatchObject([{ by: "fetch", init: { keepalive: true } }]);
    expect(network.counts()).toEqual({ session_start: 1, page_view: 1, action: 1 });
  });

  test("nothing is sent where nothing waits", () => {
    start();
    hide();
    window.dispatchEvent(new Event("pagehide"));
    expect(network.sent).toHaveLength(1);
  });

  test("1,500 calls and a navigation are 1,500 in one request", () => {
    const { trackAction } = start();
    for (let index = 0; index < 1_500; index += 1) trackAction("scroll");
    window.dispatchEvent(new Event("pagehide"));
    expect(network.sent).toHaveLength(1);
    expect(network.counts()["action"]).toBe(1_500);
  });
});

describe("stop", () => {
  test("sends what waits, undoes everything, and makes every call a no-op", async () => {
    const before = [history.pushState, history.replaceState];
    const metrics = start();
    expect(history.pushState).not.toBe(before[0]);
    metrics.stop();
    expect([history.pushState, history.replaceState]).toEqual(before);
    expect(network.counts()).toEqual({ session_start: 1, page_view: 1 });
    metrics.trackAction("late");
    history.pushState(null, "", "/late");
    window.dispatchEvent(new ErrorEvent("error", { message: "late" }));
    await settle();
    expect(network.sent).toHaveLength(1);
  });

  test("of one of two clients leaves the other as it is, in either order", async () => {
    const before = history.pushState;
    const [first, second] = [start({ url: "/a" }), start({ url: "/b" })];
    first.stop();
    history.pushState(null, "", "/next");
    second.flush();
    expect(network.sent.at(-1)).toMatchObject({ url: "/b" });
    expect(eventsOf("page_view").at(-1)).toMatchObject({ route: "/next" });
    second.stop();
    expect(history.pushState).toBe(before);
  });

  test("may be followed by start, which counts no page view twice", async () => {
    const metrics = start();
    metrics.stop();
    metrics.start();
    metrics.trackAction("again");
    await settle();
    expect(network.counts()).toEqual({ session_start: 1, page_view: 1, action: 1 });
  });
});

describe("start: false", () => {
  test("has no side effect until start, and then keeps what was called", async () => {
    const before = history.pushState;
    const metrics = start({ start: false });
    metrics.trackAction("early");
    expect(history.pushState).toBe(before);
    expect(sessionStorage).toHaveLength(0);
    await settle();
    expect(network.sent).toEqual([]);
    metrics.start();
    metrics.start();
    await settle();
    expect(network.counts()).toEqual({ session_start: 1, page_view: 1, action: 1 });
  });
});

test("options that are null are none", () => {
  expect(() => running.push(createMetrics(null))).not.toThrow();
});

describe("debug", () => {
  test("writes to the console what the collector refused, and why", async () => {
    network.answers.push(
      new Response('{"accepted":1,"rejected":[{"index":0,"code":"unknown_name"}]}', { status: 202 }),
    );
    start({ debug: true });
    await settle();
    expect(vi.mocked(console.warn).mock.calls).toEqual([
      ["[rumkit] Refused:", expect.stringContaining("unknown_name")],
    ]);
    vi.mocked(console.warn).mockClear();
  });
});
