/** Any thrown value counts once, and errors that are not faults of the app count separately. */
import type { ErrorEvent as WireError } from "@rumkit/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Network, recordNetwork } from "../../../../test/support/pageNetwork.ts";
import { createMetrics } from "../start/createMetrics.ts";
import { createMetricsWith } from "../client/createMetricsWith.ts";
import type { Metrics } from "../contract/metrics.ts";
import { consoleErrors } from "./consoleErrors.ts";
import { earlyErrors, earlySnippet } from "./earlyErrors.ts";
import { errors } from "./errors.ts";
import { errorKinds } from "./errorKinds.ts";

let network: Network;
let metrics: Metrics;

beforeEach(() => {
  vi.useFakeTimers();
  network = recordNetwork();
  sessionStorage.clear();
  localStorage.clear();
  metrics = createMetrics({ sources: [] });
});
afterEach(() => {
  metrics.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
  delete (globalThis as { rumEarly?: unknown }).rumEarly;
});

async function reported(): Promise<WireError[]> {
  await vi.advanceTimersByTimeAsync(6_000);
  return network.events().filter((event) => event.type === "error");
}

const throwing = (): never => {
  throw new Error("trap");
};
const hostile = new Proxy({}, { get: throwing, has: throwing, getPrototypeOf: throwing, ownKeys: throwing });
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();
const getter = Object.defineProperties(new Error("hidden"), {
  name: { get: throwing },
  message: { get: throwing },
  stack: { get: throwing },
});

/** Thrown values, with the name and message of their events. */
const THROWN: [title: string, thrown: unknown, name: string, message: unknown][] = [
  ["an error", new RangeError("far"), "RangeError", "far"],
  ["undefined", undefined, "Error", expect.any(String)],
  ["null", null, "Error", expect.any(String)],
  ["a text", "text", "Error", "text"],
  ["an empty text", "", "Error", ""],
  ["a number", 0, "Error", "0"],
  ["NaN", Number.NaN, "Error", "NaN"],
  ["a bigint", 1n, "Error", "1"],
  ["false", false, "Error", "false"],
  ["a symbol", Symbol("s"), "Error", "Symbol(s)"],
  ["a function", () => 1, expect.any(String), "() => 1"],
  ["an object", { code: 7 }, "Error", "[object Object]"],
  ["an object like an error", { name: "HttpError", message: "gone", stack: 5 }, "HttpError", "gone"],
  ["an object without prototype", Object.create(null), "Error", ""],
  ["a frozen error", Object.freeze(new Error("cold")), "Error", "cold"],
  ["a frozen object without prototype", Object.freeze(Object.create(null)), "Error", ""],
  ["a proxy whose traps throw", hostile, "Error", ""],
  ["a proxy that is revoked", revoked, "Error", ""],
  ["an error whose getters throw", getter, "Error", ""],
  [
    "an error whose message is not a string",
    Object.assign(new Error("x"), { message: { toString: throwing } }),
    "Error",
    "",
  ],
  ["an error without a name", Object.assign(new Error("x"), { name: "" }), "Error", "x"],
  ["a DOMException", new DOMException("no", "NotFoundError"), "NotFoundError", "no"],
  ["an AggregateError", new AggregateError([new Error("a")], "all"), "AggregateError", "all"],
  ["an error with a cause", new Error("outer", { cause: new Error("inner") }), "Error", "outer"],
  ["an error that is its own cause", Object.assign(new Error("self"), { cause: undefined }), "Error", "self"],
  ["a promise", Promise.resolve(), "Error", "[object Promise]"],
  ["an array", [1, 2], "Error", "1,2"],
  ["a date", new Date(Number.NaN), "Error", "Invalid Date"],
  ["a huge message", new Error("m".repeat(1_000_000)), "Error", "m".repeat(2_048)],
  ["half of an emoji", "\uD83D", "Error", "\uD83D"],
];

describe.each(["uncaught", "rejection", "handled"] as const)("%s", (source) => {
  function report(thrown: unknown): void {
    if (source === "handled") metrics.trackError(thrown);
    else if (source === "uncaught")
      window.dispatchEvent(new ErrorEvent("error", { error: thrown as Error, message: "Uncaught" }));
    else window.dispatchEvent(Object.assign(new Event("unhandledrejection"), { reason: thrown }));
  }

  test.each(THROWN)("%s counts once", async (_title, thrown, name, message) => {
    expect(() => report(thrown)).not.toThrow();
    const [event, ...more] = await reported();
    expect(more).toEqual([]);
    const isAbsent = source === "uncaught" && (thrown === undefined || thrown === null);
    expect(event).toMatchObject({ source, name, message: isAbsent ? "Uncaught" : message });
    expect(network.batches.map(({ dropped }) => dropped)).toEqual([undefined]);
  });

  test("the same object counts once; an equal text counts again", async () => {
    const error = Object.freeze({ message: "same" });
    for (let times = 0; times < 3; times += 1) report(error);
    metrics.trackError(error, { source: "react" });
    report("equal");
    report("equal");
    expect((await reported()).map(({ message, count = 1 }) => [message, count])).toEqual([
      ["same", 1],
      ["equal", 2],
    ]);
  });
});

test("a huge message does not hide the place of the error", async () => {
  metrics.trackError(
    Object.assign(new Error("m".repeat(9_000)), {
      stack: `Error: ${"m".repeat(9_000)}\n    at f (app.js:1:1)`,
    }),
  );
  metrics.trackError(
    Object.assign(new Error("n".repeat(9_000)), {
      stack: `Error: ${"n".repeat(9_000)}\n    at f (app.js:1:1)`,
    }),
  );
  expect(await reported()).toHaveLength(2);
});

const at = (stack: string, name = "Error"): Error =>
  Object.assign(new Error("x"), { name, stack: `${name}: x\n${stack}` });
const APART: [title: string, source: string, thrown: unknown][] = [
  [
    "Chromium's and Firefox's observer",
    "notice",
    "ResizeObserver loop completed with undelivered notifications.",
  ],
  ["the observer of earlier Chromium and of Safari", "notice", "ResizeObserver loop limit exceeded"],
  ["an aborted request", "notice", new DOMException("signal is aborted without reason", "AbortError")],
  ["an aborted request of Safari", "notice", new DOMException("Fetch is aborted", "AbortError")],
  [
    "a play() that a pause() ended",
    "notice",
    new DOMException("The play() request was interrupted", "AbortError"),
  ],
  [
    "an aborted request of Node and of polyfills",
    "notice",
    Object.assign(new Error("Aborted"), { name: "AbortError" }),
  ],
  ["an aborted request of axios", "notice", Object.assign(new Error("canceled"), { name: "CanceledError" })],
  [
    "a scanner of links in mails",
    "notice",
    "Object Not Found Matching Id:7, MethodName:update, ParamCount:4",
  ],
  ["a cancelled query", "notice", Object.assign(new Error(""), { name: "CancelledError" })],
  ["a hidden script", "opaque", "Script error."],
  ["a hidden script of an old browser", "opaque", "Script error"],
  [
    "an extension of Chromium",
    "extension",
    at("    at f (chrome-extension://abc/inject.js:1:1)\n    at g (https://a.example/app.js:1:1)"),
  ],
  ["an extension of Firefox", "extension", at("f@moz-extension://abc/inject.js:1:1")],
  ["an extension of Safari", "extension", at("f@safari-web-extension://abc/inject.js:1:1")],
];
const ERRORS: [title: string, thrown: unknown][] = [
  [
    "the app's own that an extension called",
    at("    at f (https://a.example/app.js:1:1)\n    at g (chrome-extension://abc/inject.js:1:1)"),
  ],
  ["a message with an extension's address", new Error("no chrome-extension://abc")],
  ["a message like a notice's", new Error("The ResizeObserver loop failed")],
  ["an error of the app that names the scanner's words", new Error("Object Not Found Matching Id:7")],
  ["a rejection without an Error", "Non-Error promise rejection captured with value: x"],
  ["a timeout", new DOMException("signal timed out", "TimeoutError")],
  ["a request that failed", new TypeError("Failed to fetch")],
  ["a name like an abort's", Object.assign(new Error("x"), { name: "AbortControllerError" })],
  ["an order that was cancelled", Object.assign(new Error("x"), { name: "OrderCanceledError" })],
];

describe("errors that are not faults of the app are marked", () => {
  test.each(APART)("%s: %s", async (_title, source, thrown) => {
    if (thrown instanceof Object) {
      window.dispatchEvent(Object.assign(new Event("unhandledrejection"), { reason: thrown }));
    } else window.dispatchEvent(new ErrorEvent("error", { message: thrown as string }));
    expect((await reported()).map((event) => event.source)).toEqual([source]);
  });

  test("also beyond the limit of described errors", async () => {
    for (let times = 0; times < 20; times += 1)
      window.dispatchEvent(new ErrorEvent("error", { message: "ResizeObserver loop limit exceeded" }));
    const events = await reported();
    expect(events.map(({ source }) => source)).toEqual(events.map(() => "notice"));
    expect(events.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(20);
  });

  test.each(ERRORS)("%s stays an error", async (_title, thrown) => {
    window.dispatchEvent(new ErrorEvent("error", { error: thrown as Error, message: "Uncaught" }));
    expect((await reported()).map(({ source }) => source)).toEqual(["uncaught"]);
  });
});

describe("a request that fails for a page that its user leaves", () => {
  /** Rejects as Firefox and Safari do with requests that they end: without a stack. */
  const reject = (error: Error, stack = ""): void =>
    void window.dispatchEvent(
      Object.assign(new Event("unhandledrejection"), { reason: Object.assign(error, { stack }) }),
    );
  const sources = async (): Promise<unknown[]> => (await reported()).map(({ source }) => source);

  test.each([
    "NetworkError when attempting to fetch resource.",
    "error loading dynamically imported module: http://localhost/page.js",
    "Load failed",
    "Importing a module script failed.",
  ])("is a notice: %s", async (message) => {
    // The client processes nothing before its start.
    metrics.flush();
    reject(new TypeError(message));
    window.dispatchEvent(new Event("beforeunload"));
    reject(new TypeError(message));
    expect(await sources()).toEqual(["rejection", "notice"]);
  });

  test("is an error if the user has stayed, as after a question of the page", async () => {
    window.dispatchEvent(new Event("beforeunload"));
    await vi.advanceTimersByTimeAsync(3_000);
    reject(new TypeError("Load failed"));
    expect(await sources()).toEqual(["rejection"]);
  });

  test("differs from the other errors of that time", async () => {
    window.dispatchEvent(new Event("beforeunload"));
    reject(new TypeError("undefined is not a function"), "f@https://a.example/app.js:1:1");
    reject(new RangeError("far"));
    expect(await sources()).toEqual(["rejection", "rejection"]);
  });
});

describe("failures before the start of a client", () => {
  /** Runs the script as a page does. */
  function runSnippet(): void {
    // oxlint-disable-next-line typescript/no-implied-eval, no-new-func -- It is a script's text.
    new Function("window", "addEventListener", earlySnippet)(window, window.addEventListener.bind(window));
  }
  function failEarly(): void {
    window.dispatchEvent(new ErrorEvent("error", { error: new TypeError("early"), message: "early" }));
    window.dispatchEvent(Object.assign(new Event("unhandledrejection"), { reason: "refused" }));
    const image = document.createElement("img");
    document.body.append(image);
    image.dispatchEvent(new Event("error"));
    image.remove();
  }

  test("is a script of less than 300 bytes", () => {
    expect(new TextEncoder().encode(earlySnippet).length).toBeLessThan(300);
  });

  test("counts once for each client of the page, and not again after a restart", async () => {
    metrics.stop();
    runSnippet();
    failEarly();
    const clients = [createMetrics({ url: "/a" }), createMetrics({ url: "/b" })];
    window.dispatchEvent(new ErrorEvent("error", { message: "late" }));
    for (const client of clients) {
      client.stop();
      client.start();
    }
    await vi.advanceTimersByTimeAsync(6_000);
    for (const client of clients) client.stop();
    for (const url of ["/a", "/b"]) {
      const bodies = network.sent.filter((sent) => sent.url === url).map(({ body }) => JSON.parse(body));
      const events = bodies.flatMap((batch) => batch.events);
      expect(events.filter(({ type }) => /error/.test(type))).toMatchObject([
        { type: "error", source: "uncaught", name: "TypeError", message: "early" },
        { type: "error", source: "rejection", message: "refused" },
        { type: "resource_error", name: "img" },
        { type: "error", source: "uncaught", message: "late" },
      ]);
    }
  });

  test("is bounded, and works in a small set", async () => {
    metrics.stop();
    runSnippet();
    for (let times = 0; times < 500; times += 1)
      window.dispatchEvent(new ErrorEvent("error", { message: "again" }));
    const client = createMetricsWith([errorKinds(), earlyErrors(), errors()]);
    const events = await reported();
    client.stop();
    expect(events.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(100);
  });
});

describe("console.error", () => {
  beforeEach(() => {
    metrics.stop();
    metrics = createMetrics({ sources: [consoleErrors()] });
  });
  afterEach(() => {
    metrics.stop();
    vi.mocked(console.error).mockClear();
  });

  test.each(THROWN)("counts %s once", async (_title, logged, name, message) => {
    console.error(logged);
    expect(await reported()).toMatchObject([{ source: "console", name, message }]);
    expect(network.batches.find(({ dropped }) => dropped)).toBeUndefined();
  });

  test("counts the error among what is logged, else all of it", async () => {
    console.error("failed:", hostile, new RangeError("far"));
    console.error("failed:", Symbol("s"), revoked, 7);
    expect((await reported()).map(({ message }) => message)).toEqual(["far", "failed: Symbol(s)  7"]);
  });
});

describe("a resource that failed to load", () => {
  test("counts by its tag, also where `Element` is a class of the page", async () => {
    vi.stubGlobal("Element", () => {});
    const image = document.body.appendChild(document.createElement("img"));
    image.dispatchEvent(new Event("error"));
    window.dispatchEvent(new Event("error"));
    await vi.advanceTimersByTimeAsync(6_000);
    expect(network.events().filter(({ type }) => type === "resource_error")).toMatchObject([{ name: "img" }]);
  });
});

test("an error that `beforeSend` logs for such an error is not counted again", async () => {
  metrics.stop();
  const beforeSend = vi.fn<(event: object) => void>(() => console.error("seen"));
  metrics = createMetrics({ sources: [consoleErrors()], beforeSend });
  metrics.flush();
  beforeSend.mockClear();
  console.error("the app's own");
  expect(beforeSend).toHaveBeenCalledOnce();
  expect((await reported()).filter(({ message }) => message === "the app's own")).toHaveLength(1);
  metrics.stop();
  vi.mocked(console.error).mockClear();
});
