/**
 * Time from a threshold crossed to the notice received: `npm run bench -- notified`.
 *
 * A collector in a separate process, with a journal on the disk, evaluates an alert of `for: 0` for each of 100 actions. One
 * after the other crosses its threshold at another moment of the collector's second. The clock runs from just before the batch
 * is sent until a service over HTTP has the whole notice.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { createId } from "./batch.ts";
import { orShort } from "./rounds.ts";

const CROSSINGS = orShort(100, 3);

/** Milliseconds between two crossings: all phases of the second in which the collector evaluates. */
const APART_MS = 370;

/** Milliseconds from the start to the first crossing: the collector must have seen each counter at 0. */
const SETTLE_MS = 3_000;

/** Milliseconds after which a notice counts as lost. */
const PATIENCE_MS = 30_000;

const SHOP = "https://shop.example";

const actions = Array.from({ length: CROSSINGS }, (_, index) => `action_${index}`);
const receivedAt = new Map<string, number>();

/** The service: it notes when the notice of each action arrived. */
const service = createServer((request, response) => {
  void readAll(request).then((body) => {
    const now = performance.now();
    response.end();
    const { status, alerts } = JSON.parse(body) as Notice;
    if (status !== "firing") return;
    for (const { labels } of alerts)
      if (!receivedAt.has(labels["action"]!)) receivedAt.set(labels["action"]!, now);
  });
}).listen(0, "127.0.0.1");

/** The parts of a webhook's body that are read. */
interface Notice {
  readonly status: string;
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[];
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const folder = mkdtempSync(join(tmpdir(), "rumkit-bench-"));
await once(service, "listening");
const { port } = service.address() as AddressInfo;
writeFileSync(
  join(folder, "catalog.json"),
  JSON.stringify({
    app: "bench",
    routes: ["/"],
    actions: Object.fromEntries(actions.map((name) => [name, { help: "Bench." }])),
    alerts: {
      crossed: { when: { increase: "rum_actions_total", by: ["action"], over: "5m", above: 2 }, for: "0s" },
    },
  }),
);
writeFileSync(
  join(folder, "rumkit.config.json"),
  JSON.stringify({
    catalog: "./catalog.json",
    port: 0,
    bots: "count",
    log: "none",
    allowedOrigins: [SHOP],
    alerts: {
      allowPrivateAddresses: ["127.0.0.1"],
      receivers: { service: { type: "webhook", url: `http://127.0.0.1:${port}/` } },
      // Each alert is its own group, and no cap holds one back.
      routes: [{ receivers: ["service"], groupBy: ["alertname", "action"] }],
      maxNoticesPerHour: 1_000,
    },
  }),
);

const collector = spawn(
  process.execPath,
  [join(import.meta.dirname, "../packages/cli/dist/bin/rumkit.js"), "serve"],
  { cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
);
try {
  const origin = await originOf(collector);
  await wait(SETTLE_MS);
  const crossedAt = new Map<string, number>();
  for (const [index, action] of actions.entries()) {
    crossedAt.set(action, performance.now());
    await cross(origin, action, index);
    await wait(APART_MS);
  }
  const deadline = performance.now() + PATIENCE_MS;
  while (receivedAt.size < CROSSINGS && performance.now() < deadline) await wait(50);
  report(crossedAt);
} finally {
  collector.kill("SIGTERM");
  await once(collector, "exit");
  service.close();
  rmSync(folder, { recursive: true });
}

async function originOf({ stderr }: ChildProcess): Promise<string> {
  let said = "";
  for await (const chunk of stderr!) {
    said += String(chunk);
    const origin = /^Collector +(http:\S+)\/collect$/m.exec(said)?.[1];
    if (origin !== undefined) return origin;
  }
  throw new Error(`[bench] The collector did not start:\n${said}`);
}

/** Counts an action five times, above its threshold of two. */
async function cross(origin: string, name: string, index: number): Promise<void> {
  const events = Array.from({ length: 5 }, () => ({ type: "action", name }));
  const id = createId(index);
  const body = JSON.stringify({ v: 1, id, session: "f".repeat(32), sentAt: Date.now(), events });
  const response = await fetch(`${origin}/collect`, { method: "POST", headers: { origin: SHOP }, body });
  if (response.status !== 200)
    throw new Error(`[bench] /collect answers ${response.status}: ${await response.text()}`);
}

function report(crossedAt: ReadonlyMap<string, number>): void {
  const times = [...receivedAt].map(([action, at]) => at - crossedAt.get(action)!).toSorted((a, b) => a - b);
  const at = (quantile: number): number =>
    Math.round(times[Math.ceil(quantile * times.length) - 1] ?? Number.NaN);
  console.log(
    `${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}, Node.js ${process.version}`,
  );
  console.table([
    {
      crossings: CROSSINGS,
      received: times.length,
      "p50 ms": at(0.5),
      "p95 ms": at(0.95),
      "max ms": at(1),
      "goal p95 ms": 2_000,
    },
  ]);
}
