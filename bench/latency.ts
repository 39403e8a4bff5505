/**
 * The time from an event to the moment at which it can be seen, by each way: `npm run bench -- latency`.
 *
 * A real Prometheus scrapes a collector every 30, 5 and 1 s, and gets the pushes of two others, every 15 and every 1 s. All of them
 * count the same events at random moments; SSE and WebSocket read the first. Prometheus is queried ten times a second.
 */
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { defineCatalog } from "@rumkit/protocol";
import { createCollector, type RemoteWriteOptions, serveCollector } from "@rumkit/server";
import { WebSocket } from "ws";
import { freePort } from "../test/support/freePort.ts";
import { openQueryApi } from "../test/support/queryApi.ts";
import { startProgram } from "../test/support/started.ts";
import { orShort } from "./rounds.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  conversions: { purchase: { help: "Orders.", from: "server" } },
});

/** Milliseconds in which events happen, and in which the last ones may arrive. */
const RUN_MS = orShort(210_000, 3_000);
const REST_MS = orShort(32_000, 4_000);
const LONGEST_GAP_MS = orShort(4_000, 500);
const POLL_MS = 100;
const QUERY = 'conversions_total{conversion="purchase"}';
const DAY = 86_400;

const SCRAPES = { "scrape 30 s": 30, "scrape 5 s": 5, "scrape 1 s": 1 } as const;
const PUSHES = { "push 15 s": 15, "push 1 s": 1 } as const;
type Way = keyof typeof SCRAPES | keyof typeof PUSHES | "SSE" | "WebSocket";
const WAYS = [...Object.keys(SCRAPES), ...Object.keys(PUSHES), "SSE", "WebSocket"] as readonly Way[];

/** By way, the moments at which 1, 2, 3, … events could be seen; and the bytes that came. */
const seen = new Map(WAYS.map((way): [Way, number[]] => [way, []]));
const bytes = new Map(WAYS.map((way): [Way, number] => [way, 0]));
const see = (way: Way, value: number): void => {
  const moments = seen.get(way)!;
  while (moments.length < value) moments.push(performance.now());
};
const weigh = (way: Way, more: number): void => void bytes.set(way, bytes.get(way)! + more);

const folder = await mkdtemp(join(tmpdir(), "rumkit-latency-"));
const prometheusPort = await freePort();
const store = openQueryApi(`http://127.0.0.1:${prometheusPort}`);

/** Counts the bytes of a push on its way to Prometheus. */
async function startCounter(way: Way): Promise<string> {
  const relay = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      weigh(way, body.length);
      const headers = { "content-encoding": "snappy", "content-type": "application/x-protobuf" };
      fetch(`${store.address}/api/v1/write`, { method: "POST", body, headers }).then(
        ({ status }) => response.writeHead(status).end(),
        () => response.destroy(),
      );
    });
  }).listen(0, "127.0.0.1");
  await once(relay, "listening");
  return `http://127.0.0.1:${(relay.address() as AddressInfo).port}/api/v1/write`;
}

const collectorOf = (remoteWrite?: RemoteWriteOptions): ReturnType<typeof createCollector<typeof catalog>> =>
  createCollector({ catalog, environment: "production", runtimeMetrics: false, remoteWrite });
const scraped = collectorOf();
const server = serveCollector({ collector: scraped });
await once(server, "listening");
const { port } = server.address() as AddressInfo;
const config = {
  scrape_configs: Object.entries(SCRAPES).map(([job, seconds]) => ({
    job_name: job,
    scrape_interval: `${seconds}s`,
    scrape_timeout: "1s",
    static_configs: [{ targets: [`127.0.0.1:${port}`] }],
  })),
};
await writeFile(join(folder, "prometheus.yml"), JSON.stringify(config));
const prometheus = await startProgram(
  process.env["PROMETHEUS_PATH"] ?? "prometheus",
  [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${prometheusPort}`,
    "--web.enable-remote-write-receiver",
  ],
  { ready: /Server is ready to receive web requests/ },
);
const pushing = await Promise.all(
  Object.entries(PUSHES).map(async ([job, seconds]) =>
    collectorOf({
      url: await startCounter(job as Way),
      intervalMs: seconds * 1_000,
      labels: { job, instance: "one" },
      allowPrivateAddresses: ["127.0.0.1"],
    }),
  ),
);

const leave = new AbortController();
async function readEvents(): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/realtime/metrics`, { signal: leave.signal });
  let text = "";
  for await (const chunk of response.body!) {
    weigh("SSE", chunk.length);
    text += Buffer.from(chunk).toString();
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const data = /^data: ?(.*)$/m.exec(text.slice(0, end))?.[1];
      text = text.slice(end + 2);
      const { totals = [] } = JSON.parse(data ?? "{}") as { totals?: { metric: string; value: number }[] };
      for (const { metric, value } of totals) if (metric === "conversions_total") see("SSE", value);
    }
  }
}
const reading = readEvents().catch(() => {});
const ws = new WebSocket(`ws://127.0.0.1:${port}/metrics/stream`);
await once(ws, "open");
ws.send(JSON.stringify({ type: "subscribe", filters: { metric_type: "business", interval: 0.1 } }));
ws.on("message", (message: Buffer) => {
  weigh("WebSocket", message.length);
  const { data } = JSON.parse(message.toString()) as {
    data?: { business?: { conversions: Record<string, { total: number }> } };
  };
  see("WebSocket", data?.business?.conversions["purchase"]?.total ?? 0);
});

async function poll(): Promise<void> {
  while (!leave.signal.aborted) {
    for (const { labels, value } of await store.query(QUERY)) see(labels["job"] as Way, value);
    await wait(POLL_MS);
  }
}
const polling = poll();

const happened: number[] = [];
const startedAt = performance.now();
while (performance.now() - startedAt < RUN_MS) {
  await wait(Math.random() * LONGEST_GAP_MS);
  happened.push(performance.now());
  const id = `o${happened.length}`;
  await Promise.all([scraped, ...pushing].map((one) => one.trackConversion("purchase", { id })));
}
await wait(REST_MS);
leave.abort();
await polling;
const seconds = (performance.now() - startedAt) / 1_000;
const exposition = gzipSync(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text(), { level: 1 });

const quantile = (values: readonly number[], share: number): number | undefined =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1];
const inSeconds = (ms: number | undefined): string => (ms === undefined ? "-" : (ms / 1_000).toFixed(2));

console.log(`\n${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}`);
console.log(`${happened.length} events; load of the machine ${loadavg()[0]!.toFixed(1)}.\n`);
console.table(
  WAYS.map((way) => {
    const delays = seen
      .get(way)!
      .slice(0, happened.length)
      .map((at, index) => at - happened[index]!);
    const every = { ...SCRAPES, ...PUSHES }[way as keyof typeof SCRAPES] as number | undefined;
    const isScrape = Object.hasOwn(SCRAPES, way);
    const perDay = isScrape ? (DAY / every!) * exposition.length : (bytes.get(way)! / seconds) * DAY;
    return {
      way,
      "median s": inSeconds(quantile(delays, 0.5)),
      "p95 s": inSeconds(quantile(delays, 0.95)),
      seen: `${delays.length} of ${happened.length}`,
      "samples per series and day": every === undefined ? "none" : DAY / every,
      "MB a day": (perDay / 1e6).toFixed(1),
    };
  }),
);
ws.terminate();
await reading;
await Promise.all([scraped, ...pushing].map((one) => one.stop()));
await prometheus.stop();
await rm(folder, { recursive: true, force: true });
