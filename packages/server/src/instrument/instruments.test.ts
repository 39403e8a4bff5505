import { spawnSync } from "node:child_process";
import { DatabaseSync } from "node:sqlite";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { defineCatalog } from "@rumkit/protocol";
import { Big } from "big.js";
import { Decimal } from "decimal.js";
import { LRUCache } from "lru-cache";
import { describe, expect, onTestFinished, test } from "vitest";
import { changes, scrape } from "../../../../test/support/scrape.ts";
import { createCollector } from "../collector/createCollector.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  actions: {
    login: { help: "Logins.", from: "server", family: "user_logins_total" },
  },
  conversions: {
    signup: {
      help: "Signups.",
      from: "server",
      labels: { plan: ["free", "paid"] },
      family: "user_registrations_total",
    },
    purchase: {
      help: "Orders.",
      from: "server",
      value: { money: ["USD", "JPY"] },
      family: "orders_created_total",
    },
  },
});

async function openCollector() {
  const collector = createCollector({ catalog, runtimeMetrics: false, environment: "production" });
  onTestFinished(() => collector.stop());
  const before = await scrape(collector.app);
  return {
    ...collector,
    counted: async (families: string) =>
      changes(before, await scrape(collector.app), new RegExp(`^${families}`)),
  };
}

describe("what every board of a backend knows", () => {
  test("an entry that names its standard family counts there too, without labels", async () => {
    const { trackAction, trackConversion, counted } = await openCollector();
    await trackAction("login");
    await trackConversion("signup", { plan: "free" });
    await trackConversion("signup", { plan: "paid" });
    await trackConversion("purchase", { id: "o1", value: 9.99, currency: "USD" });
    await trackConversion("purchase", { id: "o1", value: 9.99, currency: "USD" });
    expect(await counted("(user|orders|failed)_")).toEqual({
      user_logins_total: 1,
      user_registrations_total: 2,
      orders_created_total: 1,
    });
  });
});

describe("refunds", () => {
  test("are separate money, exact, and once for each id; revenue stays what it was", async () => {
    const { trackConversion, trackRefund, counted } = await openCollector();
    await trackConversion("purchase", { id: "o1", value: 20.1, currency: "USD" });
    const outcomes = [
      await trackRefund("purchase", { id: "o1", value: 0.1, currency: "USD" }),
      await trackRefund("purchase", { id: "o1", value: 0.1, currency: "USD" }),
      await trackRefund("purchase", { id: "o2", value: 0.2, currency: "USD" }),
      await trackRefund("purchase", { id: "o3", value: 500, currency: "JPY" }),
    ];
    expect(outcomes).toEqual(["counted", "duplicate", "counted", "counted"]);
    expect(await counted("(refunds|conversions_refunded|revenue)_total")).toEqual({
      'revenue_total{conversion="purchase",currency="USD"}': 20.1,
      'refunds_total{conversion="purchase",currency="USD"}': 0.3,
      'refunds_total{conversion="purchase",currency="JPY"}': 500,
      'conversions_refunded_total{conversion="purchase",currency="USD"}': 2,
      'conversions_refunded_total{conversion="purchase",currency="JPY"}': 1,
    });
  });

  test("without a valid amount are counted apart, and those of a name without money refused", async () => {
    const { trackRefund, counted } = await openCollector();
    const refund = trackRefund as (name: string, details?: object) => Promise<string>;
    const outcomes = [
      await refund("purchase", { value: -1, currency: "USD" }),
      await refund("purchase", { value: 1, currency: "EUR" }),
      await refund("purchase", {}),
      await refund("purchase"),
      await refund("signup", { value: 1, currency: "USD" }),
      await refund("login", { value: 1, currency: "USD" }),
    ];
    const counts = "counted_without_amount";
    expect(outcomes).toEqual([counts, counts, counts, counts, "rejected", "rejected"]);
    expect(await counted("(refunds|conversions_refunded)")).toEqual({
      'refunds_without_amount_total{conversion="purchase",reason="bad_amount"}': 3,
      'refunds_without_amount_total{conversion="purchase",reason="bad_currency"}': 1,
    });
  });
});

test("money is exact in every type that databases and decimal libraries give, and in every size", async () => {
  const { trackConversion, trackRefund, app } = await openCollector();
  const values = [19.99, "19.99", new Decimal("19.99"), new Big("19.99"), 20n, "90071992547409.91"];
  for (const value of values)
    expect(await trackConversion("purchase", { value, currency: "USD" })).toBe("counted");
  expect(await trackConversion("purchase", { value: 15_000_000_000, currency: "JPY" })).toBe("counted");
  expect(await trackRefund("purchase", { value: "0.10", currency: "USD" })).toBe("counted");
  const text = await (await app.request("/metrics")).text();
  // 90071992547509.87 in all: the double that is nearest is what a scrape can say.
  expect(text).toContain(
    `revenue_total{conversion="purchase",currency="USD"} ${Number("90071992547509.87")}`,
  );
  expect(text).toContain('revenue_total{conversion="purchase",currency="JPY"} 15000000000');
  expect(text).toContain('refunds_total{conversion="purchase",currency="USD"} 0.1');
});

describe("queries of any driver", () => {
  test("are timed by what they do and to which table, the failed ones apart", async () => {
    const { queryTimer, counted } = await openCollector();
    const database = new DatabaseSync(":memory:");
    onTestFinished(() => database.close());
    const run = (sql: string, ...values: string[]) =>
      queryTimer(sql, () => database.prepare(sql).all(...values));
    run("CREATE TABLE orders (id TEXT PRIMARY KEY)");
    run("INSERT INTO orders VALUES (?)", "a");
    expect(run("SELECT id FROM orders")).toEqual([{ id: "a" }]);
    expect(() => run("INSERT INTO orders VALUES (?)", "a")).toThrow("UNIQUE");
    await expect(queryTimer("DELETE FROM carts", () => Promise.reject(new Error("gone")))).rejects.toThrow(
      "gone",
    );
    expect(await counted("database_queries_total")).toEqual({
      'database_queries_total{operation="create",table="none",outcome="done"}': 1,
      'database_queries_total{operation="insert",table="orders",outcome="done"}': 1,
      'database_queries_total{operation="insert",table="orders",outcome="error"}': 1,
      'database_queries_total{operation="select",table="orders",outcome="done"}': 1,
      'database_queries_total{operation="delete",table="carts",outcome="error"}': 1,
    });
    expect(await counted("database_query_duration_seconds_count.*orders")).toEqual({
      'database_query_duration_seconds_count{operation="insert",table="orders"}': 2,
      'database_query_duration_seconds_count{operation="select",table="orders"}': 1,
    });
  });

  test("whatever the texts are, the series end somewhere, and every query is in one", async () => {
    const { queryTimer, counted } = await openCollector();
    for (let index = 0; index < 2_000; index += 1) queryTimer(`SELECT 1 FROM t_${index}`, () => 1);
    const series = await counted("database_queries_total");
    expect(Object.keys(series).length).toBeLessThanOrEqual(501);
    expect(Object.values(series).reduce((sum, value) => sum + value)).toBe(2_000);
  });
});

test("long texts of queries are not kept, and a value other than a text is a query all the same", async () => {
  const { queryTimer, counted } = await openCollector();
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const heap = (): number => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const before = heap();
  for (let index = 0; index < 200; index += 1) {
    const values = Buffer.alloc(500_000, `(${index}),`).toString("latin1");
    queryTimer(`INSERT INTO a_table_with_a_long_name_${index % 10} VALUES ${values}`, () => 1);
  }
  expect(heap() - before).toBeLessThan(20_000_000);
  for (const odd of [undefined, null, 1, {}]) expect(queryTimer(odd as never, () => 2)).toBe(2);
  const series = await counted("database_queries_total");
  expect(series['database_queries_total{operation="other",table="none",outcome="done"}']).toBe(4);
  expect(
    series['database_queries_total{operation="insert",table="a_table_with_a_long_name_3",outcome="done"}'],
  ).toBe(20);
});

describe("a cache", () => {
  test("that is wrapped stays the same to its users, and counts hits, misses and changes", async () => {
    const { instrumentCache, counted } = await openCollector();
    const cache = instrumentCache("products", new Map<string, number>());
    expect(cache.get("a")).toBeUndefined();
    expect(cache.set("a", 1)).toBe(cache);
    expect(cache.get("a")).toBe(1);
    expect([cache.has("a"), cache.size, [...cache], cache instanceof Map]).toEqual([
      true,
      1,
      [["a", 1]],
      true,
    ]);
    expect(cache.delete("b")).toBe(false);
    expect(await counted("cache_")).toEqual({
      'cache_operations_total{cache="products",operation="get",outcome="miss"}': 1,
      'cache_operations_total{cache="products",operation="get",outcome="hit"}': 1,
      'cache_operations_total{cache="products",operation="set",outcome="done"}': 1,
      'cache_operations_total{cache="products",operation="delete",outcome="done"}': 1,
      'cache_entries{cache="products"}': 1,
    });
  });

  test("may answer later, and may fail", async () => {
    const { instrumentCache, counted } = await openCollector();
    class RemoteCache {
      readonly #values = new Map([["a", "1"]]);
      async get(key: string): Promise<string | null> {
        if (key === "down") throw new Error("down");
        return this.#values.get(key) ?? null;
      }
    }
    const cache = instrumentCache("sessions", new RemoteCache());
    expect([await cache.get("a"), await cache.get("b")]).toEqual(["1", null]);
    await expect(cache.get("down")).rejects.toThrow("down");
    expect(await counted("cache_")).toEqual({
      'cache_operations_total{cache="sessions",operation="get",outcome="hit"}': 1,
      'cache_operations_total{cache="sessions",operation="get",outcome="miss"}': 1,
      'cache_operations_total{cache="sessions",operation="get",outcome="error"}': 1,
    });
  });

  test("may be frozen, may hold promises, and keeps its classes and its inherited methods", async () => {
    const { instrumentCache, counted } = await openCollector();
    const values = new Map<string, unknown>([["a", 1]]);
    const frozen = instrumentCache(
      "frozen",
      Object.freeze({ get: (key: string) => values.get(key), set: (key: string) => values.set(key, 2) }),
    );
    expect([frozen.get("a"), frozen.get("b"), frozen.set("b")]).toEqual([1, undefined, values]);
    const map = new Map<string, unknown>([["p", Promise.resolve(undefined)]]);
    const wrapped = instrumentCache("map", map);
    expect(wrapped.get("p")).toBe(map.get("p"));
    expect([Object.prototype.toString.call(wrapped), wrapped.constructor, "get" in wrapped]).toEqual([
      "[object Map]",
      Map,
      true,
    ]);
    expect(Object.prototype.hasOwnProperty.call(wrapped, "get")).toBe(false);
    expect(wrapped.hasOwnProperty("get")).toBe(false);
    const remote = instrumentCache("realm", {
      get: (): unknown => runInNewContext("Promise.resolve(undefined)"),
    });
    expect(await remote.get()).toBeUndefined();
    expect(await counted("cache_operations")).toEqual({
      'cache_operations_total{cache="frozen",operation="get",outcome="hit"}': 1,
      'cache_operations_total{cache="frozen",operation="get",outcome="miss"}': 1,
      'cache_operations_total{cache="frozen",operation="set",outcome="done"}': 1,
      'cache_operations_total{cache="map",operation="get",outcome="hit"}': 1,
      'cache_operations_total{cache="realm",operation="get",outcome="miss"}': 1,
    });
  });

  test("may be called with callbacks, or with a function that loads what it does not have", async () => {
    const { instrumentCache, counted } = await openCollector();
    type Answer = (error: unknown, value?: unknown) => void;
    const client = instrumentCache("callbacks", {
      get: (key: string, answer: Answer) => {
        process.nextTick(() =>
          key === "down" ? answer(new Error(key)) : answer(null, key === "a" ? 1 : null),
        );
        return true;
      },
      set: (_key: string, _value: unknown, answer?: Answer) => process.nextTick(() => answer?.(null, "OK")),
    });
    const ask = (key: string): Promise<unknown> =>
      new Promise((resolve) => client.get(key, (error, value) => resolve(error ?? value)));
    expect([await ask("a"), await ask("b"), await ask("down")]).toEqual([1, null, new Error("down")]);
    await new Promise<void>((resolve) => client.set("a", 1, () => resolve()));
    const stored = new Map<string, unknown>([["a", 1]]);
    const reading = instrumentCache("reading", {
      get: (key: string, load: (key: string) => unknown): unknown => stored.get(key) ?? load(key),
      set: (key: string, value: unknown) => stored.set(key, value),
    });
    expect([reading.get("a", () => 2), reading.get("b", () => 2)]).toEqual([1, 2]);
    const callback = (): number => 3;
    reading.set("c", callback);
    expect(stored.get("c")).toBe(callback);
    expect(await counted("cache_operations")).toEqual({
      'cache_operations_total{cache="callbacks",operation="get",outcome="hit"}': 1,
      'cache_operations_total{cache="callbacks",operation="get",outcome="miss"}': 1,
      'cache_operations_total{cache="callbacks",operation="get",outcome="error"}': 1,
      'cache_operations_total{cache="callbacks",operation="set",outcome="done"}': 1,
      'cache_operations_total{cache="reading",operation="get",outcome="hit"}': 1,
      'cache_operations_total{cache="reading",operation="get",outcome="miss"}': 1,
      'cache_operations_total{cache="reading",operation="set",outcome="done"}': 1,
    });
  });

  test("of lru-cache that loads what is missing counts by what it had, and stays as it would be", async () => {
    const { instrumentCache, counted } = await openCollector();
    let now = 1;
    const load = async (key: string): Promise<string | undefined> => {
      if (key === "down") throw new Error("down");
      return key === "none" ? undefined : `${key} loaded`;
    };
    const options = { max: 2, ttl: 10, allowStale: true, ttlResolution: 0, perf: { now: () => now } };
    const plain = new LRUCache<string, string>({ ...options, fetchMethod: load, memoMethod: (key) => key });
    const cache = instrumentCache(
      "loading",
      new LRUCache<string, string>({ ...options, fetchMethod: load, memoMethod: (key) => key }),
    );
    const both = [plain, cache];
    const fetchBoth = async (key: string): Promise<unknown> => {
      const [wanted, got] = await Promise.all(both.map((each) => each.fetch(key)));
      expect(got).toBe(wanted);
      return got;
    };
    const gets = async (outcome: string): Promise<number | undefined> =>
      (await counted("cache_operations"))[
        `cache_operations_total{cache="loading",operation="get",outcome="${outcome}"}`
      ];
    expect(await fetchBoth("a")).toBe("a loaded");
    expect([await gets("hit"), await gets("miss")]).toEqual([undefined, 1]);
    expect(await fetchBoth("a")).toBe("a loaded");
    expect(await fetchBoth("none")).toBeUndefined();
    expect([await gets("hit"), await gets("miss")]).toEqual([1, 2]);
    // Two that ask for the same at once: it was there for neither.
    await Promise.all([fetchBoth("b"), fetchBoth("b")]);
    now += 11;
    // Too old: it is shown once more and loaded again.
    await fetchBoth("b");
    expect([await gets("hit"), await gets("miss")]).toEqual([1, 5]);
    await expect(cache.fetch("down")).rejects.toThrow("down");
    await expect(plain.fetch("down")).rejects.toThrow("down");
    for (const each of both) expect([each.memo("m"), each.memo("m")]).toEqual(["m", "m"]);
    expect([await gets("hit"), await gets("miss"), await gets("error")]).toEqual([2, 6, 1]);
    expect([...cache.keys()]).toEqual([...plain.keys()]);
  });

  test("of JavaScript may have lists as keys and values: each call is one", async () => {
    const { instrumentCache, counted } = await openCollector();
    const key = ["a", "b"];
    const cache = instrumentCache("lists", new Map([[key, ["1", undefined]]]));
    expect(cache.get(key)).toEqual(["1", undefined]);
    expect(await counted("cache_operations")).toEqual({
      'cache_operations_total{cache="lists",operation="get",outcome="hit"}': 1,
    });
  });

  test("that is wrapped for each request can be garbage, and is not read any more", async () => {
    const { instrumentCache, counted } = await openCollector();
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    const kept = new Map([["a", 1]]);
    const [gone] = [1, 2, 3].map((index) => {
      const cache = new Map([["b", index]]);
      instrumentCache("requests", cache);
      return new WeakRef(cache);
    });
    instrumentCache("kept", kept);
    await expect
      .poll(() => {
        collectGarbage();
        return gone!.deref() === undefined;
      })
      .toBe(true);
    kept.set("b", 2);
    expect(await counted("cache_entries.*kept")).toEqual({ 'cache_entries{cache="kept"}': 2 });
  });

  test("that nothing can be put around is counted by hand", async () => {
    const { trackCache, counted } = await openCollector();
    const cache = trackCache("pages");
    cache.hit();
    cache.hit();
    cache.miss();
    cache.set();
    cache.delete();
    cache.entries(7);
    cache.entries(NaN);
    expect(Object.values(await counted("cache_")).toSorted((a, b) => a - b)).toEqual([1, 1, 1, 2, 7]);
  });
});

describe("a queue", () => {
  test("shows its depth as it is at a scrape, or as it was said last", async () => {
    const { trackQueue, counted } = await openCollector();
    const waiting = ["a", "b"];
    const queue = trackQueue("invoices", () => waiting.length);
    trackQueue("broken", () => {
      throw new Error("gone");
    });
    trackQueue("mails").set(5);
    expect(await counted("queue_depth")).toEqual({
      'queue_depth{queue="invoices"}': 2,
      'queue_depth{queue="mails"}': 5,
    });
    queue.stop();
    waiting.length = 0;
    expect(await counted("queue_depth.*invoices")).toEqual({ 'queue_depth{queue="invoices"}': 2 });
  });
});

describe("errors", () => {
  test("count by class and severity, never by what they say", async () => {
    const { trackError, counted } = await openCollector();
    trackError(new TypeError("card 4111 1111 1111 1111"));
    trackError("a text", { severity: "warning" });
    trackError(Object.assign(new Error("x"), { name: "by a user: <b>" }), { severity: "critical" });
    trackError(runInNewContext("new RangeError('x')"), null as never);
    trackError(undefined, { severity: "fatal" as never });
    expect(await counted("app_errors_total")).toEqual({
      'app_errors_total{error_type="TypeError",severity="error"}': 1,
      'app_errors_total{error_type="string",severity="warning"}': 1,
      'app_errors_total{error_type="other",severity="critical"}': 1,
      'app_errors_total{error_type="RangeError",severity="error"}': 1,
      'app_errors_total{error_type="undefined",severity="error"}': 1,
    });
  });

  test("what nothing catches is counted where the process lives on, and ends it where it would", () => {
    const run = (survives: boolean) =>
      spawnSync(
        process.execPath,
        ["--conditions=@rumkit/source", "--input-type=module", "--eval", crashingProgram(survives)],
        { encoding: "utf8", cwd: import.meta.dirname },
      );
    const survived = run(true);
    expect(survived.stdout).toContain(
      'app_exceptions_total{exception_type="RangeError",origin="uncaughtException"} 1',
    );
    expect(survived.stdout).toContain(
      'app_exceptions_total{exception_type="TypeError",origin="unhandledRejection"} 1',
    );
    expect(survived.status).toBe(0);
    const died = run(false);
    expect(died.stderr).toContain("RangeError: thrown");
    expect(died.status).toBe(1);
  });
});

function crashingProgram(survives: boolean): string {
  return `
    import { createCollector } from "@rumkit/server";
    const collector = createCollector({ catalog: { app: "a", routes: [] }, runtimeMetrics: false });
    ${survives ? 'process.on("uncaughtException", () => {});' : ""}
    setTimeout(() => { throw new RangeError("thrown"); });
    setTimeout(() => { void Promise.reject(new TypeError("rejected")); });
    setTimeout(async () => {
      console.log(await (await collector.app.request("/metrics")).text());
    }, 50);
  `;
}
