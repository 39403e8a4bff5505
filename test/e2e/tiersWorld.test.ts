/** Three tiers: a real browser, a real PostgreSQL with its exporter, a real Prometheus, and a ledger of every answer. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { serve } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { createCollector, describeMetrics } from "@rumkit/server";
import { Hono } from "hono";
import type { Browser } from "playwright-core";
import { dashboardExpressions, describeBoards, renderClassic, renderRules } from "rumkit/generate";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { catalog } from "../../examples/tiers/catalog.ts";
import { send } from "../../examples/tiers/load.ts";
import { launchShell } from "../support/chromium.ts";
import { expectSoon } from "../support/expectSoon.ts";
import { listen } from "../support/listen.ts";
import { type RunningPostgres, startPostgres } from "../support/postgres.ts";
import { type RunningExporter, startPostgresExporter } from "../support/postgresExporter.ts";
import { type RunningPrometheus, startPrometheus } from "../support/prometheus.ts";
import { promtool, withVariables } from "../support/promtool.ts";
import { parseExposition, scrape } from "../support/scrape.ts";
import {
  buildTiers,
  databaseUrl,
  type RunningTiers,
  startTiers,
  TIERS_FOLDER,
  TIERS_PROGRAM,
} from "../support/tiers/startTiers.ts";

const run = promisify(execFile);

const rules = renderRules(describeMetrics(catalog), catalog);
let folder: string;
let postgres: RunningPostgres;
let exporter: RunningExporter;
let tiers: RunningTiers;
let prometheus: RunningPrometheus;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rumkit-tiers-"));
  await writeFile(join(folder, "rules.yaml"), rules);
  [postgres, browser] = await Promise.all([startPostgres(), launchShell(), buildTiers()]);
  [exporter, tiers] = await Promise.all([
    startPostgresExporter(postgres),
    startTiers(["--no-load", "--seed", "3"], { DATABASE_URL: databaseUrl(postgres) }),
  ]);
  const targets = { tiers: tiers.origin, postgres: exporter.origin };
  prometheus = await startPrometheus(targets, [join(folder, "rules.yaml")]);
});

afterAll(async () => {
  await Promise.all([tiers.stop(), browser.close(), prometheus.stop(), exporter.stop()]);
  await postgres.stop();
  await rm(folder, { recursive: true });
});

/** Answers by path and status, as those saw them who asked. */
const answers: Record<string, number> = {};
const note = (path: string, status: number): void => {
  answers[`${path} ${status}`] = (answers[`${path} ${status}`] ?? 0) + 1;
};

async function ask(path: string, body?: unknown): Promise<{ status: number; text: string }> {
  const answer = await send(tiers.origin, { path, body });
  note(path, answer.status);
  return answer;
}

/** Uses the page as a visitor does. Each step waits for its answer. */
async function usePage(): Promise<void> {
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (/^\/api\/(?!rumkit)|^\/simulate/.test(pathname)) note(pathname, response.status());
  });
  await page.goto(tiers.origin);
  const add = page.getByRole("button", { name: "Add to Cart" });
  for (let click = 0; click < 3; click += 1) await add.click();
  const click = async (name: string, path: string, nth = 0): Promise<void> => {
    const answered = page.waitForResponse((response) => new URL(response.url()).pathname === path);
    await page.getByRole("button", { name, exact: true }).nth(nth).click();
    await (await answered).finished();
  };
  await click("Buy", "/api/purchase");
  await click("Buy", "/api/purchase");
  await click("Buy", "/api/purchase", 2);
  const register = page.getByRole("form", { name: "register" });
  await register.getByLabel("username").fill("ada");
  await register.getByLabel("email").fill("ada@example.com");
  await click("Register", "/api/register");
  const login = page.getByRole("form", { name: "login" });
  await login.getByLabel("username").fill("admin");
  await login.getByLabel("password").fill("wrong");
  await click("Log in", "/api/login");
  await login.getByLabel("password").fill("password");
  await click("Log in", "/api/login");
  for (let round = 0; round < 6; round += 1) await click("Simulate an error", "/simulate-error");
  await expectSoon(() => page.getByRole("log").getByText("/simulate-error").count()).toBe(6);
  await page.goto("about:blank");
  expect(faults).toEqual([]);
}

/** Sums of Prometheus by some labels: `{"a b": 3}`. Those that are 0 are left out. */
async function sumsOf(metric: string, by: readonly string[]): Promise<Record<string, number>> {
  const results = await prometheus.query(`sum by (${by.join(",")}) (${metric}) > 0`);
  return Object.fromEntries(
    results.map(({ labels, value }) => [by.map((label) => labels[label] ?? "").join(" "), value]),
  );
}

test("Prometheus has what a ledger of the page and of curl has, by the document's names", async () => {
  // Counters are 0 in a scrape before the first event, so that increases are exact.
  await expectSoon(() => prometheus.query("user_registrations_total == 0")).toHaveLength(1);
  await usePage();
  const body = { username: "testuser", email: "test@example.com" };
  expect((await ask("/api/register", body)).status).toBe(201);
  expect((await ask("/api/register", body)).text).toContain("This username is taken.");
  const admin = { username: "admin", password: "password" };
  await ask("/api/login", admin);
  const { session } = JSON.parse((await ask("/api/login", admin)).text) as { session: string };
  for (const [path, bad, answer] of [
    ["/api/purchase", { payment_method: "shells", amount: 3 }, /one of card, paypal, transfer/],
    ["/api/purchase", { payment_method: "card", amount: "29.99" }, /amount must be a number/],
    ["/api/purchase", { payment_method: "card", amount: -1 }, /amount must be a number/],
    ["/api/register", { username: "a'; DROP TABLE users", email: "a@b.c" }, /username must have/],
    ["/api/register", null, /username must have/],
    ["/api/login", { username: "admin" }, /password must have/],
    ["/api/logout", { session: "x" }, /No such session/],
    ["/api/register", { username: "big", email: "x".repeat(9_000) }, /too large/],
  ] as const)
    expect((await ask(path, bad)).text).toMatch(answer);
  expect((await ask("/api/logout", { session })).status).toBe(200);
  await ask("/api/login", admin);
  await ask("/api/purchase", { payment_method: "paypal", amount: 0.1, product_category: "books" });
  for (let round = 0; round < 14; round += 1) await ask("/simulate-error");
  for (const path of ["/api/orders", "/api/products", "/api/analytics/dashboard"]) await ask(path);

  expect(answers["/simulate-error 500"]).toBeGreaterThan(3);
  expect(answers["/simulate-error 200"]).toBeGreaterThan(3);
  await expectSoon(() => sumsOf("http_requests_total", ["route", "status"])).toEqual(answers);
  const orders = "orders_created_total";
  await expectSoon(() => sumsOf(orders, ["payment_method", "product_category"])).toEqual({
    "card electronics": 2,
    "card books": 1,
    "paypal books": 1,
  });
  await expectSoon(() => sumsOf("revenue_total_dollars", ["currency"])).toEqual({ USD: 80.03 });
  await expectSoon(() => sumsOf("app_errors_total", [])).toEqual({ "": answers["/simulate-error 500"] });

  // The names that the page uses without a catalog, and the three names that boards query.
  await expectSoon(() => sumsOf("rum_actions_total", ["action"])).toEqual({ add_to_cart: 3 });
  await expectSoon(() => sumsOf("rum_conversions_total", ["conversion"])).toEqual({ cart_addition: 3 });
  await expectSoon(() => sumsOf("frontend_page_views_total", ["route"])).toEqual({ "/": 1 });
  await expectSoon(() => sumsOf("frontend_page_load_duration_seconds_count", ["route"])).toEqual({ "/": 1 });
  await expectSoon(() => sumsOf("rum_form_submissions_total", ["form"])).toEqual({ register: 1, login: 2 });
  expect(await sumsOf("frontend_button_clicks_total", [])).toEqual(await sumsOf("rum_clicks_total", []));
});

test("the document's queries have the right answers, and those that cannot be right have others", async () => {
  const registered = answers["/api/register 201"]!;
  const loggedIn = answers["/api/login 200"]!;
  const all = Object.values(answers).reduce((sum, each) => sum + each, 0);
  // At the moment of a scrape nothing is extrapolated.
  const [scraped] = await prometheus.query('timestamp(up{job="tiers"})');
  const valuesOf = async (query: string): Promise<number[]> =>
    (await prometheus.query(query, scraped!.value)).map(({ value }) => Math.round(value * 1e6) / 1e6);
  const near = (value: number): unknown => [expect.closeTo(value, 3)];

  // 50: as it is.
  const [rate] = await prometheus.query("sum(rate(http_requests_total[5m])) by (job)", scraped!.value);
  expect(rate).toEqual({ labels: { job: "tiers" }, value: expect.closeTo(all / 300, 3) as number });
  // 51: no metric has `status_code`. The label is `status`.
  const ratio = (label: string): string =>
    `sum(rate(http_requests_total{${label}=~"5.."}[5m])) / sum(rate(http_requests_total[5m])) * 100`;
  expect(await valuesOf(ratio("status_code"))).toEqual([]);
  expect(await valuesOf(ratio("status"))).toEqual(near((100 * answers["/simulate-error 500"]!) / all));
  // 52: as it is.
  const [p95] = await valuesOf(
    "histogram_quantile(0.95, sum(rate(http_request_duration_seconds_bucket[5m])) by (le))",
  );
  expect(p95).toBeGreaterThan(0);
  // 53, 54: as they are.
  expect(await valuesOf("increase(revenue_total_dollars[1h])")).toEqual(near(80.03));
  expect(await valuesOf("rate(user_registrations_total[5m]) * 3600")).toEqual(near(registered * 12));
  // 55: orders have labels that logins lack, so no series match. Sums have none.
  const orders = "increase(orders_created_total[1h])";
  const logins = "increase(user_logins_total[1h])";
  expect(await valuesOf(`${orders} / ${logins} * 100`)).toEqual([]);
  expect(await valuesOf(`sum(${orders}) / sum(${logins}) * 100`)).toEqual(near(400 / loggedIn));
  // 56: that metric is cAdvisor's, of a cluster. The process says its own.
  expect(await valuesOf("container_memory_working_set_bytes")).toEqual([]);
  const [megabytes] = await valuesOf("sum(process_resident_memory_bytes) by (instance) / 1024 / 1024");
  expect(megabytes).toBeGreaterThan(10);
  // 57: as it is, by the exporter. It has more connections than this pool.
  await expectSoon(async () =>
    (await prometheus.query('pg_stat_database_numbackends{datname="postgres"}')).every(
      ({ value }) => value > 0,
    ),
  ).toBe(true);
  expect(await valuesOf('sum(database_connections_idle{pool="main"})')).not.toEqual([0]);
  // 58: who logs in again, or never logs out, is still one person. The gauge knows it.
  const difference = `${logins} - increase(user_logouts_total[1h])`;
  expect(await valuesOf(difference)).toEqual(near(loggedIn - 1));
  expect(await valuesOf("sessions_open")).toEqual([1]);
});

test("more than 40 families of the backend and 15 of the page have values after a walk", async () => {
  const text = await (await fetch(`${tiers.origin}/metrics`)).text();
  const moved = new Set(
    [...parseExposition(text)]
      .filter(([, value]) => value > 0)
      .map(([series]) => series.split("{")[0]!.replace(/_(bucket|sum|count)$/, "")),
  );
  const families = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!);
  const sides = new Map(describeMetrics(catalog).map(({ name, side }) => [name, side]));
  const ofPage = families.filter((name) => sides.get(name) === "page" || name.startsWith("frontend_"));
  const isOfBackend = (name: string): boolean =>
    sides.get(name) === "backend" || /^(process|nodejs)_/.test(name) || name === "revenue_total_dollars";
  expect(ofPage.filter((name) => moved.has(name)).length).toBeGreaterThanOrEqual(15);
  expect(families.filter((name) => isOfBackend(name)).length).toBeGreaterThanOrEqual(40);
});

test("the same page works with a collector that has no catalog at all", async () => {
  const collector = createCollector({ bots: "count", runtimeMetrics: false });
  const app = new Hono();
  app.route("/", collector.app);
  app.use(serveStatic({ root: `${TIERS_FOLDER}/dist` }));
  app.get("/api/products", (c) => c.json([{ id: "123", name: "Headphones", category: "x", price: 29.99 }]));
  const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
  onTestFinished(() => collector.stop());
  const page = await browser.newPage();
  await page.goto(await listen(server));
  await page.getByRole("button", { name: "Add to Cart" }).click();
  await page.goto("about:blank");
  const series = 'rum_actions_total{action="add_to_cart"}';
  await expectSoon(async () => (await scrape(collector.app)).get(series)).toBe(1);
});

test("the generated rules and boards are read by Prometheus, and every query of them can be answered", async () => {
  await promtool(["check", "rules"], "rules.yaml", rules);
  const boards = describeBoards(describeMetrics(catalog), catalog).map((board) => renderClassic(board));
  const queries = boards.flatMap((board) => dashboardExpressions(board)).map(({ expr }) => expr);
  // A query that Prometheus cannot read rejects.
  await Promise.all(queries.map((query) => prometheus.query(withVariables(query, { job: "tiers" }))));
});

test("a wrong flag, a port in use and a bad address end the program with one sentence", async () => {
  const { port } = new URL(tiers.origin);
  const wrong = [
    [["--seed", "x"], {}, /--seed must be a whole number up to 999999999: "x"\.$/],
    [["--nope"], {}, /Unknown option '--nope'$/],
    [["--scenario", "x"], {}, /--scenario must be one of load, errors, business: "x"\.$/],
    [[], {}, new RegExp(`Port ${port} is in use\\. Set PORT to another one\\.$`)],
    [[], { DATABASE_URL: "localhost" }, /DATABASE_URL must be an address such as postgres:[^ ]+$/],
  ] as const;
  const said = wrong.map(([flags, env]) =>
    run(process.execPath, [...TIERS_PROGRAM, ...flags], {
      cwd: TIERS_FOLDER,
      env: { ...process.env, ...env, PORT: port },
    }).catch(({ code, stderr }: { code: number; stderr: string }) => `${code} ${stderr.trimEnd()}`),
  );
  for (const [index, text] of (await Promise.all(said)).entries()) {
    expect(text).toMatch(wrong[index]![2]);
    expect(text).toMatch(/^1 \[tiers\] [^\n]+$/);
  }
});

test("SIGTERM ends it within seconds, and accounts in the PostgreSQL are there at the next start", async () => {
  const env = { DATABASE_URL: databaseUrl(postgres) };
  const second = await startTiers([], env);
  await expectSoon(() => second.output()).toMatch(/^Load +three simulated clients/m);
  await second.stop();
  const third = await startTiers(["--no-load"], env);
  onTestFinished(() => third.stop());
  const again = await send(third.origin, {
    path: "/api/register",
    body: { username: "ada", email: "ada@example.com" },
  });
  expect(again.status).toBe(409);
});

test("each scenario narrates, and compares its answers with what is counted", async () => {
  const told = ["load", "errors", "business"].map((name) =>
    run(process.execPath, [...TIERS_PROGRAM, "--scenario", name, "--exit"], {
      cwd: TIERS_FOLDER,
      env: { ...process.env, PORT: "0" },
    }),
  );
  for (const { stdout } of await Promise.all(told))
    expect(stdout).toMatch(/^Scenario +\/metrics has \S+ .* more\.$/m);
});
