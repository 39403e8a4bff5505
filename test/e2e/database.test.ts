import { createCollector, describeMetrics } from "@rumkit/server";
import pg from "pg";
import QueryStream from "pg-query-stream";
import postgresJs from "postgres";
import { DEFAULT_SETTINGS, dashboardExpressions, describeBoards, renderClassic } from "rumkit/generate";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { interpolate } from "../support/boards/grafanaVariables.ts";
import { startPostgresExporter } from "../support/postgresExporter.ts";
import { startPrometheus } from "../support/prometheus.ts";
import { changes, scrape } from "../support/scrape.ts";
import { type RunningPostgres, startPostgres } from "../support/postgres.ts";

let postgres: RunningPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

beforeEach(async () => {
  const client = new pg.Client(postgres.connection);
  await client.connect();
  await client.query("DROP TABLE IF EXISTS orders; CREATE TABLE orders (id int PRIMARY KEY, total int)");
  await client.end();
});

/** A pool that is watched, and what was counted of it. */
async function openPool(options: pg.PoolConfig = {}) {
  const collector = createCollector({ catalog: { app: "shop", routes: ["/"] }, runtimeMetrics: false });
  const pool = new pg.Pool({ ...postgres.connection, max: 2, ...options });
  onTestFinished(async () => {
    if (!pool.ended) await pool.end();
    await collector.stop();
  });
  const restore = collector.instrumentPool(pool, { name: "main" });
  const before = await scrape(collector.app);
  return {
    collector,
    pool,
    restore,
    counted: async (families: string) =>
      changes(before, await scrape(collector.app), new RegExp(`^${families}`)),
    /** Queries by `operation table outcome`. */
    queries: async (): Promise<Record<string, number>> => {
      const counted = changes(before, await scrape(collector.app), /^database_queries_total/);
      return Object.fromEntries(
        Object.entries(counted).map(([series, value]) => [
          [...series.matchAll(/="([^"]*)"/g)].map(([, label]) => label).join(" "),
          value,
        ]),
      );
    },
    gauges: async () => {
      const totals = await scrape(collector.app);
      return ["active", "idle", "waiting"].map((state) =>
        totals.get(`database_connections_${state}{pool="main"}`),
      );
    },
  };
}

const INSERT = "INSERT INTO orders (id, total) VALUES ($1, $2)";

describe("the queries of a pool", () => {
  test("are counted and timed by what they do and to which table, with what they answer unchanged", async () => {
    const { pool, queries, counted } = await openPool();
    await pool.query(INSERT, [1, 1999]);
    const { rows } = await pool.query<{ total: number }>({
      text: "SELECT total FROM orders WHERE id = $1",
      values: [1],
    });
    expect(rows).toEqual([{ total: 1999 }]);
    await expect(pool.query(INSERT, [1, 5])).rejects.toMatchObject({ code: "23505" });
    await expect(pool.query("SELEC nothing FROM orders")).rejects.toThrow("syntax error");
    expect(await queries()).toEqual({
      "insert orders done": 1,
      "insert orders error": 1,
      "select orders done": 1,
      "other none error": 1,
    });
    expect(await counted("database_query_duration_seconds_count")).toMatchObject({
      'database_query_duration_seconds_count{operation="insert",table="orders"}': 2,
    });
    const [slept] = Object.values(await counted("database_query_duration_seconds_sum.*select"));
    await pool.query("SELECT pg_sleep(0.05) FROM orders");
    const [later] = Object.values(await counted("database_query_duration_seconds_sum.*select"));
    expect(later! - slept!).toBeGreaterThan(0.049);
  });

  test("in a transaction count too, whichever way their caller waits", async () => {
    const { pool, queries } = await openPool();
    const client = await pool.connect();
    await client.query("BEGIN");
    await new Promise<void>((resolve, reject) => {
      client.query(INSERT, [1, 1], (error) => (error ? reject(error) : resolve()));
    });
    await new Promise<void>((resolve) => {
      client.query("SELECT broken FROM orders", (error) => {
        expect(error).toBeInstanceOf(Error);
        resolve();
      });
    });
    await client.query("ROLLBACK");
    const rows = await new Promise<number>((resolve, reject) => {
      const query = client.query(new pg.Query("SELECT count(*) FROM orders"));
      let seen = 0;
      query.on("row", () => (seen += 1));
      query.on("end", () => resolve(seen));
      query.on("error", reject);
    });
    expect(rows).toBe(1);
    client.release();
    expect(await queries()).toEqual({
      "begin none done": 1,
      "insert orders done": 1,
      "select orders error": 1,
      "rollback none done": 1,
      "select orders done": 1,
    });
  });

  test("of pools that were in use before are counted from then on, and none when it is undone", async () => {
    const { pool, restore, queries } = await openPool({ max: 1 });
    restore();
    await pool.query("SELECT 1 FROM orders");
    expect(await queries()).toEqual({});
    const collector = createCollector({ catalog: { app: "shop", routes: ["/"] }, runtimeMetrics: false });
    onTestFinished(() => collector.stop());
    const undo = collector.instrumentPool(pool);
    await pool.query("SELECT 1 FROM orders");
    undo();
    await pool.query("SELECT 1 FROM orders");
    const client = await pool.connect();
    expect(Object.hasOwn(client, "query")).toBe(false);
    client.release();
    const totals = await scrape(collector.app);
    expect(totals.get('database_queries_total{operation="select",table="orders",outcome="done"}')).toBe(1);
  });
});

test("connections are shown as they are at a scrape: active, idle, waiting", async () => {
  const { pool, gauges } = await openPool({ max: 2 });
  expect(await gauges()).toEqual([0, 0, 0]);
  const first = await pool.connect();
  const second = await pool.connect();
  const third = pool.connect();
  expect(await gauges()).toEqual([2, 0, 1]);
  first.release();
  (await third).release();
  second.release();
  expect(await gauges()).toEqual([0, 2, 0]);
});

test("what a query holds is never a label", async () => {
  const { pool, counted } = await openPool();
  await pool.query("SELECT 'secret from users' AS x, total FROM orders WHERE id = 4111111111111111");
  expect(Object.keys(await counted("database_")).join("\n")).not.toMatch(/secret|4111|users/);
});

describe("what gets no connection", () => {
  test("counts as that where the server is gone, with the query that was not sent", async () => {
    const { pool, queries } = await openPool({ host: "/nowhere" });
    for (const sql of ["SELECT 1 FROM orders", INSERT])
      await expect(pool.query(sql)).rejects.toThrow("ENOENT");
    await expect(pool.connect()).rejects.toThrow("ENOENT");
    await new Promise<void>((resolve) => {
      pool.query("SELECT 2 FROM orders", (error) => {
        expect(error).toMatchObject({ code: "ENOENT" });
        resolve();
      });
    });
    expect(await queries()).toEqual({
      "select orders no_connection": 2,
      "insert orders no_connection": 1,
      "connect none no_connection": 1,
    });
  });

  test("counts where all connections are taken, and where the pool has ended", async () => {
    const { pool, queries } = await openPool({ max: 1 });
    const client = await pool.connect();
    // Only now: a busy machine may take longer than that to connect.
    pool.options.connectionTimeoutMillis = 20;
    await expect(pool.query("SELECT 1 FROM orders")).rejects.toThrow("timeout exceeded");
    client.release();
    await pool.query("SELECT 1 FROM orders");
    await pool.end();
    await expect(pool.query("SELECT 1 FROM orders")).rejects.toThrow("after calling end");
    expect(await queries()).toEqual({ "select orders no_connection": 2, "select orders done": 1 });
  });
});

test("a stream of rows that its reader leaves is done, and one that breaks is an error", async () => {
  const { pool, queries } = await openPool();
  const client = await pool.connect();
  const numbers = "SELECT x FROM generate_series(1, 1000) AS numbers (x)";
  for await (const row of client.query(new QueryStream(numbers))) {
    expect(row).toEqual({ x: 1 });
    break;
  }
  const rows = await client
    .query(new QueryStream("SELECT x FROM generate_series(1, 3) AS three (x)"))
    .toArray();
  expect(rows).toHaveLength(3);
  await client.query("INSERT INTO orders VALUES (1, 1)");
  await expect(
    client.query(new QueryStream("SELECT 1 / (total - total) FROM orders")).toArray(),
  ).rejects.toThrow("division by zero");
  client.release();
  expect(await queries()).toEqual({
    "select none done": 2,
    "select orders error": 1,
    "insert orders done": 1,
  });
});

test("postgres.js keeps its methods, and each query is sent once", async () => {
  const { collector, queries } = await openPool();
  const sql = postgresJs({ ...postgres.connection, max: 1, onnotice: () => {} });
  onTestFinished(() => sql.end());
  const { queryTimer } = collector;
  await queryTimer("INSERT INTO orders", () => sql`INSERT INTO orders VALUES (1, 5)`);
  expect(await queryTimer("SELECT FROM orders", () => sql`SELECT total FROM orders`).values()).toEqual([[5]]);
  const pages: unknown[] = [];
  for await (const page of queryTimer("SELECT FROM pages", () => sql`SELECT total FROM orders`.cursor(10)))
    pages.push(...page);
  expect(pages).toEqual([{ total: 5 }]);
  const broken = queryTimer("UPDATE carts", () => sql`UPDATE carts SET total = 1`);
  await expect(broken.catch((error: Error) => error.message)).resolves.toContain("carts");
  expect(await queries()).toEqual({
    "insert orders done": 1,
    "select orders done": 1,
    "select pages done": 1,
    "update carts error": 1,
  });
});

test("each panel of postgres_exporter has data, and says what the server says", async () => {
  const exporter = await startPostgresExporter(postgres);
  onTestFinished(() => exporter.stop());
  const prometheus = await startPrometheus({ postgres: exporter.origin });
  onTestFinished(() => prometheus.stop());
  const { pool } = await openPool();
  const app = { app: "shop", routes: ["/"] };
  const settings = { ...DEFAULT_SETTINGS, postgresJob: "postgres" };
  const board = describeBoards(describeMetrics(app), { ...app, settings }).find(
    ({ name }) => name === "database",
  )!;
  const ofServer = dashboardExpressions(renderClassic(board)).filter(({ expr }) =>
    expr.includes('job="postgres"'),
  );
  expect(ofServer).toHaveLength(12);
  const read = (expr: string) => prometheus.query(interpolate(expr, {}, { range: "1h", interval: "1m" }));
  for (const { panel, refId, expr } of ofServer)
    await expect
      .poll(
        async () => {
          // A rate of blocks needs blocks.
          await pool.query("SELECT count(*) FROM orders");
          return (await read(expr)).filter(({ value }) => Number.isFinite(value)).length;
        },
        { message: `${panel} ${refId}: ${expr}`, timeout: 100_000 },
      )
      .toBeGreaterThan(0);
  const exprOf = (panel: string): string => ofServer.find((each) => each.panel === panel)!.expr;
  expect(await read(exprOf("PostgreSQL"))).toMatchObject([{ value: 1 }]);
  const { rows } = await pool.query<{ size: string }>("SELECT pg_database_size('postgres') AS size");
  const sizeOf = async () =>
    (await read(exprOf("Size of databases"))).find(({ labels }) => labels["datname"] === "postgres")?.value;
  await expect.poll(sizeOf, { timeout: 100_000 }).toBeGreaterThan(0.9 * Number(rows[0]!.size));
  expect(await sizeOf()).toBeLessThan(1.1 * Number(rows[0]!.size));
});
