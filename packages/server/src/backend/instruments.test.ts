import { spawnSync } from "node:child_process";
import { DatabaseSync } from "node:sqlite";
import { defineCatalog } from "@rumkit/protocol";
import { describe, expect, onTestFinished, test } from "vitest";
import { changes, scrape } from "../../../../test/scrape.ts";
import { createCollector } from "../createCollector.ts";

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
  test("are money of their own, exact, and once for each id; revenue stays what it was", async () => {
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

  test("that are no amount, of no currency of it, or of what carries no money, are refused", async () => {
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
    expect(new Set(outcomes)).toEqual(new Set(["rejected"]));
    expect(await counted("(refunds|conversions_refunded)")).toEqual({});
  });
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
    expect(await counted("app_errors_total")).toEqual({
      'app_errors_total{error_type="TypeError",severity="error"}': 1,
      'app_errors_total{error_type="string",severity="warning"}': 1,
      'app_errors_total{error_type="other",severity="critical"}': 1,
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
