import { MAX_BATCH_BYTES, MAX_DETAILS, MAX_NAME } from "@rumkit/protocol";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { type Network, recordNetwork } from "../../../../test/support/pageNetwork.ts";
import { createMetrics } from "./createMetrics.ts";
import { hashPath } from "../sources/hashPath.ts";
import type { Metrics, MetricsOptions } from "../contract/metrics.ts";
import { funnels } from "../sources/funnels.ts";

let network: Network;
let running: Metrics[];

beforeEach(() => {
  vi.useFakeTimers();
  network = recordNetwork();
  running = [];
  sessionStorage.clear();
  localStorage.clear();
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
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(7_000);

function eventsOf(type: string): object[] {
  return network.events().filter((event) => event.type === type);
}

function hide(): void {
  Object.defineProperty(document, "hidden", { value: true, configurable: true });
  document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  Reflect.deleteProperty(document, "hidden");
}

/** Types and counts of what was sent, without what depends on the machine. */
function counted(): Record<string, number> {
  const { visible: _visible, heap: _heap, page_load: _load, ...counts } = network.counts();
  return counts;
}

describe("a batch", () => {
  test("names its sender, with ids of 128 random bits", async () => {
    start({ app: "shop", release: "1.4.2" });
    await settle();
    expect(network.batches[0]).toEqual({
      v: 1,
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      app: "shop",
      release: "1.4.2",
      session: expect.stringMatching(/^[0-9a-f]{32}$/),
      sentAt: expect.any(Number),
      events: [
        { type: "session_start", route: "/", device: "desktop", browser: expect.any(String) },
        { type: "page_view" },
      ],
    });
  });

  test("has a unique id and the next number in its session", async () => {
    const { trackAction, flush } = start();
    flush();
    trackAction("a");
    flush();
    expect(network.batches.map(({ seq = 0 }) => seq)).toEqual([0, 1]);
    expect(new Set(network.batches.map(({ id }) => id)).size).toBe(2);
  });
});

describe("a call", () => {
  test("keeps labels and attributes in one flat object", async () => {
    const { trackAction } = start();
    trackAction("add_to_cart", { category: "books", productId: 7, gift: true });
    await settle();
    expect(eventsOf("action")).toMatchObject([
      { name: "add_to_cart", details: { category: "books", productId: 7, gift: true } },
    ]);
  });

  test("sends money as the app passed it: the collector converts it to minor units", async () => {
    const { trackConversion } = start();
    trackConversion("wish", { value: 19.99, currency: "USD", item: 7 });
    trackConversion("cart_addition", 1);
    await settle();
    expect(eventsOf("conversion")).toMatchObject([
      { name: "wish", details: { value: 19.99, currency: "USD", item: 7 } },
      { name: "cart_addition", value: 1 },
    ]);
  });

  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  const odd: [what: string, value: unknown][] = [
    ["a bigint", 7n],
    ["a number", 7],
    ["null", null],
    ["undefined", undefined],
    ["a symbol", Symbol("s")],
    ["an object with a cycle", cycle],
    ["an object without a prototype", Object.create(null)],
    ["an array", [1]],
    ["a function", () => 1],
  ];

  test.each(odd)("still counts after %s instead of a string", async (_what, value) => {
    const metrics = start({ route: (path) => (path === "/odd" ? value : path) as string });
    const calls = metrics as unknown as Record<string, (...args: unknown[]) => void>;
    for (const call of ["trackPageView", "trackAction", "trackConversion", "trackFeature", "trackError"])
      calls[call]!(value, value);
    calls["measure"]!(value, 1, value);
    calls["setContext"]!(value);
    history.replaceState(null, "", "/odd");
    window.dispatchEvent(new Event("currententrychange"));
    metrics.trackAction("a");
    metrics.trackPageView("/after");
    metrics.trackAction("b");
    await settle();
    expect(eventsOf("action")).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: "a" }),
        expect.objectContaining({ name: "b" }),
      ]),
    );
  });

  test("counts an error object once, even if it is passed repeatedly", async () => {
    const { trackError } = start();
    const error = new TypeError("broken");
    trackError(error);
    trackError(error, { source: "react", componentStack: "at Cart" });
    window.dispatchEvent(new ErrorEvent("error", { error, message: "broken" }));
    await settle();
    expect(eventsOf("error")).toMatchObject([{ source: "handled", name: "TypeError", message: "broken" }]);
  });

  test("garbage never throws, and the collector rejects invalid events", async () => {
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
    const events = network.batches.flatMap((batch) => batch.events);
    expect(network.batches.map((batch) => batch.dropped)).toEqual([undefined]);
    // Any thrown value counts: an error whose name throws, null, and an object without a text.
    expect(events.filter(({ type }) => type === "error")).toHaveLength(3);
    expect(events).toContainEqual(expect.objectContaining({ type: "action", name: "fine" }));
    // The collector names them in its answer.
    expect(events.filter(({ type }) => type === "measurement")).toMatchObject([
      { type: "measurement", name: "a", value: null },
      { type: "measurement", name: "a", value: "12" },
    ]);
  });

  test("query and hash of URLs do not leave the page with an error", async () => {
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

  test("all errors of a loop are counted, five of a kind are described, and other errors are not affected", async () => {
    const { trackError, trackAction } = start();
    for (let index = 0; index < 2_000; index += 1) trackError(new Error(`fault ${index}`));
    trackAction("still counted");
    await settle();
    expect(network.counts()).toMatchObject({ error: 2_000, action: 1 });
    expect(eventsOf("error").filter((event) => "message" in event)).toHaveLength(5);
    expect(network.sent).toHaveLength(1);
  });

  test("fifty kinds of errors are described per view", async () => {
    const { trackError } = start();
    for (let kind = 0; kind < 60; kind += 1) {
      trackError(Object.assign(new Error("fault"), { stack: `Error\n    at f (app.js:${kind}:1)` }));
    }
    await settle();
    expect(network.counts()["error"]).toBe(60);
    expect(eventsOf("error").filter((event) => "message" in event)).toHaveLength(50);
  });

  test("marks errors of extensions and of opaque scripts", async () => {
    const { trackError } = start();
    trackError(
      Object.assign(new Error("theirs"), { stack: "Error\n at x (chrome-extension://abc/x.js:1:1)" }),
    );
    window.dispatchEvent(new ErrorEvent("error", { message: "Script error." }));
    await settle();
    expect(eventsOf("error")).toMatchObject([{ source: "extension" }, { source: "opaque" }]);
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
    expect(eventsOf("page_view")).toEqual([
      { type: "page_view" },
      { type: "page_view", route: "/users/1", navigation: "soft" },
      { type: "page_view", route: "/users/2", navigation: "soft" },
      { type: "page_view", route: "/users/3", navigation: "soft" },
      { type: "page_view", route: "/files/a/b", navigation: "soft" },
    ]);
  });

  test("are named by the app, and set the route of later events", async () => {
    const { trackAction } = start({ route: (path) => path.replace(/\d+/, ":id") });
    history.pushState(null, "", "/users/42");
    trackAction("look");
    await settle();
    expect(eventsOf("page_view")).toMatchObject([{}, { route: "/users/:id" }]);
    // Of the same route as the view before it.
    expect(eventsOf("action")).toEqual([{ type: "action", name: "look" }]);
  });

  test("are left to the app if it asks for that", async () => {
    const { trackPageView } = start({ pageViews: "manual" });
    history.pushState(null, "", "/users/1");
    trackPageView("/users/:id");
    await settle();
    expect(eventsOf("page_view")).toHaveLength(1);
    expect(network.events()[0]).toMatchObject({ type: "session_start", route: "/users/:id" });
  });

  test("follow the hash for routers that keep the path there", async () => {
    start({ path: hashPath });
    history.pushState(null, "", "#/users/1?tab=2");
    history.pushState(null, "", "#/users/1?tab=3");
    await settle();
    expect(eventsOf("page_view")).toEqual([
      { type: "page_view" },
      { type: "page_view", route: "/users/1", navigation: "soft" },
    ]);
  });

  test("of a restored page count, even if the app names its views", async () => {
    start({ pageViews: "manual" }).trackPageView("/cart");
    window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
    await settle();
    expect(eventsOf("page_view")).toEqual([
      { type: "page_view" },
      { type: "page_view", navigation: "bfcache" },
    ]);
  });
});

describe("a prerendered page", () => {
  test("counts when the user sees it, as prerendered", async () => {
    Object.defineProperty(document, "prerendering", { value: true, configurable: true });
    const { trackAction, setConsent } = start();
    trackAction("early");
    setConsent("granted");
    await settle();
    expect(network.sent).toEqual([]);
    Reflect.deleteProperty(document, "prerendering");
    vi.spyOn(performance, "getEntriesByType").mockReturnValue([{ activationStart: 1 } as never]);
    document.dispatchEvent(new Event("prerenderingchange"));
    await settle();
    vi.mocked(performance.getEntriesByType).mockRestore();
    expect(eventsOf("action")).toHaveLength(1);
    expect(eventsOf("page_view")).toEqual([{ type: "page_view", navigation: "prerender" }]);
  });
});

/** A click as a user makes it: of a script's own the browser says so. */
function click(element: Element): void {
  const event = new MouseEvent("click", { bubbles: true, composed: true, detail: 1 });
  Object.defineProperty(event, "isTrusted", { value: true });
  element.dispatchEvent(event);
}

describe("clicks", () => {
  test("are named by the closest data-rum, and nothing else of the element is read", async () => {
    start();
    document.body.innerHTML = `
      <button data-rum="buy"><span id="secret-id">Secret text</span></button>
      <button id="unnamed">Secret too</button>`;
    click(document.getElementById("secret-id")!);
    click(document.getElementById("unnamed")!);
    await settle();
    expect(eventsOf("click")).toEqual([
      { type: "click", name: "buy" },
      { type: "click", name: "tag:button" },
    ]);
    expect(JSON.stringify(network.batches)).not.toMatch(/secret/i);
  });

  test("count although the app stops their propagation", async () => {
    start();
    document.body.innerHTML = '<button data-rum="buy">Buy</button>';
    const button = document.querySelector("button")!;
    button.addEventListener("click", (event) => event.stopPropagation());
    click(button);
    await settle();
    expect(eventsOf("click")).toHaveLength(1);
  });
});

test("clicks by script do not count", async () => {
  start();
  document.body.innerHTML = "<label>Name <input type=checkbox></label><button>Buy</button>";
  document.querySelector("button")!.click();
  document.querySelector("label")!.click();
  await settle();
  expect(eventsOf("click")).toEqual([]);
});

describe("uncaught errors", () => {
  test("are separate from rejections", async () => {
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
  const sessions = (): number => new Set(network.batches.map(({ session }) => session)).size;

  test("is shared by two clients of a page with one collector", async () => {
    start();
    start();
    await settle();
    expect(sessions()).toBe(1);
    expect(eventsOf("session_start")).toHaveLength(1);
  });

  test("belongs to one collector: each has separate numbers, across pages of the tab", async () => {
    for (const url of ["/a/collect", "/b/collect", "/b/collect", "/a/collect"]) start({ url }).stop();
    expect(sessions()).toBe(2);
    for (const url of ["/a/collect", "/b/collect"]) {
      const sent = network.sent.filter((request) => request.url === url).map(({ body }) => JSON.parse(body));
      expect(sent.map(({ seq = 0 }: { seq?: number }) => seq)).toEqual([0, 1]);
    }
  });

  test("continues across pages of the tab", async () => {
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
  test("pending events are sent when the page is hidden, by a request with a response", () => {
    const { trackAction } = start();
    trackAction("last");
    hide();
    expect(network.sent).toMatchObject([{ by: "fetch", init: { keepalive: true } }]);
    expect(counted()).toEqual({ session_start: 1, page_view: 1, action: 1 });
  });

  test("nothing is sent if nothing is pending", () => {
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
  test("sends pending events, undoes everything, and makes every call a no-op", async () => {
    const before = [history.pushState, history.replaceState];
    const metrics = start();
    expect(history.pushState).not.toBe(before[0]);
    metrics.stop();
    expect([history.pushState, history.replaceState]).toEqual(before);
    expect(counted()).toEqual({ session_start: 1, page_view: 1 });
    metrics.trackAction("late");
    history.pushState(null, "", "/late");
    window.dispatchEvent(new ErrorEvent("error", { message: "late" }));
    await settle();
    expect(network.sent).toHaveLength(1);
  });

  test("of one of two clients does not affect the other, in either order", async () => {
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
    expect(counted()).toEqual({ session_start: 1, page_view: 1, action: 1 });
  });
});

describe("start: false", () => {
  test("has no side effect until start, and keeps earlier calls", async () => {
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
    expect(counted()).toEqual({ session_start: 1, page_view: 1, action: 1 });
  });
});

test("options can be null", () => {
  expect(() => running.push(createMetrics(null))).not.toThrow();
});

describe("consent", () => {
  const withheld = (): number =>
    network.batches.reduce((sum, { dropped }) => sum + (dropped?.consent ?? 0), 0);

  test("that is unknown gathers in memory, and a grant sends it", async () => {
    const { trackAction, setConsent } = start({ consent: "unknown" });
    trackAction("early");
    await settle();
    expect([network.sent, sessionStorage.length, localStorage.length]).toEqual([[], 0, 0]);
    setConsent("granted");
    await settle();
    expect(counted()).toEqual({ session_start: 1, page_view: 1, action: 1 });
  });

  test("that is denied records and stores nothing, and a grant reports how much was withheld", async () => {
    const { trackAction, setConsent } = start({ consent: "denied" });
    trackAction("never");
    await settle();
    expect([network.sent, sessionStorage.length]).toEqual([[], 0]);
    setConsent("granted");
    trackAction("now");
    await settle();
    expect(eventsOf("action")).toEqual([{ type: "action", name: "now" }]);
    expect(withheld()).toBe(2);
  });

  test("that is withdrawn deletes pending events and the session, and a grant reports how much was withheld", async () => {
    network.answers.push("refused", "refused");
    const { trackAction, setConsent, flush } = start({
      sources: [funnels({ routes: ["/"], funnels: { a: ["page_view:/"] } })],
    });
    await vi.advanceTimersByTimeAsync(0);
    trackAction("stored");
    flush();
    await vi.advanceTimersByTimeAsync(0);
    trackAction("waiting");
    expect([sessionStorage.length, localStorage.length]).toEqual([2, 1]);
    const tries = network.sent.length;
    setConsent("denied");
    expect([sessionStorage.length, localStorage.length]).toEqual([0, 0]);
    trackAction("not agreed");
    hide();
    await vi.advanceTimersByTimeAsync(200_000_000);
    expect([network.sent.length, sessionStorage.length, localStorage.length]).toEqual([tries, 0, 0]);
    setConsent("granted");
    trackAction("agreed");
    await settle();
    expect(network.batches.at(-1)?.events.filter(({ type }) => type === "action")).toEqual([
      { type: "action", name: "agreed" },
    ]);
    // The start of the session, the view, the step of the funnel and three actions.
    expect(network.batches.at(-1)?.dropped?.consent).toBe(6);
  });

  test("that is withdrawn from a stopped client deletes what is stored, and a grant stores nothing", async () => {
    network.answers.push("refused", "refused");
    const { trackAction, setConsent, flush, stop } = start();
    await vi.advanceTimersByTimeAsync(0);
    flush();
    await vi.advanceTimersByTimeAsync(0);
    trackAction("stored");
    stop();
    expect([sessionStorage.length, localStorage.length]).not.toEqual([0, 0]);
    setConsent("denied");
    expect([sessionStorage.length, localStorage.length]).toEqual([0, 0]);
    setConsent("granted");
    trackAction("stopped");
    flush();
    await settle();
    expect([sessionStorage.length, localStorage.length]).toEqual([0, 0]);
    expect(JSON.stringify(network.batches)).not.toContain("stopped");
  });

  test("that is denied at the start deletes data of an earlier visit", async () => {
    localStorage["rumkit.batch /collect 0"] = "{}";
    sessionStorage["rumkit.session/collect"] = "{}";
    const { setConsent } = start();
    setConsent("denied");
    await settle();
    expect([network.sent, sessionStorage.length, localStorage.length]).toEqual([[], 0, 0]);
  });

  test("is denied by Global Privacy Control, unless the app passes the user's decision", async () => {
    Object.defineProperty(navigator, "globalPrivacyControl", { value: true, configurable: true });
    start();
    await settle();
    expect(network.sent).toEqual([]);
    start({ consent: "granted" });
    await settle();
    expect(network.sent).toHaveLength(1);
    Reflect.deleteProperty(navigator, "globalPrivacyControl");
  });
});

describe("sampling", () => {
  test("lets a session report completely or not at all, and sends the rate", async () => {
    let reporting = 0;
    for (let index = 0; index < 400; index += 1) {
      sessionStorage.clear();
      const { trackAction, flush, stop } = start({ sampleRate: 0.25 });
      const before = network.sent.length;
      trackAction("a");
      flush();
      trackAction("b");
      stop();
      // Answers free the room for the next requests.
      await vi.advanceTimersByTimeAsync(0);
      const sent = network.sent.length - before;
      expect([0, 2]).toContain(sent);
      reporting += sent / 2;
      history.replaceState(null, "", "/");
    }
    // 400 draws at a quarter: within five standard deviations (8.7).
    expect(Math.abs(reporting - 100)).toBeLessThan(44);
    expect(new Set(network.batches.map(({ rate }) => rate))).toEqual(new Set([0.25]));
  });
});

describe("beforeSend", () => {
  test("may change or discard an event, which is counted; if it throws, the event is dropped", async () => {
    const { trackAction } = start({
      beforeSend(event) {
        if (event.type !== "action") return true;
        if (event.name === "broken") throw new Error("fault");
        event.name = event.name.toUpperCase();
        return event.name !== "SECRET";
      },
    });
    for (const name of ["kept", "secret", "broken"]) trackAction(name);
    await settle();
    expect(eventsOf("action")).toEqual([{ type: "action", name: "KEPT" }]);
    expect(network.batches[0]?.dropped).toEqual({ filtered: 1, invalid: 1 });
  });
});

describe("setContext", () => {
  test("is added to every batch from then on, and is replaced by the next call", async () => {
    const { setContext, trackAction, flush } = start();
    setContext({ plan: "gold", nothing: null, nested: {} as never });
    flush();
    setContext({ plan: "free" });
    trackAction("a");
    flush();
    expect(network.batches.map(({ context }) => context)).toEqual([{ plan: "gold" }, { plan: "free" }]);
  });
});

describe("data over the limits of the collector", () => {
  const keys = (count: number, value: string | number = 1): Record<string, string | number> =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, value]));
  const whole = (value: object): number => JSON.stringify(value).length;

  test.each([
    ["too many keys", keys(40)],
    ["a value of 100 kB", { cart: "x".repeat(100_000), plan: "gold" }],
    ["32 values of 2 kB", keys(32, "x".repeat(2_000))],
  ])("in a context or in details, %s, is cut and said once, and everything counts", async (_what, rich) => {
    const { setContext, trackAction } = start();
    setContext(rich);
    trackAction("a", rich);
    trackAction("b");
    await settle();
    expect(eventsOf("action")).toHaveLength(2);
    const { context = {}, dropped } = network.batches.at(-1)!;
    expect(dropped).toBeUndefined();
    expect(Object.keys(context).length).toBeGreaterThan(0);
    expect(Object.keys(context).length).toBeLessThanOrEqual(MAX_DETAILS);
    expect(eventsOf("action")[0]).toHaveProperty("details", context);
    // At three bytes a unit it still fits into one request on exit.
    expect(3 * (whole(context) + 12 * 1024)).toBeLessThan(MAX_BATCH_BYTES);
    expect(vi.mocked(console.warn).mock.calls).toEqual([
      [expect.stringMatching(/^\[rumkit\] Cut to fit: \w+$/)],
    ]);
    vi.mocked(console.warn).mockClear();
  });

  test("names and keys over 128 characters are cut, with one warning; a URL is not a name", async () => {
    const long = "n".repeat(MAX_NAME + 1);
    const { trackAction, trackConversion, trackFeature, measure, setContext } = start({
      sources: [(page) => page.record({ type: "api_call", name: `/${long}`, value: 1 })],
    });
    trackAction(long, { [long]: 1, plan: "gold" });
    trackConversion(long);
    trackFeature(long);
    measure(long, 1);
    setContext({ [long]: 1, plan: "gold" });
    await settle();
    const cut = "n".repeat(MAX_NAME);
    for (const type of ["action", "conversion", "feature", "measurement"])
      expect(eventsOf(type)).toMatchObject([{ name: cut }]);
    expect(eventsOf("action")).toMatchObject([{ details: { plan: "gold" } }]);
    expect(Object.keys((eventsOf("action")[0] as { details: object }).details)).toEqual(["plan"]);
    expect(network.batches[0]?.context).toEqual({ plan: "gold" });
    expect(eventsOf("api_call")).toMatchObject([{ name: `/${long}` }]);
    expect(vi.mocked(console.warn).mock.calls).toEqual([
      [expect.stringMatching(/^\[rumkit\] Cut to fit: n+$/)],
    ]);
    vi.mocked(console.warn).mockClear();
  });
});

test("a toJSON that another library adds to arrays and strings has no effect", async () => {
  const prototypes = [Array.prototype, String.prototype] as { toJSON?: () => string }[];
  for (const prototype of prototypes) prototype.toJSON = () => "replaced";
  onTestFinished(() => prototypes.forEach((prototype) => delete prototype.toJSON));
  const { trackAction, flush } = start();
  trackAction("a", { plan: "gold" });
  flush();
  expect(eventsOf("action")).toEqual([{ type: "action", name: "a", details: { plan: "gold" } }]);
});

test("a value that JSON cannot represent loses only itself", async () => {
  const { setContext, trackAction } = start();
  setContext({ user: Symbol("x") as never, plan: "gold" });
  trackAction("buy", { id: Number.NaN, symbol: Symbol("x") as never, ok: true });
  await settle();
  expect(eventsOf("action")).toEqual([{ type: "action", name: "buy", details: { ok: true } }]);
  expect(network.batches[0]?.context).toEqual({ plan: "gold" });
});

test("a bigint counts exactly: in details and a context, as money, and as a measurement", async () => {
  const { setContext, trackAction, trackConversion, measure } = start({ sampleRate: 0.999_999 });
  const order = 2n ** 63n;
  setContext({ order } as never);
  trackAction("buy", { order } as never);
  trackConversion("order", { value: 10n, currency: "USD" } as never);
  trackConversion("visit", 10n as never);
  measure("size", 10n as never, { order } as never);
  await settle();
  const details = { order: "9223372036854775808" };
  expect(network.batches[0]?.context).toEqual(details);
  expect(eventsOf("action")).toEqual([{ type: "action", name: "buy", details }]);
  expect(eventsOf("conversion")).toEqual([
    { type: "conversion", name: "order", details: { value: "10", currency: "USD" } },
    { type: "conversion", name: "visit", value: 10 },
  ]);
  expect(eventsOf("measurement")).toEqual([{ type: "measurement", name: "size", value: 10, details }]);
  expect(network.batches[0]?.dropped).toBeUndefined();
});

test("a beforeSend that throws for one event does not lose events recorded with it", async () => {
  document.body.innerHTML = "<form data-rum-form=login><input></form>";
  const { trackPageView } = start({
    pageViews: "manual",
    beforeSend(event) {
      if (event.type === "form_abandon") throw new Error("fault");
    },
  });
  await vi.advanceTimersByTimeAsync(0);
  document.querySelector("input")!.dispatchEvent(new Event("input", { bubbles: true }));
  for (const route of ["/a", "/b", "/c"]) trackPageView(route);
  await settle();
  expect(eventsOf("page_view")).toHaveLength(3);
  expect(network.batches[0]?.dropped).toEqual({ invalid: 1 });
});

describe("an undelivered batch", () => {
  test("waits in storage, and is sent on the next visit with the same id", async () => {
    network.answers.push(...Array.from({ length: 3 }, () => "refused" as const));
    const { trackAction, flush } = start();
    await vi.advanceTimersByTimeAsync(0);
    trackAction("a");
    flush();
    await vi.advanceTimersByTimeAsync(0);
    const [id] = network.batches.map((batch) => batch.id);
    expect(Object.keys(localStorage)).toEqual([`rumkit.batch /collect ${id}`]);
    // The next page of the same visitor, while the first is gone without a word.
    network.answers.length = 0;
    vi.clearAllTimers();
    start();
    await settle();
    expect(network.batches.slice(1).map((batch) => batch.id)).toContain(id);
    expect(localStorage).toHaveLength(0);
  });

  test("stays in memory if storage is denied", async () => {
    vi.stubGlobal("localStorage", undefined);
    network.answers.push("refused");
    const { trackAction, flush } = start();
    trackAction("a");
    flush();
    await settle();
    expect(network.sent).toHaveLength(2);
    expect(network.batches[0]?.id).toBe(network.batches[1]?.id);
  });
});

describe("an answer", () => {
  test.each<[string, MetricsOptions]>([
    ["with debug", { debug: true }],
    ["without debug", { debug: false }],
    [
      "where onAnswer throws",
      {
        onAnswer() {
          throw new Error("of the app");
        },
      },
    ],
  ])(
    "that is not final is followed by the same batch, one that refuses by the number: %s",
    async (_title, options) => {
      network.answers.push(new Response("", { status: 503 }), new Response("{}", { status: 400 }));
      const { flush, trackAction } = start(options);
      await settle();
      trackAction("a");
      flush();
      await settle();
      const [first, again, next] = network.batches;
      expect(again).toEqual(first);
      expect(next!.dropped).toEqual({ refused: first!.events.length });
      vi.mocked(console.warn).mockClear();
    },
  );
});

describe("before the first paint", () => {
  /** Listeners that wait for a paint. */
  let paints: (() => void)[];
  /** Keys read from storage, and types of observers. */
  let touched: string[];

  beforeEach(() => {
    paints = [];
    touched = [];
    class Observer {
      static readonly supportedEntryTypes = [
        "largest-contentful-paint",
        "resource",
        "longtask",
        "layout-shift",
      ];
      readonly call: (list: object) => void;
      constructor(call: (list: object) => void) {
        this.call = call;
      }
      observe({ type }: { type: string }): void {
        if (type === "largest-contentful-paint")
          paints.push(() => this.call({ getEntries: () => [{}], getEntriesByName: () => [] }));
        else touched.push(type);
      }
      takeRecords(): [] {
        return [];
      }
      disconnect(): void {
        paints = [];
      }
    }
    vi.stubGlobal("PerformanceObserver", Observer);
    vi.stubGlobal("fetchLater", () => ({ activated: false }));
    const storage = new Proxy(sessionStorage, {
      get(target, key) {
        touched.push("storage");
        return Reflect.get(target, key) as unknown;
      },
    });
    vi.stubGlobal("sessionStorage", storage);
  });

  test("no storage is used and nothing is observed; calls count after it", async () => {
    start().trackAction("a");
    await vi.advanceTimersByTimeAsync(900);
    expect(touched).toEqual([]);
    for (const paint of paints) paint();
    expect(new Set(touched)).toEqual(new Set(["storage", "resource", "longtask", "layout-shift"]));
    await settle();
    expect(counted()).toMatchObject({ session_start: 1, page_view: 1, action: 1 });
  });

  test("a click ends the wait, because the page may be left right afterwards", () => {
    start().trackAction("a");
    expect(touched).toEqual([]);
    document.body.click();
    expect(new Set(touched)).toEqual(new Set(["storage", "resource", "longtask", "layout-shift"]));
  });

  test("nothing waits in browsers that may stop scripts during an exit", async () => {
    vi.stubGlobal("fetchLater", undefined);
    Reflect.deleteProperty(globalThis, "fetchLater");
    start().trackAction("a");
    expect(touched).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(new Set(touched)).toEqual(new Set(["storage", "resource", "longtask", "layout-shift"]));
  });

  test("everything starts after a second without a paint", async () => {
    start().trackAction("a");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(new Set(touched)).toEqual(new Set(["storage", "resource", "longtask", "layout-shift"]));
    await settle();
    expect(counted()).toMatchObject({ session_start: 1, page_view: 1, action: 1 });
  });

  test.each(["pagehide", "visibilitychange"])("a %s sends the view and calls immediately", (type) => {
    start().trackAction("a");
    if (type === "pagehide") window.dispatchEvent(new Event(type));
    else hide();
    expect(network.batches).toHaveLength(1);
    expect(counted()).toMatchObject({ session_start: 1, page_view: 1, action: 1 });
  });

  test("events that sources report on an exit are sent with it, whether they started before or start by it", async () => {
    document.body.innerHTML = '<form data-rum-form="a"><input></form>';
    for (const wait of [0, 2_000]) {
      const before = network.batches.length;
      const metrics = start();
      document.querySelector("input")!.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
      await vi.advanceTimersByTimeAsync(wait);
      window.dispatchEvent(new Event("pagehide"));
      expect(network.batches).toHaveLength(before + 1);
      expect(network.batches.at(-1)!.events.map(({ type }) => type)).toContain("form_abandon");
      // The answer: without it the batch would be sent again.
      await vi.advanceTimersByTimeAsync(0);
      metrics.stop();
    }
    const ids = network.batches.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("a conversion is sent within two seconds", async () => {
    start().trackConversion("order");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(eventsOf("conversion")).toHaveLength(1);
  });

  test("a denial deletes data of an earlier visit", async () => {
    localStorage["rumkit.batch /collect 0"] = "{}";
    start({ consent: "denied" });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(localStorage).toHaveLength(0);
  });

  test("nothing starts after a stop", async () => {
    const listen = vi.spyOn(window, "addEventListener");
    start().stop();
    listen.mockClear();
    touched = [];
    await vi.advanceTimersByTimeAsync(2_000);
    expect(listen).not.toHaveBeenCalled();
    expect(touched).toEqual([]);
    listen.mockRestore();
  });
});

describe("an option that is undefined", () => {
  const options: Record<keyof MetricsOptions, undefined> = {
    app: undefined,
    beforeSend: undefined,
    consent: undefined,
    credentials: undefined,
    debug: undefined,
    embedded: undefined,
    environment: undefined,
    ignoreUrls: undefined,
    onAnswer: undefined,
    pageViews: undefined,
    path: undefined,
    release: undefined,
    route: undefined,
    sampleRate: undefined,
    sources: undefined,
    start: undefined,
    url: undefined,
  };

  test.each(Object.keys(options))("is the same as a missing one: %s", async (name) => {
    vi.stubGlobal("location", { hostname: "localhost", pathname: "/" });
    network.answers.push(
      Response.json({ accepted: 1, rejected: [{ index: 0, code: "unknown_name", message: `no ${name}` }] }),
    );
    const { trackAction } = start({ [name]: undefined });
    trackAction("a");
    await settle();
    expect(network.batches).toHaveLength(1);
    expect(Object.keys(network.batches[0]!).toSorted()).toEqual(["events", "id", "sentAt", "session", "v"]);
    expect(counted()).toEqual({ session_start: 1, page_view: 1, action: 1 });
    expect(console.warn).toHaveBeenCalledExactlyOnceWith(`[rumkit] no ${name}`);
    vi.mocked(console.warn).mockClear();
  });
});

describe("debug", () => {
  const refused = (...messages: string[]): Response =>
    Response.json({
      accepted: 1,
      rejected: messages.map((message, index) => ({ index, code: "unknown_name", message })),
    });

  /** The sentences on the console so far. */
  function said(): unknown[] {
    const calls = vi.mocked(console.warn).mock.calls.map(([sentence]) => sentence as unknown);
    vi.mocked(console.warn).mockClear();
    return calls;
  }

  test("prints each message of the collector once", async () => {
    network.answers.push(refused("first fault", "second fault"), refused("first fault", "third fault"));
    const { trackAction, flush } = start({ debug: true });
    await settle();
    trackAction("a");
    flush();
    await settle();
    expect(said()).toEqual(["[rumkit] first fault", "[rumkit] second fault", "[rumkit] third fault"]);
  });

  test("prints why a whole batch was rejected, whether it is sent again or not", async () => {
    const error = (code: string, status: number): Response =>
      Response.json({ error: { code, message: `message of ${code}` } }, { status });
    network.answers.push(error("rate_limited", 429), error("unknown_app", 403));
    start({ debug: true });
    await settle();
    expect(said()).toEqual(["[rumkit] message of rate_limited", "[rumkit] message of unknown_app"]);
  });

  test.each([
    ["nothing", new Response("", { status: 404 }), 404],
    ["a page", new Response("<!doctype html>", { headers: { "content-type": "text/html" } }), 200],
    ["JSON of another program", Response.json({ message: "Route not found" }, { status: 404 }), 404],
    ["a server of files", new Response("Method Not Allowed", { status: 405 }), 405],
  ])("asks where the collector is if %s answers, and once", async (_what, answer, status) => {
    const url = `/collect/${status}/${_what.length}`;
    network.answers.push(answer, answer.clone());
    const { trackAction, flush } = start({ debug: true, url });
    await settle();
    trackAction("a");
    flush();
    await settle();
    expect(said()).toEqual([`[rumkit] POST ${url}: ${status}. Check url`]);
  });

  test.each(["localhost", "shop.localhost", "127.0.0.1", "[::1]"])(
    "is on at %s, and can be switched off",
    async (host) => {
      vi.stubGlobal("location", { hostname: host, pathname: "/" });
      network.answers.push(refused(`at ${host}`), refused(`off at ${host}`));
      start().flush();
      await vi.advanceTimersByTimeAsync(0);
      expect(said()).toEqual([`[rumkit] at ${host}`]);
      start({ debug: false }).flush();
      await settle();
      expect(said()).toEqual([]);
    },
  );

  test.each([
    "shop.example",
    "localhost.example",
    "mylocalhost",
    "127.shop.example",
    "::1.example",
    "128.0.0.1",
  ])("is off at %s, and can be switched on", async (host) => {
    vi.stubGlobal("location", { hostname: host, pathname: "/" });
    network.answers.push(refused(`off at ${host}`), refused(`at ${host}`));
    start().flush();
    await vi.advanceTimersByTimeAsync(0);
    expect(said()).toEqual([]);
    start({ debug: true }).flush();
    await settle();
    expect(said()).toEqual([`[rumkit] at ${host}`]);
  });

  test("prints nothing if the network is down, because the browser does", async () => {
    network.answers.push("refused");
    start({ debug: true });
    await settle();
    expect(said()).toEqual([]);
  });
});
