/**
 * What a pair of real Prometheus servers makes of first events, of series that end, of restarts and of deployments:
 * each of them sees every event once, and nothing that was none. Both come from one address, at different moments.
 */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ServerType, serve } from "@hono/node-server";
import { type Catalog, defineCatalog } from "@rumkit/protocol";
import { type Collector, createCollector, openSqliteJournal } from "@rumkit/server";
import { Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "./freePort.ts";
import { type RunningPrometheus, startPrometheus } from "./prometheus.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  http: { status: "code" },
  actions: { buy: { help: "Bought.", labels: { kind: ["x", "y"] } } },
});
/** Forgets a value, as a mistake would. */
const mistaken: Catalog = { ...catalog, actions: { buy: { help: "Bought.", labels: { kind: ["y"] } } } };

/** Longer than a new series is shown as 0 to a scraper that comes each second. */
const IDLE_MS = 12_000;

let folder: string;
let origin: string;
let collector: Collector<Catalog>;
let server: ServerType;
let replicas: readonly RunningPrometheus[];
let batches = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rumkit-replicas-"));
  origin = `http://127.0.0.1:${await freePort()}`;
  await start(catalog);
  replicas = await Promise.all(["a", "b"].map((name) => startPrometheus(origin, [], name)));
});
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  await stop();
  await rm(folder, { recursive: true });
});

async function start(of: Catalog): Promise<void> {
  const journal = await openSqliteJournal({ path: join(folder, "journal") });
  collector = createCollector({ catalog: of, journal, bots: "count", seriesBudget: { idleMs: IDLE_MS } });
  const app = new Hono();
  app.use(collector.httpMetrics());
  app.get("/status/:code", (c) => c.text("", Number(c.req.param("code")) as ContentfulStatusCode));
  app.route("/", collector.app);
  const { hostname, port } = new URL(origin);
  server = serve({ fetch: app.fetch, port: Number(port), hostname });
  if (!server.listening) await once(server, "listening");
}

async function stop(): Promise<void> {
  server.close();
  if ("closeAllConnections" in server) server.closeAllConnections();
  await collector.stop();
}

async function deploy(of: Catalog): Promise<void> {
  await stop();
  await start(of);
  await scraped();
}

/** Waits until both have scraped what is there now, once more than they had. */
async function scraped(): Promise<void> {
  const began = Date.now() / 1000;
  const isSeen = async (replica: RunningPrometheus): Promise<boolean> =>
    ((await replica.query("timestamp(up == 1)"))[0]?.value ?? 0) > began;
  for (const replica of replicas) await expect.poll(() => isSeen(replica), { timeout: 60_000 }).toBe(true);
}

async function buy(times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    batches += 1;
    const id = batches.toString(16).padStart(32, "0");
    const events = [{ type: "action", name: "buy", route: "/", details: { kind: "x" } }];
    const body = JSON.stringify({ v: 1, id, seq: 0, session: "f".repeat(32), sentAt: 1, events });
    const response = await fetch(`${origin}/collect`, { method: "POST", body, headers: { origin } });
    expect(await response.json()).toMatchObject({ accepted: 1 });
  }
}

async function answer(status: number, times = 1): Promise<void> {
  for (let time = 0; time < times; time += 1) await (await fetch(`${origin}/status/${status}`)).text();
}

/** How many events the samples of a selector show, as `increase` counts them, without what it extrapolates. */
async function increaseOf(replica: RunningPrometheus, selector: string): Promise<number> {
  const query = encodeURIComponent(`${selector}[10m]`);
  const { data } = (await replica.ask(`query?query=${query}`)) as {
    data: { result: { values: [number, string][] }[] };
  };
  return data.result.reduce((sum, { values }) => {
    const numbers = values.map(([, value]) => Number(value));
    return numbers.reduce((total, now, index) => {
      const before = numbers[index - 1] ?? now;
      return total + (now >= before ? now - before : now);
    }, sum);
  }, 0);
}

/** Waits until both have seen so many, and says that neither sees more. */
async function bothSee(selector: string, events: number): Promise<void> {
  for (const replica of replicas)
    await expect.poll(() => increaseOf(replica, selector), { timeout: 60_000 }).toBe(events);
  await scraped();
  for (const replica of replicas) expect(await increaseOf(replica, selector)).toBe(events);
}

const requests = (matchers: string): string => `http_requests_total{route="/status/:code",${matchers}}`;

test("each sees the first event of each of forty series, whenever it comes between two scrapes", async () => {
  await scraped();
  for (let code = 440; code < 480; code += 1) {
    await answer(code);
    // Moments of all kinds: the two scrape once a second each.
    await new Promise((resolve) => setTimeout(resolve, 70));
  }
  await bothSee(requests('status=~"4.."'), 40);
});

test("a series that ends a while after an outage is no event, and nor is one that comes back", async () => {
  await answer(500, 9);
  await expect
    .poll(async () => (await replicas[0]!.query(requests('status="500"')))[0]?.value, { timeout: 60_000 })
    .toBe(9);
  await answer(503, 15);
  await bothSee(requests('status=~"5.."'), 24);
  for (const replica of replicas) {
    await expect
      .poll(async () => (await replica.query('http_requests_total{status=~"5.."}')).length, {
        timeout: 60_000,
      })
      .toBe(0);
  }
  await bothSee('http_requests_total{status=~"5.."}', 24);
  await answer(500);
  await bothSee('http_requests_total{status=~"5.."}', 25);
});

test("restarts, a mistaken deployment and the way back make no event, and lose none", async () => {
  const bought = 'rum_actions_total{action="buy"}';
  await buy(3);
  await bothSee(bought, 3);
  await deploy(catalog);
  await bothSee(bought, 3);
  await deploy(mistaken);
  await bothSee(bought, 3);
  await deploy(catalog);
  await buy(2);
  await bothSee(bought, 5);
  await answer(200, 2);
  await bothSee(requests('status="200"'), 2);
});
