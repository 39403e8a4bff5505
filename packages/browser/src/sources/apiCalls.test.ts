/** The patches, between an app and a `fetch` or `XMLHttpRequest` that stand for the browser's. */
import type { ApiCallEvent } from "@rumkit/protocol";
import { afterEach, beforeEach, describe, expect, type Mock, onTestFinished, test, vi } from "vitest";
import { type Network, recordNetwork } from "../../../../test/support/pageNetwork.ts";
import { createMetrics } from "../start/createMetrics.ts";
import type { Metrics, MetricsOptions } from "../contract/metrics.ts";
import type { SourceContext } from "../contract/source.ts";
import { apiCalls, type ApiCallsOptions } from "./apiCalls.ts";

let network: Network;
let metrics: Metrics | undefined;
let native: Mock<(...args: unknown[]) => unknown>;

beforeEach(() => {
  vi.useFakeTimers();
  network = recordNetwork();
  sessionStorage.clear();
  const send = window.fetch;
  native = vi.fn(async () => new Response("{}"));
  // The client's own requests are the network's, all others the browser's.
  vi.stubGlobal("fetch", function (this: unknown, ...args: unknown[]) {
    return args[0] === "/collect" ? send(...(args as Parameters<typeof fetch>)) : native.apply(this, args);
  });
});
afterEach(() => {
  metrics?.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function start(given?: ApiCallsOptions, options: MetricsOptions = {}): void {
  metrics = createMetrics({ ...options, sources: [apiCalls(given)] });
}

const TRACED: ApiCallsOptions = { traceOrigins: [location.origin, "https://api.shop.example"] };

async function calls(): Promise<object[]> {
  await vi.advanceTimersByTimeAsync(6_000);
  return network
    .events()
    .filter(({ type }) => type === "api_call")
    .map((event) => {
      const { type: _type, route: _route, value: _value, ...rest } = event as ApiCallEvent;
      return rest;
    });
}

/** Headers that the browser got with the call. */
function sentHeaders(call = 0): Headers {
  return new Headers((native.mock.calls[call]![1] as RequestInit | undefined)?.headers);
}

describe("fetch without traced origins", () => {
  class Options {
    readonly #method = "PUT";
    get method(): string {
      return this.#method;
    }
  }
  const inputs: [what: string, args: unknown[]][] = [
    ["an address", ["/api/a"]],
    ["a URL", [new URL("https://other.example/api")]],
    ["a Request", [new Request("https://other.example/api", { method: "POST", body: "x" })]],
    ["a Request and options", [new Request("https://other.example/api"), { method: "DELETE" }]],
    ["a Request of a polyfill", [{ url: "/api/a", method: "PATCH", headers: [["a", "b"]] }]],
    ["an object with an address as text", [{ toString: () => "/api/a" }]],
    ["a stream as body", ["/api/a", { method: "POST", body: new ReadableStream(), duplex: "half" }]],
    ["hints", ["/api/a", { keepalive: true, priority: "high", cache: "no-store", credentials: "include" }]],
    ["options with a prototype", ["/api/a", new Options()]],
    ["headers that can be read once", ["/api/a", { headers: [["a", "b"]].values() }]],
    ["more arguments than it has", ["/api/a", undefined, { next: 1 }]],
    ["null as options", ["/api/a", null]],
    ["nothing", []],
    ["a symbol", [Symbol("none")]],
    ["an invalid URL", ["http://"]],
  ];

  test.each(inputs)("forwards %s unchanged", async (_what, args) => {
    start();
    await (fetch as (...same: unknown[]) => Promise<Response>)(...args);
    expect(native.mock.calls).toEqual([args]);
    native.mock.calls[0]!.forEach((got: unknown, index: number) => expect(got).toBe(args[index]));
  });

  test("keeps `this`", () => {
    start();
    const owner = {};
    void fetch.call(owner as typeof globalThis, "/api/a");
    expect(native.mock.contexts).toEqual([owner]);
  });

  test("reads no options that throw, and leaves an iterator of headers to the browser", async () => {
    start();
    const headers = [["a", "b"]].values();
    await fetch("/api/a", { headers: headers as unknown as HeadersInit });
    expect([...headers]).toEqual([["a", "b"]]);
    const faulty = {
      get method(): string {
        throw new Error("fault of the app");
      },
    };
    await fetch("/api/a", faulty);
    expect(native.mock.calls[1]![1]).toBe(faulty);
  });

  test("rejects as before, so that a forgotten `catch` is noticed once", async () => {
    start();
    const fault = new TypeError("Failed to fetch");
    native.mockImplementation(() => Promise.reject(fault));
    await expect(fetch("/api/a")).rejects.toBe(fault);
    native.mockImplementation(() => {
      throw fault;
    });
    expect(() => fetch("/api/a")).toThrow(fault);
  });

  test("returns what another library returns: a thenable, a promise with more, nothing at all", async () => {
    start();
    const response = new Response("{}", { status: 201 });
    // oxlint-disable-next-line unicorn/no-thenable -- what some libraries return
    const thenable = { then: (take: (value: Response) => void) => take(response), cancel: () => {} };
    native.mockReturnValueOnce(thenable);
    expect(fetch("/api/thenable")).toBe(thenable);
    const abort = (): void => {};
    native.mockReturnValueOnce(Object.assign(Promise.resolve(response), { abort }));
    const extended = fetch("/api/extended") as Promise<Response> & { abort: unknown };
    expect([await extended, extended.abort]).toEqual([response, abort]);
    class Own<Value> extends Promise<Value> {}
    native.mockReturnValueOnce(Own.resolve(response));
    expect(fetch("/api/own")).toBeInstanceOf(Own);
    native.mockReturnValueOnce(undefined);
    expect(fetch("/api/none")).toBeUndefined();
    expect(await calls()).toMatchObject([
      { name: "/api/thenable", status: 201 },
      { name: "/api/extended", status: 201 },
      { name: "/api/own", status: 201 },
    ]);
  });

  test("counts by method and outcome, without a status if the browser hides it", async () => {
    start();
    await fetch("/api/a", { method: "post" });
    await fetch(new Request(`${location.origin}/api/b`, { method: "DELETE" }));
    const hidden = new Response("{}");
    Object.defineProperty(hidden, "status", { value: 0 });
    native.mockResolvedValueOnce(hidden);
    await fetch("/api/opaque");
    const aborted = new AbortController();
    aborted.abort("the user typed on");
    for (const [fault, init] of [
      [new DOMException("", "AbortError")],
      [new DOMException("", "TimeoutError")],
      ["the user typed on", { signal: aborted.signal }],
      [new TypeError("Failed to fetch"), { signal: new AbortController().signal }],
    ] as [unknown, RequestInit?][]) {
      native.mockRejectedValueOnce(fault);
      await fetch("/api/c", init).catch(() => {});
    }
    expect(await calls()).toEqual([
      { name: "/api/a", method: "POST", status: 200 },
      { name: "/api/b", method: "DELETE", status: 200 },
      { name: "/api/opaque", method: "GET" },
      { name: "/api/c", method: "GET", failure: "abort", count: 2 },
      { name: "/api/c", method: "GET", failure: "timeout" },
      { name: "/api/c", method: "GET", failure: "network" },
    ]);
  });
});

describe("requests that are pending when the user leaves", () => {
  test.each(["beforeunload", "pagehide"])("are not network failures after %s", async (type) => {
    start();
    let fail = (_fault: unknown): void => {};
    native.mockReturnValueOnce(new Promise((_resolve, reject) => (fail = reject)));
    const pending = fetch("/api/slow").catch(() => {});
    window.dispatchEvent(new Event(type));
    fail(new TypeError("NetworkError when attempting to fetch resource."));
    await pending;
    expect(await calls()).toEqual([{ name: "/api/slow", method: "GET", failure: "abort" }]);
  });

  test("are network failures if a library's `fetch` throws while the user stays", async () => {
    start();
    const fault = new TypeError("of the library");
    native.mockImplementationOnce(() => {
      throw fault;
    });
    expect(() => fetch("/api/a")).toThrow(fault);
    expect(await calls()).toEqual([{ name: "/api/a", method: "GET", failure: "network" }]);
  });

  test("are network failures if they fail while the user stays", async () => {
    start();
    const pending = fetch("/api/a");
    window.dispatchEvent(new Event("beforeunload"));
    await pending;
    await vi.advanceTimersByTimeAsync(2_000);
    native.mockRejectedValueOnce(new TypeError("Failed to fetch"));
    await fetch("/api/b").catch(() => {});
    expect(await calls()).toMatchObject([{ name: "/api/a" }, { name: "/api/b", failure: "network" }]);
  });
});

describe("trace context", () => {
  test("goes to no origin by default", async () => {
    start();
    await fetch("/api/a");
    expect([...sentHeaders().keys()]).toEqual([]);
  });

  test("is added to requests to the given origins, which otherwise stay unchanged", async () => {
    start(TRACED);
    const signal = new AbortController().signal;
    await fetch("/api/a", { method: "POST", body: "x", headers: { a: "b" }, keepalive: true, signal });
    const init = native.mock.calls[0]![1] as RequestInit;
    expect(init).toMatchObject({ method: "POST", body: "x", keepalive: true });
    expect(init.signal).toBe(signal);
    expect(sentHeaders().get("a")).toBe("b");
    expect(sentHeaders().get("traceparent")).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    await fetch("https://other.example/api");
    expect(sentHeaders(1).has("traceparent")).toBe(false);
  });

  test("does not replace headers of the app", async () => {
    start(TRACED);
    const headers = new Headers({ traceparent: "of-the-app", baggage: "user=1" });
    await fetch("/api/a", { headers });
    expect(Object.fromEntries(sentHeaders())).toEqual({ traceparent: "of-the-app", baggage: "user=1" });
    const request = new Request("https://api.shop.example/", { headers: { authorization: "Bearer 1" } });
    await fetch(request);
    expect(native.mock.calls[1]![0]).toBe(request);
    expect(sentHeaders(1).get("authorization")).toBe("Bearer 1");
    expect(sentHeaders(1).has("traceparent")).toBe(true);
    expect(request.headers.has("traceparent")).toBe(false);
  });

  test("is not added to options that cannot be copied", async () => {
    start(TRACED);
    class Options {
      readonly #method = "PUT";
      get method(): string {
        return this.#method;
      }
    }
    const init = new Options();
    await fetch("/api/a", init);
    expect(native.mock.calls[0]![1]).toBe(init);
  });

  test.each([
    [1e-9, "00"],
    [0.999_999_999, "01"],
  ])("of a session with the rate %d has the flag %s, from the first call", async (sampleRate, flag) => {
    start(TRACED, { sampleRate });
    await fetch("/api/a");
    expect(sentHeaders().get("traceparent")).toMatch(new RegExp(`-${flag}$`));
  });

  test("is not sampled before a session starts, if there is a sample rate", async () => {
    start(TRACED, { sampleRate: 0.5, consent: "unknown" });
    await fetch("/api/a");
    expect(sentHeaders().get("traceparent")).toMatch(/-00$/);
  });
});

describe("excluded requests", () => {
  test.each([
    ["/about?_rsc=1abcd", {}],
    ["/about", { headers: { RSC: "1" } }],
    ["/about", { headers: new Headers({ "Next-Router-Prefetch": "1" }) }],
    ["/about", { headers: [["Purpose", "prefetch"]] }],
    ["/about", { headers: { "Sec-Purpose": "prefetch;prerender" } }],
    ["/_next/data/build/about.json", {}],
    ["/about?index&_data=routes%2Fabout", {}],
    ["/about.data?_routes=root", {}],
    ["/about/__data.json?x-sveltekit-invalidated=01", {}],
    ["/about/_payload.json?4f2a", {}],
    ["/health", {}],
    ["https://maps.example/tile?x=1", {}],
  ] as [string, RequestInit][])("a request of %s %o does not count", async (address, init) => {
    start(undefined, { ignoreUrls: [/\/health$/, /^https:\/\/maps\.example\//g] });
    await fetch(address, init);
    await fetch(address, init);
    expect(native).toHaveBeenCalledTimes(2);
    expect(await calls()).toEqual([]);
  });

  test.each([
    ["/about", { method: "POST", headers: { "Next-Action": "7f" } }],
    ["/orders.data", { method: "POST" }],
    ["/orders?_data=routes%2Forders", { method: "post" }],
    ["/api/rsc", {}],
    ["/api/data", {}],
    ["/api/database?purpose=prefetch", {}],
    ["/healthy", {}],
  ] as [string, RequestInit][])("a request of %s %o counts", async (address, init) => {
    start(undefined, { ignoreUrls: [/\/health$/] });
    await fetch(address, init);
    expect(await calls()).toHaveLength(1);
  });
});

describe("XMLHttpRequest", () => {
  /** Answers when the test says so, and throws like the browser where it is synchronous. */
  class Native extends EventTarget {
    status = 0;
    readonly seen: unknown[][] = [];
    open(...args: unknown[]): string {
      this.seen.push(["open", ...args]);
      return "opened";
    }
    setRequestHeader(...args: unknown[]): void {
      this.seen.push(args);
    }
    send(...args: unknown[]): void {
      this.seen.push(["send", ...args]);
      if (
        this.seen.filter(([name]) => name === "send").length >
        this.seen.filter(([name]) => name === "open").length
      )
        throw new DOMException("already sent", "InvalidStateError");
      if (this.seen[0]![3] === false && this.seen[0]![2] === "/api/down") throw new Error("NetworkError");
    }
    end(type: string, status = 0): void {
      this.status = status;
      this.dispatchEvent(new Event(type));
    }
  }

  beforeEach(() => {
    // Each test patches a separate prototype.
    vi.stubGlobal("XMLHttpRequest", class extends Native {});
  });

  const create = (): Native => new XMLHttpRequest() as unknown as Native;

  test("gets the same arguments, and nothing more", async () => {
    start();
    const request = create();
    const url = new URL("/api/a", location.href);
    expect(request.open("GET", url)).toBe("opened");
    request.setRequestHeader("A", "b");
    request.send();
    request.end("load", 200);
    expect(request.seen).toEqual([["open", "GET", url], ["A", "b"], ["send"]]);
    expect(await calls()).toEqual([{ name: "/api/a", method: "GET", status: 200 }]);
  });

  test("counts once per end if the object is opened repeatedly, even if the previous request never ended", async () => {
    start();
    const request = create();
    request.open("GET", "/api/given-up");
    request.send();
    for (const name of ["/api/a", "/api/b"]) {
      request.open("GET", name);
      request.send();
      request.end("load", 204);
      request.end("load", 500);
    }
    for (const type of ["error", "abort", "timeout"]) {
      request.open("GET", "/api/c");
      request.send();
      request.end(type);
    }
    expect(await calls()).toEqual([
      { name: "/api/a", method: "GET", status: 204 },
      { name: "/api/b", method: "GET", status: 204 },
      { name: "/api/c", method: "GET", failure: "network" },
      { name: "/api/c", method: "GET", failure: "abort" },
      { name: "/api/c", method: "GET", failure: "timeout" },
    ]);
  });

  test("throws as before and counts if a synchronous request fails", async () => {
    start();
    const request = create();
    request.open("GET", "/api/down", false);
    expect(() => request.send()).toThrow("NetworkError");
    expect(await calls()).toEqual([{ name: "/api/down", method: "GET", failure: "network" }]);
  });

  test("throws as before if it is sent twice, and counts once, with its answer", async () => {
    start(TRACED);
    const request = create();
    request.open("GET", "/api/a");
    request.send();
    expect(() => request.send()).toThrow("already sent");
    request.end("load", 200);
    expect(request.seen.map(([name]) => name)).toEqual(["open", "traceparent", "send", "send"]);
    expect(await calls()).toEqual([{ name: "/api/a", method: "GET", status: 200 }]);
  });

  test("keeps trace headers of the app, whatever their case", () => {
    start(TRACED);
    const request = create();
    request.open("GET", "/api/a");
    request.setRequestHeader("TraceParent", "of-the-app");
    request.send();
    expect(request.seen.map(([name]) => name)).toEqual(["open", "TraceParent", "send"]);
  });
});

test("where the page's `fetch` cannot be replaced, the browser's timings count, and requests work", () => {
  const { fetch } = window;
  Object.defineProperty(window, "fetch", { value: fetch, writable: false, configurable: true });
  onTestFinished(() => {
    Object.defineProperty(window, "fetch", { value: fetch, writable: true, configurable: true });
  });
  let page: SourceContext | undefined;
  metrics = createMetrics({ sources: [(context) => void (page = context), apiCalls()] });
  expect(page!.hooks.seesCalls).toBeFalsy();
  expect(window.fetch).toBe(fetch);
});
