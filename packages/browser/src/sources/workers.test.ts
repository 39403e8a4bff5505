import { describe, expect, onTestFinished, test, vi } from "vitest";
import { recordSources } from "../../test/recordSources.ts";
import { workers } from "./workers.ts";
import { createWorkerMetrics } from "../start/createWorkerMetrics.ts";

const page = recordSources();

/** A worker's end of the channel: what it posts arrives at the page as a copy. */
function connect(): Worker {
  const worker = new EventTarget() as Worker;
  vi.stubGlobal("postMessage", (data: unknown) => {
    worker.dispatchEvent(new MessageEvent("message", { data: structuredClone(data) }));
  });
  return worker;
}

describe("calls of a worker", () => {
  test("count as those of its page, with the page's route", async () => {
    page.start([workers(connect())]).metrics.trackPageView("/route");
    const worker = createWorkerMetrics();
    worker.trackAction("a", { plan: "gold" });
    worker.trackConversion("b", 2);
    worker.trackFeature("c");
    worker.measure("d", 1.5);
    worker.trackError(new TypeError("broken"));
    expect(await page.events("action", "conversion", "feature", "measurement", "error")).toMatchObject([
      { name: "a", details: { plan: "gold" } },
      { name: "b", value: 2 },
      { name: "c" },
      { name: "d", value: 1.5 },
      { name: "TypeError", message: "broken", source: "worker" },
    ]);
    expect(page.network.events()[0]).toMatchObject({ route: "/route" });
  });

  test("have the details that the page would send; others may not be cloneable", async () => {
    page.start([workers(connect())]);
    const worker = createWorkerMetrics();
    worker.trackAction("a", { call: () => 1, plan: "gold" } as never);
    worker.trackConversion("b", { self: worker, size: 3 } as never);
    expect(await page.events("action", "conversion")).toMatchObject([
      { name: "a", details: { plan: "gold" } },
      { name: "b", details: { size: 3 } },
    ]);
  });

  test("that cannot be copied cannot count, and throw nothing", async () => {
    page.start([workers(connect())]);
    const worker = createWorkerMetrics();
    const track = worker.trackAction as (name: unknown) => void;
    expect(() => track(Symbol("a"))).not.toThrow();
    worker.trackAction("b");
    expect(await page.events("action")).toMatchObject([{ name: "b" }]);
  });

  test("of any thrown value count", async () => {
    page.start([workers(connect())]);
    const worker = createWorkerMetrics();
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const uncloneable = Object.assign(new Error("cold"), { name: () => "x" });
    for (const thrown of [
      "text",
      0,
      undefined,
      null,
      { name: "HttpError", message: "gone" },
      Symbol("s"),
      Object.create(null),
      proxy,
      uncloneable,
    ])
      expect(() => worker.trackError(thrown)).not.toThrow();
    expect((await page.events("error")).map((event) => (event as { message?: string }).message)).toEqual([
      "text",
      "0",
      "undefined",
      "null",
      "gone",
      "Symbol(s)",
      "",
      "cold",
    ]);
    expect(page.network.batches[0]!.dropped).toBeUndefined();
  });

  test("end with the client", async () => {
    const { metrics } = page.start([workers(connect())]);
    metrics.stop();
    createWorkerMetrics().trackAction("a");
    expect(await page.events("action")).toEqual([]);
  });
});

test("an unhandled rejection in the worker counts", async () => {
  page.start([workers(connect())]);
  const add = vi.spyOn(globalThis, "addEventListener");
  onTestFinished(() => add.mockRestore());
  createWorkerMetrics();
  const listener = add.mock.calls.find(([type]) => type === "unhandledrejection")![1] as (
    event: object,
  ) => void;
  listener({ reason: new RangeError("far") });
  expect(await page.events("error")).toMatchObject([{ name: "RangeError", source: "worker" }]);
});

test.each([
  ["nothing", undefined],
  ["text", "trackAction"],
  ["another protocol", { type: "result" }],
  ["a function that workers may not call", { rumkit: ["setConsent", "denied"] }],
  ["a function of the prototype", { rumkit: ["toString"] }],
  ["a call without a name", { rumkit: [] }],
])("a message of the app does nothing: %s", async (_what, data) => {
  const worker = new EventTarget() as Worker;
  const { metrics } = page.start([workers(worker)]);
  worker.dispatchEvent(new MessageEvent("message", { data }));
  metrics.trackAction("still there");
  expect(await page.events("action")).toHaveLength(1);
  expect(page.network.batches[0]!.dropped).toBeUndefined();
});
