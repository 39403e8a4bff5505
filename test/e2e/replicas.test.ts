/**
 * First events in a pair of real Prometheus servers: each of them sees every event once, and nothing that was
 * none. Both come from one address, at different moments. `increases.test.ts` goes through the life of a collector.
 */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type ServerType, serve } from "@hono/node-server";
import { type Catalog, defineCatalog } from "@rumkit/protocol";
import { type Collector, createCollector } from "@rumkit/server";
import { Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { afterAll, beforeAll, expect, test } from "vitest";
import { longestGap } from "../support/increases/replicas.ts";
import { type RunningPrometheus, startPrometheus } from "../support/prometheus.ts";

const catalog: Catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  http: { status: "code" },
});
let origin: string;
let collector: Collector<Catalog>;
let server: ServerType;
let replicas: readonly RunningPrometheus[];

beforeAll(async () => {
  collector = createCollector({ catalog });
  const app = new Hono();
  app.use(collector.httpMetrics());
  app.get("/status/:code", (c) => c.text("", Number(c.req.param("code")) as ContentfulStatusCode));
  app.route("/", collector.app);
  server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
  if (!server.listening) await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  replicas = await Promise.all(["a", "b"].map((name) => startPrometheus(origin, [], name)));
});
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  server.close();
  if ("closeAllConnections" in server) server.closeAllConnections();
  await collector.stop();
});

/** Waits until both have scraped what is there now, once more than they had. */
async function scraped(): Promise<void> {
  const began = Date.now() / 1000;
  const isSeen = async (replica: RunningPrometheus): Promise<boolean> =>
    ((await replica.query("timestamp(up == 1)"))[0]?.value ?? 0) > began;
  for (const replica of replicas) await expect.poll(() => isSeen(replica)).toBe(true);
}

const answer = async (status: number): Promise<string> => (await fetch(`${origin}/status/${status}`)).text();

/** The number of events that the samples of a selector show, as `increase` counts them, without what it extrapolates. */
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
  for (const replica of replicas) await expect.poll(() => increaseOf(replica, selector)).toBe(events);
  await scraped();
  for (const replica of replicas) expect(await increaseOf(replica, selector)).toBe(events);
}

const requests = (matchers: string): string => `http_requests_total{route="/status/:code",${matchers}}`;

/**
 * Seconds for which a new series is 0 to a Prometheus that scrapes each second, four times its timeout. Where the machine
 * was too busy for a scrape in that time, an attempt shows nothing, and is repeated with other series.
 */
const ZERO_S = 4;
const ATTEMPTS = 3;
const SERIES = 30;

test(
  "each sees the first event of each of thirty series, whenever it comes between two scrapes",
  { timeout: 600_000 },
  async () => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        // Statuses that mean nothing to `fetch`: it does not give 407 to its caller.
        return await seeFirstEvents(440 + (attempt - 1) * SERIES);
      } catch (error) {
        const gaps = await Promise.all(replicas.map(longestGap));
        if (attempt === ATTEMPTS || Math.max(...gaps) < ZERO_S) throw error;
        console.warn(`Prometheus did not scrape for ${Math.max(...gaps)} s: once more.`);
      }
    }
  },
);

async function seeFirstEvents(first: number): Promise<void> {
  await scraped();
  const codes = Array.from({ length: SERIES }, (_, index) => first + index);
  for (const code of codes) {
    await answer(code);
    // Moments of all kinds: the two scrape once a second each.
    await new Promise((resolve) => setTimeout(resolve, 70));
  }
  await bothSee(requests(`status=~"${codes.join("|")}"`), SERIES);
}
