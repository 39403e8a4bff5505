import { createCollector } from "@rumkit/server";
import callbackMysql from "mysql2";
import mysql from "mysql2/promise";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { changes, scrape } from "../support/scrape.ts";
import { type RunningMariaDb, startMariaDb } from "../support/mariadb.ts";

/** `mysql2` through `queryTimer` and `trackPool`, as any driver that `instrumentPool` does not know. */

let mariadb: RunningMariaDb;
beforeAll(async () => {
  mariadb = await startMariaDb();
});
afterAll(() => mariadb.stop());

beforeEach(async () => {
  const client = await mysql.createConnection(mariadb.connection);
  await client.query("DROP DATABASE IF EXISTS shop");
  await client.query("CREATE DATABASE shop");
  await client.query("CREATE TABLE shop.orders (id int PRIMARY KEY, total int, note text)");
  await client.end();
});

async function openPool() {
  const collector = createCollector({ catalog: { app: "shop", routes: ["/"] }, runtimeMetrics: false });
  const pool = mysql.createPool({ ...mariadb.connection, database: "shop", connectionLimit: 2 });
  // The driver's events do not tell when a waiting caller was served, so the app looks at its lists.
  const lists = pool.pool as unknown as Readonly<Record<string, { readonly length: number }>>;
  const lengthOf = (list: string): number => lists[list]?.length ?? Number.NaN;
  collector.trackPool("main", () => ({
    active: lengthOf("_allConnections") - lengthOf("_freeConnections"),
    idle: lengthOf("_freeConnections"),
    waiting: lengthOf("_connectionQueue"),
  }));
  onTestFinished(async () => {
    await pool.end();
    await collector.stop();
  });
  const { queryTimer } = collector;
  const before = await scrape(collector.app);
  return {
    pool,
    queryTimer,
    query: <Row>(sql: string, values: (string | number)[] = []): Promise<Row[]> =>
      queryTimer(sql, async () => (await pool.query(sql, values))[0] as Row[]),
    execute: (sql: string, values: (string | number)[]) =>
      queryTimer(sql, () => pool.execute<mysql.ResultSetHeader>(sql, values)),
    inConnection: (connection: mysql.PoolConnection, sql: string) =>
      queryTimer(sql, () => connection.query(sql)),
    counted: async (families: string) =>
      changes(before, await scrape(collector.app), new RegExp(`^${families}`)),
    gauges: async () => {
      const totals = await scrape(collector.app);
      return ["active", "idle", "waiting"].map((name) =>
        totals.get(`database_connections_${name}{pool="main"}`),
      );
    },
  };
}

const INSERT = "INSERT INTO `orders` (id, total, note) VALUES (?, ?, ?)";

test("queries and prepared statements are counted and timed, with what they answer unchanged", async () => {
  const { query, execute, counted } = await openPool();
  await execute(INSERT, [1, 1999, "first"]);
  expect(await query("SELECT total FROM shop.orders WHERE id = ?", [1])).toEqual([{ total: 1999 }]);
  await expect(execute(INSERT, [1, 5, "again"])).rejects.toMatchObject({ code: "ER_DUP_ENTRY" });
  await expect(query("SELEC nothing FROM orders")).rejects.toMatchObject({ code: "ER_PARSE_ERROR" });
  await query("REPLACE INTO orders VALUES (1, 2, 'x')");
  expect(await counted("database_queries_total")).toEqual({
    'database_queries_total{operation="insert",table="orders",outcome="done"}': 1,
    'database_queries_total{operation="insert",table="orders",outcome="error"}': 1,
    'database_queries_total{operation="select",table="orders",outcome="done"}': 1,
    'database_queries_total{operation="other",table="none",outcome="error"}': 1,
    'database_queries_total{operation="replace",table="orders",outcome="done"}': 1,
  });
  const [slept] = Object.values(await counted("database_query_duration_seconds_sum.*select"));
  await query("SELECT SLEEP(0.05) FROM orders");
  const [later] = Object.values(await counted("database_query_duration_seconds_sum.*select"));
  expect(later! - slept!).toBeGreaterThan(0.049);
});

test("connections are shown as they are at a scrape, and transactions count query by query", async () => {
  const { pool, inConnection, counted, gauges } = await openPool();
  expect(await gauges()).toEqual([0, 0, 0]);
  const first = await pool.getConnection();
  const second = await pool.getConnection();
  const third = pool.getConnection();
  await expect.poll(gauges).toEqual([2, 0, 1]);
  for (const sql of ["START TRANSACTION", "UPDATE orders SET total = 1", "ROLLBACK"])
    await inConnection(first, sql);
  first.release();
  (await third).release();
  second.release();
  expect(await gauges()).toEqual([0, 2, 0]);
  expect(await counted("database_queries_total")).toEqual({
    'database_queries_total{operation="begin",table="none",outcome="done"}': 1,
    'database_queries_total{operation="update",table="orders",outcome="done"}': 1,
    'database_queries_total{operation="rollback",table="none",outcome="done"}': 1,
  });
});

test("what a query holds is never a label, also in MySQL's own ways of writing it", async () => {
  const { query, counted } = await openPool();
  const values = String.raw`"a\" FROM secret_one", 'b\' FROM secret_two'`;
  await query("# FROM secret_three\nSELECT " + values + ", total FROM orders WHERE id = 4111111111111111");
  expect(Object.keys(await counted("database_")).join("\n")).not.toMatch(/secret|4111/);
  // PostgreSQL would end these strings elsewhere, so that nothing after them is read.
  expect(await counted("database_queries_total")).toEqual({
    'database_queries_total{operation="select",table="none",outcome="done"}': 1,
  });
});

test("mysql2's callbacks and streams are followed: nothing is thrown, and a fault counts as one", async () => {
  const { queryTimer, counted } = await openPool();
  const pool = callbackMysql.createPool({ ...mariadb.connection, database: "shop" });
  onTestFinished(() => new Promise((resolve) => pool.end(() => resolve())));
  const connection = callbackMysql.createConnection({ ...mariadb.connection, database: "shop" });
  onTestFinished(() => new Promise((resolve) => connection.end(() => resolve())));
  const answers: unknown[] = [];
  const seen = (error: Error | null, rows?: unknown): void => void answers.push(error?.message ?? rows);
  queryTimer("SELECT 1 AS one FROM orders", () => pool.query("SELECT 1 AS one", seen));
  queryTimer("SELEC", () => pool.query("SELEC", seen));
  queryTimer("UPDATE orders", () => connection.execute("UPDATE orders SET total = ?", [1], seen));
  queryTimer("UPDATE carts", () => connection.execute("UPDATE carts SET total = ?", [1], seen));
  // The pool's `execute` returns nothing.
  expect(
    queryTimer("SELECT 3 FROM lines", (until) => pool.execute("SELECT SLEEP(0.05) AS slept", until(seen))),
  ).toBeUndefined();
  queryTimer("DELETE FROM carts", (until) => pool.execute("DELETE FROM carts", until(seen)));
  const rows = queryTimer("SELECT 2 FROM rows", () => pool.query("SELECT 2 AS two").stream());
  expect(await rows.toArray()).toEqual([{ two: 2 }]);
  await expect.poll(() => answers.length).toBe(6);
  const outcomes = (): Promise<Record<string, number>> => counted("database_queries_total");
  await expect.poll(async () => Object.values(await outcomes()).length).toBe(7);
  expect(await outcomes()).toEqual({
    'database_queries_total{operation="select",table="orders",outcome="done"}': 1,
    'database_queries_total{operation="other",table="none",outcome="error"}': 1,
    'database_queries_total{operation="update",table="orders",outcome="done"}': 1,
    'database_queries_total{operation="update",table="carts",outcome="error"}': 1,
    'database_queries_total{operation="select",table="rows",outcome="done"}': 1,
    'database_queries_total{operation="select",table="lines",outcome="done"}': 1,
    'database_queries_total{operation="delete",table="carts",outcome="error"}': 1,
  });
  const [slept] = Object.values(await counted("database_query_duration_seconds_sum.*lines"));
  expect(slept).toBeGreaterThan(0.049);
});
