import { mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineCatalog } from "@rumkit/protocol";
import promClient from "prom-client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { expectSoon } from "../../../../test/support/expectSoon.ts";
import { scrape } from "../../../../test/support/scrape.ts";
import { createCallSender } from "./callSender.ts";
import { createEntries } from "./entries.ts";
import { createProcesses, describeWorkerMetrics } from "./processes.ts";
import { LINK_PATHS, type Entry, type Frame } from "./wire.ts";
import { connectCollector } from "../collector/connectCollector.ts";
import { showCall } from "../base/shownEvents.ts";
import { createCollector } from "../collector/createCollector.ts";
import { serveWorkers } from "../collector/serveWorkers.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { createRecorder } from "../metrics/recorder.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  actions: { press: { help: "Presses.", from: "server" } },
  conversions: { purchase: { help: "Orders.", from: "server", value: { money: ["EUR"] } } },
  gauges: {
    carts: { help: "Open carts." },
    seats: { help: "Seats sold.", labels: { plan: ["basic", "pro"] }, processes: "max" },
  },
});

let folder: string;
let ends: (() => unknown)[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rumkit-workers-"));
  ends = [];
});
afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  rmSync(folder, { recursive: true });
});

const socketPath = (): string => join(folder, "rumkit.sock");

async function startCollector() {
  const collector = createCollector({ catalog, runtimeMetrics: false, environment: "production" });
  const server = await serveWorkers({ collector, socket: socketPath() });
  ends.push(async () => {
    server.close();
    server.closeAllConnections();
    await collector.stop();
  });
  return { collector, server };
}

async function startWorker() {
  const worker = await connectCollector({
    catalog,
    socket: socketPath(),
    runtimeMetrics: false,
    exceptions: false,
  });
  ends.push(worker.stop);
  return worker;
}

test("two workers count into one collector, which answers for both", async () => {
  const { collector } = await startCollector();
  const workers = [await startWorker(), await startWorker()] as const;
  for (const { trackConversion, trackError } of workers) {
    expect(await trackConversion("purchase", { id: "order 1", value: "12.34", currency: "EUR" })).toBe(
      workers[0].trackConversion === trackConversion ? "counted" : "duplicate",
    );
    trackError(new TypeError("gone"));
  }
  const read = async (): Promise<number[]> => {
    const scraped = await scrape(workers[1].app);
    return [
      'revenue_total{conversion="purchase",currency="EUR"}',
      'conversions_total{conversion="purchase"}',
      'app_errors_total{error_type="TypeError",severity="error"}',
      "rum_worker_processes",
    ].map((series) => scraped.get(series) ?? 0);
  };
  await expectSoon(read).toEqual([12.34, 1, 2, 2]);
  expect((await scrape(collector.app)).get("rum_tracked_events_duplicate_total")).toBe(1);
});

test("a batch that is sent to one worker and again to the other counts once", async () => {
  await startCollector();
  const workers = [await startWorker(), await startWorker()];
  const body = JSON.stringify({
    v: 1,
    id: "a".repeat(32),
    session: "f".repeat(32),
    sentAt: 1,
    events: [{ type: "page_view", route: "/", count: 3 }],
  });
  const headers = { origin: "http://shop.example", host: "shop.example", "content-type": "text/plain" };
  const answers = [];
  for (const { app } of workers)
    answers.push(await (await app.request("/collect?x=1", { method: "POST", body, headers })).json());
  expect(answers).toEqual([{ accepted: 3 }, { accepted: 3, duplicate: true }]);
  const series = 'rum_page_views_total{route="/",navigation="hard",experience="unknown"}';
  expect((await scrape(workers[0]!.app)).get(series)).toBe(3);
});

test("700 requests at once reach the collector, and the next 700 use their connections", async () => {
  const { server } = await startCollector();
  const { app } = await startWorker();
  let connections = 0;
  server.on("connection", () => (connections += 1));
  const ask = async (): Promise<number> => (await app.request("/collect/funnels")).status;
  const askAll = async (): Promise<Set<number>> =>
    new Set(await Promise.all(Array.from({ length: 700 }, ask)));
  expect(await askAll()).toEqual(new Set([200]));
  expect(await askAll()).toEqual(new Set([200]));
  // And a few of the worker's own.
  expect(connections).toBeLessThan(750);
});

test("a worker that stops hands over everything, and its gauges go", async () => {
  const { collector } = await startCollector();
  const worker = await startWorker();
  const registers = [worker.registry];
  new promClient.Counter({ name: "parcels_total", help: "Parcels.", registers }).inc(5);
  new promClient.Histogram({ name: "grams", help: "Weights.", buckets: [10], registers }).observe(3);
  const desks = new promClient.Gauge({ name: "desks", help: "Desks.", registers });
  desks.set(2);
  worker.trackQueue("mail", () => 4);
  worker.trackError(new Error("last"));
  await expectSoon(async () => (await scrape(collector.app)).get("desks")).toBe(2);
  expect((await scrape(collector.app)).get('queue_depth{queue="mail"}')).toBe(4);
  desks.set(9);
  worker.trackError(new Error("very last"));
  await worker.stop();
  const after = await scrape(collector.app);
  expect(after.get("parcels_total")).toBe(5);
  expect(after.get('grams_bucket{le="10"}')).toBe(1);
  expect(after.get("grams_sum")).toBe(3);
  expect(after.get('app_errors_total{error_type="Error",severity="error"}')).toBe(2);
  expect([after.has("desks"), after.has('queue_depth{queue="mail"}')]).toEqual([false, false]);
  expect(after.get("rum_worker_processes")).toBe(0);
});

test("gauges of the catalog are added over workers, or joined by their rule, and go with the last worker", async () => {
  const { collector } = await startCollector();
  const [one, two] = [await startWorker(), await startWorker()];
  one.setGauge("carts", 3);
  two.setGauge("carts", 4);
  const sold = new Map([["basic", 7]] as const);
  for (const worker of [one, two])
    worker.observeGauge("seats", () => [...sold].map(([plan, value]) => ({ labels: { plan }, value })));
  const shown = async (): Promise<Record<string, number>> =>
    Object.fromEntries(
      [...(await scrape(collector.app))].filter(([series]) => /^(carts|seats)/.test(series)),
    );
  await expectSoon(shown).toEqual({ carts: 7, 'seats{plan="basic"}': 7 });
  await one.stop();
  await expectSoon(shown).toEqual({ carts: 4, 'seats{plan="basic"}': 7 });
  await two.stop();
  await expectSoon(shown).toEqual({});
});

test("while the collector is away a worker keeps its counts, answers 503, and goes on with the next one", async () => {
  const first = await startCollector();
  const worker = await startWorker();
  await worker.trackAction("press");
  first.server.close();
  first.server.closeAllConnections();
  worker.trackError(new RangeError("meanwhile"));
  const refused = await worker.app.request("/collect", { method: "POST", body: "{}" });
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "2"]);
  const pending = worker.trackAction("press");
  const second = await startCollector();
  expect(await pending).toBe("counted");
  const read = async () =>
    (await scrape(second.collector.app)).get('app_errors_total{error_type="RangeError",severity="error"}');
  await expectSoon(read).toBe(1);
  await worker.stop();
});

test("a second collector on the socket, another app, a missing collector and a long path are refused in words", async () => {
  const socket = socketPath();
  const missing = connectCollector({ catalog, socket, waitMs: 0 });
  await expect(missing).rejects.toThrow(`[rumkit] No collector serves workers on ${socket}. Start it first`);
  const { collector } = await startCollector();
  expect(statSync(socket).mode & 0o777).toBe(0o600);
  await expect(serveWorkers({ collector, socket })).rejects.toThrow(
    `Another process serves workers on ${socket}`,
  );
  const blog = defineCatalog({ app: "blog", routes: ["/"] });
  await expect(connectCollector({ catalog: blog, socket })).rejects.toThrow(
    'belongs to the app "shop", not to "blog"',
  );
  const long = `/${"a".repeat(200)}`;
  await expect(serveWorkers({ collector, socket: long })).rejects.toThrow("a path of 1 to 103 bytes");
});

test("the collector sees the client's address and not the worker's, whatever a client says", async () => {
  const { server } = await startCollector();
  const worker = await startWorker();
  const seen: unknown[] = [];
  server.prependListener("request", ({ headers }) => seen.push(headers["x-rumkit-peer"]));
  const incoming = {
    rawHeaders: ["Host", "shop.example", "X-Rumkit-Peer", "6.6.6.6"],
    headers: { host: "shop.example" },
    socket: { remoteAddress: "192.0.2.7" },
    once: () => {},
  };
  await worker.fetch(new Request("http://shop.example/healthz"), { incoming });
  expect(seen.at(-1)).toBe("192.0.2.7");
});

test("a frame that no worker of ours would send is refused, and the collector goes on", async () => {
  const { collector } = await startCollector();
  const statusOf = (path: string, body: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const sent = request({ socketPath: socketPath(), path, method: "POST" }, (answer) => {
        answer.resume();
        resolve(answer.statusCode!);
      });
      sent.on("error", reject).end(body);
    });
  expect(await statusOf(LINK_PATHS.frame, "{")).toBe(400);
  expect(await statusOf(LINK_PATHS.frame, '{"worker":"w","number":1}')).toBe(400);
  expect(await statusOf("/-/else", "{}")).toBe(404);
  expect((await scrape(collector.app)).get("rum_worker_processes")).toBe(0);
});

const gauge = (name: string, more: object = {}): MetricDescriptor => ({
  name,
  type: "gauge",
  help: "A.",
  unit: "none",
  side: "backend",
  labels: [],
  known: [],
  maxSeries: 1,
  ...more,
});

function startProcesses() {
  let now = 0;
  const recorder = createRecorder(
    [
      gauge("open"),
      gauge("depth", { acrossProcesses: "max" }),
      gauge("errors_total", { type: "counter" }),
      gauge("seconds", { type: "histogram", buckets: [1, 2] }),
      ...describeWorkerMetrics(),
    ],
    () => now,
  );
  const processes = createProcesses(recorder, () => now);
  const valueOf = (metric: string): number => {
    processes.show();
    const [series] = recorder.families.find(({ descriptor }) => descriptor.name === metric)!.series;
    return series?.kind === "histogram" ? series.sum : (series?.value ?? 0);
  };
  return { processes, valueOf, wait: (ms: number) => void (now += ms) };
}

const frameOf = (worker: string, number: number, more: Partial<Frame> = {}): Frame => ({
  worker,
  number,
  series: [{ metric: "errors_total", labels: {}, counted: [[2, 1]] }],
  gauges: [
    { metric: "open", labels: {}, value: number },
    { metric: "depth", labels: {}, value: number },
  ],
  ...more,
});

test("a frame counts once, gauges join by the rule of their family, and what is gone leaves its counts", () => {
  const { processes, valueOf, wait } = startProcesses();
  for (const frame of [frameOf("a", 1), frameOf("a", 1), frameOf("b", 3), frameOf("a", 1)])
    processes.take(frame);
  expect([valueOf("errors_total"), valueOf("open"), valueOf("depth")]).toEqual([4, 4, 3]);
  wait(9_000);
  processes.take(frameOf("a", 2));
  wait(1_000);
  // Nothing came of b for ten seconds.
  expect([valueOf("errors_total"), valueOf("open"), valueOf("rum_worker_processes")]).toEqual([6, 2, 1]);
  processes.take(frameOf("b", 4));
  expect([valueOf("errors_total"), valueOf("open"), valueOf("rum_worker_processes")]).toEqual([8, 6, 2]);
  wait(10_000);
  expect([valueOf("errors_total"), valueOf("open")]).toEqual([8, Number.NaN]);
});

test("a value that this collector does not describe is counted as refused, and the rest counts", () => {
  const { processes, valueOf } = startProcesses();
  const series = [
    { metric: "of_another_release_total", labels: {}, counted: [[1, 3] as const] },
    ...frameOf("a", 1).series,
  ];
  processes.take(frameOf("a", 1, { series }));
  expect([valueOf("rum_worker_samples_refused_total"), valueOf("errors_total")]).toEqual([3, 2]);
});

test("a call counts once: its lost answer is found again, and another collector does not guess", async () => {
  const count = vi.fn(() => "appended" as const);
  const entry: Entry = {
    call: "w 1",
    at: 0,
    samples: [],
    event: { type: "action", source: "server", count: 1 } as never,
  };
  const first = createEntries(count, "one");
  expect([await first(entry), await first({ ...entry, epoch: "zero" })]).toEqual(["appended", "appended"]);
  expect(count).toHaveBeenCalledTimes(1);
  const second = createEntries(count, "two");
  expect(await second({ ...entry, epoch: "one" })).toBe("unknown");
  expect(await second({ ...entry, epoch: "one", key: "order 1" })).toBe("appended");
  expect(count).toHaveBeenCalledTimes(2);
});

test("a call that may have reached a collector that is gone names that one, also if the next has answered meanwhile", async () => {
  let epoch = "first";
  const sent: unknown[] = [];
  const post = async (_: string, body: unknown): Promise<unknown> => {
    sent.push((body as Entry).epoch);
    if (sent.length > 1) return { epoch, outcome: "unknown" };
    epoch = "second";
    throw Object.assign(new Error("reset"), { code: "ECONNRESET" });
  };
  const client = { post, epoch: () => epoch, request, close: () => {} };
  const call = {
    at: 0,
    samples: [],
    events: showCall({ type: "action", route: "", name: "press" } as never),
  };
  await expect(createCallSender(client, "one")(call)).rejects.toThrow("unknown");
  expect(sent).toEqual([undefined, "first"]);
});

test("another server on the socket is refused as a collector, and the worker lives on", async () => {
  const server = createServer((_, response) => void response.end("hello")).listen(socketPath());
  ends.push(() => void server.close());
  const connecting = connectCollector({ catalog, socket: socketPath(), waitMs: 1 });
  await expect(connecting).rejects.toThrow("No collector serves workers");
});
