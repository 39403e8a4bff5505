import { defineCatalog } from "@rumkit/protocol";
import { expect, onTestFinished, test, vi } from "vitest";
import { createCollector } from "../collector/createCollector.ts";

/** Plain JavaScript may pass any value as a name or a label, for example a field of a request that is missing. */

const unreadable = {
  toString(): never {
    throw new Error("not a name");
  },
};

const VALUES: readonly unknown[] = [
  undefined,
  null,
  5,
  5n,
  true,
  [],
  {},
  Object.create(null),
  unreadable,
  new Proxy({}, { get: () => unreadable.toString() }),
  Symbol("name"),
  () => {},
  "x".repeat(20_000),
  "__proto__",
];

function start() {
  const catalog = defineCatalog({
    app: "shop",
    routes: ["/"],
    gauges: { workers: { help: "Workers." } },
    jobs: { mail: { help: "Mails." } },
    actions: { login: { help: "Logins.", from: "server" } },
  });
  const warnings: string[] = [];
  const spy = vi.spyOn(process, "emitWarning").mockImplementation((text) => void warnings.push(String(text)));
  onTestFinished(() => spy.mockRestore());
  const collector = createCollector({ catalog, runtimeMetrics: false, environment: "production" });
  onTestFinished(() => collector.stop());
  return { collector, warnings };
}

const pool = { on: () => {}, off: () => {}, totalCount: 1, idleCount: 1, waitingCount: 0 };
const decorated = { kind: "method", name: "work" } as ClassMethodDecoratorContext;

test("no call throws, whatever its name and labels are, and no name is as long as it likes", async () => {
  const { collector, warnings } = start();
  const call = (method: keyof typeof collector, ...args: unknown[]): unknown =>
    Reflect.apply(collector[method] as (...args: unknown[]) => unknown, undefined, args);
  const calls: Readonly<Record<string, (name: never) => unknown>> = {
    timed: (name) => call("timed", name, () => "done"),
    trackJob: (name) => collector.trackJob(name, () => "done")(),
    tracked: (name) =>
      collector
        .tracked(name)(() => "done", decorated)
        .call(undefined),
    setGauge: (name) => call("setGauge", name, 1),
    observeGauge: (name) => call("observeGauge", name, () => 1),
    trackAction: (name) => call("trackAction", name, {}),
    measure: (name) => call("measure", name, 1),
    trackConversion: (name) => call("trackConversion", name, { value: name, currency: name }),
    trackRefund: (name) => call("trackRefund", name, { value: name, currency: name, id: name }),
    trackCache: (name) => {
      const cache = collector.trackCache(name, { route: name, model: name });
      cache.lookup({ tokens: name, reused: name });
      cache.entries(name);
      cache.hit();
    },
    instrumentCache: (name) => collector.instrumentCache(name, new Map(), { route: name }).get("key"),
    trackQueue: (name) => call("trackQueue", name, () => name),
    trackPool: (name) => call("trackPool", name, () => ({ active: name, idle: name, waiting: name })),
    instrumentPool: (name) => call("instrumentPool", pool, { name }),
    queryTimer: (name) => call("queryTimer", name, () => "done"),
    trackError: (name) => call("trackError", name, { severity: name }),
    trackTokens: (name) => call("trackTokens", name, name, { route: name, model: name }),
    trackStream: async (name) => {
      const source = (async function* () {
        yield 1;
      })();
      const options = { route: name, model: name, tokens: () => name };
      for await (const item of collector.trackStream(name, source, options)) expect(item).toBe(1);
    },
  };
  const thrown: unknown[] = [];
  for (const [method, run] of Object.entries(calls)) {
    for (const value of VALUES) {
      try {
        await run(value as never);
      } catch (error) {
        thrown.push([method, typeof value, error]);
      }
    }
  }
  expect(thrown).toEqual([]);
  const text = await (await collector.app.request("/metrics")).text();
  expect(text.match(/^(?:queue_depth|cache_operations_total|stream_items_total)\{.*/gm)).not.toEqual([]);
  const long = [...text.split("\n"), ...warnings].filter(({ length }) => length > 1_000);
  expect(long.map((line) => line.replaceAll(/x{100,}/g, "x…"))).toEqual([]);
});

test("no call throws, whatever its options are: it counts without them", async () => {
  const { collector } = start();
  const calls: Readonly<Record<string, (options: never) => unknown>> = {
    trackCache: (options) => collector.trackCache("pages", options).hit(),
    lookup: (options) => collector.trackCache("prompts").lookup(options),
    instrumentCache: (options) => collector.instrumentCache("users", new Map(), options).get("key"),
    instrumentPool: (options) => collector.instrumentPool(pool, options),
    trackTokens: (options) => collector.trackTokens("chat", 1, options),
    trackStream: (options) => collector.trackStream("chat", new ReadableStream(), options),
    trackQueue: (options) => collector.trackQueue("mails", options).stop(),
    trackError: (options) => collector.trackError(new Error("lost"), options),
    setGauge: (options) => collector.setGauge("workers", 1, ...([options] as never[])),
    trackAction: (options) => collector.trackAction("login", ...([options] as never[])),
    httpMetrics: (options) => collector.httpMetrics(options),
    nodeHttpMetrics: (options) => collector.nodeHttpMetrics(options),
  };
  const none: readonly unknown[] = [undefined, null, 5, 5n, true, "text", Symbol("options"), () => {}, []];
  const thrown: unknown[] = [];
  for (const [method, run] of Object.entries(calls)) {
    for (const options of none) {
      try {
        await run(options as never);
      } catch (error) {
        thrown.push([method, String(options), error]);
      }
    }
  }
  expect(thrown).toEqual([]);
  const text = await (await collector.app.request("/metrics")).text();
  expect(text).toContain(`stream_items_total{stream="chat"} ${none.length}\n`);
  expect(text).toContain('database_connections_idle{pool="default"} 1\n');
  expect(text).toContain(
    `cache_operations_total{cache="pages",operation="get",outcome="hit"} ${none.length}\n`,
  );
});

test("a route or a model that is null is left out", async () => {
  const { collector } = start();
  collector.trackTokens("chat", 3, { route: null as never, model: null as never });
  collector.trackCache("pages", { route: null as never }).hit();
  const text = await (await collector.app.request("/metrics")).text();
  expect(text).toMatch(/^stream_items_total\{stream="chat"\} 3$/m);
  expect(text).toMatch(/^cache_operations_total\{cache="pages",operation="get",outcome="hit"\} 1$/m);
});

test("a reader that throws what has no text costs its gauge, and not the scrape", async () => {
  const { collector, warnings } = start();
  collector.trackQueue("mails", () => {
    throw Object.create(null) as Error;
  });
  collector.observeGauge("workers", () => {
    throw Object.create(null) as Error;
  });
  const response = await collector.app.request("/metrics");
  expect(response.status).toBe(200);
  expect(await response.text()).not.toMatch(/^queue_depth\{/m);
  expect(warnings).toHaveLength(2);
  for (const warning of warnings) expect(warning).toContain("a value of type object");
});
