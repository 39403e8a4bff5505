/**
 * From an event to the pixel that shows it, and what viewers cost: `npm run bench -- live`.
 *
 * The collector, its viewers and the browser are separate processes. The page is the real one in a headless Chromium;
 * each event changes the total that it shows, so the first painted total that has an event is the one that shows it.
 * `npm run bench -- live viewers` measures one of its parts.
 */
import { fork, type ChildProcess } from "node:child_process";
import { cpus } from "node:os";
import { join } from "node:path";
import { latencies, openPaintedPage, type PaintedPage } from "./live/paintedPage.ts";
import { openSender, type Sender } from "./live/sender.ts";
import type { Usage } from "./live/server.ts";
import { type Kind, KINDS, type ViewerCount, type ViewerOrder } from "./live/viewers.ts";
import { measureWindows } from "./live/windowsCost.ts";
import { nextMessage } from "./nextMessage.ts";
import { openBrowser } from "./openBrowser.ts";
import { orShort, orSome } from "./rounds.ts";

const VIEWERS = orShort(1_000, 20);
const STALLED = orShort(20, 2);
/** Events a second, for so many seconds. */
interface Rate {
  readonly perSecond: number;
  readonly seconds: number;
}

const RATES: readonly Rate[] = [
  { perSecond: 1, seconds: orShort(60, 1) },
  { perSecond: 100, seconds: orShort(20, 0.3) },
];
const COST_SECONDS = orShort(10, 0.4);
/** Milliseconds until what a change of viewers caused is over. */
const SETTLE_MS = orShort(3_000, 50);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Program<Order extends object | "usage", Answer> {
  ask(order: Order): Promise<Answer>;
  stop(): void;
}

function toProgram<Order extends object | "usage", Answer>(child: ChildProcess): Program<Order, Answer> {
  return {
    ask: (order) => {
      const answer = nextMessage<Answer>(child);
      child.send(order);
      return answer;
    },
    stop: () => child.disconnect(),
  };
}

async function startServer() {
  const child = fork(join(import.meta.dirname, "live/server.ts"), { execArgv: ["--expose-gc"] });
  const { port } = await nextMessage<{ port: number }>(child);
  return { port, ...toProgram<"usage", Usage>(child) };
}

async function startViewers() {
  const child = fork(join(import.meta.dirname, "live/viewers.ts"));
  await nextMessage(child);
  return toProgram<ViewerOrder, ViewerCount>(child);
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? NaN;
}

const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

/** Sends events, and waits until the page has painted the last one. */
async function measurePaint(page: PaintedPage, sender: Sender, rate: Rate) {
  const first = sender.sentAt.length;
  await sender.run(rate.perSecond, rate.seconds);
  for (let turn = 0; turn < 3_000; turn += 1) {
    const all = latencies(sender.sentAt, await page.painted());
    if (all.length === sender.sentAt.length) return all.slice(first);
    await pause(100);
  }
  throw new Error("[bench] The page did not show the last event within five minutes.");
}

async function measureLatency() {
  const server = await startServer();
  const viewers = await startViewers();
  const browser = await openBrowser();
  const sender = await openSender(server.port);
  try {
    console.log(`Chromium ${browser.version()}`);
    // Until the first event, the page shows how to send one.
    sender.send();
    const page = await openPaintedPage(browser, `http://127.0.0.1:${server.port}`);
    // The first events compile what they need.
    await measurePaint(page, sender, { perSecond: 100, seconds: orShort(3, 0.1) });
    const rows = [];
    for (const others of [0, VIEWERS - 1]) {
      if (others > 0) await viewers.ask({ open: "SSE", port: server.port, count: others });
      await pause(SETTLE_MS);
      for (const rate of RATES) {
        const all = await measurePaint(page, sender, rate);
        rows.push({
          "events/s": rate.perSecond,
          "viewers beside": others,
          events: all.length,
          p50: round(quantile(all, 0.5)),
          p95: round(quantile(all, 0.95)),
          p99: round(quantile(all, 0.99)),
        });
      }
    }
    return rows;
  } finally {
    sender.close();
    await browser.close();
    for (const program of [viewers, server]) program.stop();
  }
}

/** Measures viewers of a kind: bytes of each while nothing happens, and CPU time at four frames a second. */
async function measureViewers(kind: Kind) {
  const server = await startServer();
  const viewers = await startViewers();
  const sender = await openSender(server.port);
  const measureCpu = async () => {
    const before = await server.ask("usage");
    const framesBefore = await viewers.ask({ count: true });
    const startedAt = performance.now();
    // Twenty events a second: there is always something for the next frame.
    await sender.run(20, COST_SECONDS);
    const after = await server.ask("usage");
    const frames = (await viewers.ask({ count: true })).frames - framesBefore.frames;
    const ms = performance.now() - startedAt;
    return { share: (after.cpuMicros - before.cpuMicros) / ms / 10, frames: frames / (ms / 1000) };
  };
  try {
    // One viewer comes and goes, so that what all share is there before.
    await viewers.ask({ open: kind, port: server.port, count: 1 });
    await sender.run(20, orShort(3, 0.2));
    const alone = await measureCpu();
    await viewers.ask({ closeAll: true });
    await pause(SETTLE_MS);
    const empty = await server.ask("usage");
    const { open } = await viewers.ask({ open: kind, port: server.port, count: VIEWERS });
    await pause(SETTLE_MS);
    const idle = await server.ask("usage");
    const busy = await measureCpu();
    return {
      viewers: `${open} ${kind}`,
      "heap kB each": round((idle.heap - empty.heap) / open / 1000),
      "RSS kB each": round((idle.rss - empty.rss) / open / 1000),
      "frames/s each": round(busy.frames / open),
      "CPU % of a core": round(busy.share),
      "with one viewer": round(alone.share),
    };
  } finally {
    sender.close();
    for (const program of [viewers, server]) program.stop();
  }
}

/** The growth of memory while some viewers do not read. */
async function measureStalled(kind: Kind) {
  const server = await startServer();
  const viewers = await startViewers();
  const sender = await openSender(server.port);
  try {
    await viewers.ask({ open: kind, port: server.port, count: 1 });
    const { open } = await viewers.ask({ open: kind, port: server.port, count: STALLED, isStalled: true });
    const heaps = [];
    for (let turn = 0; turn < 4; turn += 1) {
      await sender.run(100, COST_SECONDS / 2);
      heaps.push((await server.ask("usage")).heap);
    }
    const [first = 0] = heaps;
    return {
      stalled: `${open - 1} ${kind}`,
      ...Object.fromEntries(
        heaps.map((heap, turn) => [`MB after ${(turn + 1) * (COST_SECONDS / 2)} s`, round(heap / 1e6, 2)]),
      ),
      growth: round((heaps.at(-1)! - first) / 1e6, 2),
    };
  } finally {
    sender.close();
    for (const program of [viewers, server]) program.stop();
  }
}

async function ofEach<Row>(kinds: readonly Kind[], measure: (kind: Kind) => Promise<Row>): Promise<Row[]> {
  const rows = [];
  for (const kind of kinds) rows.push(await measure(kind));
  return rows;
}

/** The tables, each with its title. One or more can be chosen: `npm run bench -- live viewers`. */
const PARTS: Readonly<Record<string, readonly [title: string, rows: () => Promise<object[]>]>> = {
  latency: ["Milliseconds from sending an event to the end of the frame that paints it", measureLatency],
  viewers: [
    "Viewers: memory of each while nothing happens, CPU time at four frames a second",
    () => ofEach(KINDS, measureViewers),
  ],
  stalled: [
    "Viewers that never read, at 100 events a second: memory of the collector",
    () => ofEach(orSome(KINDS, 0), measureStalled),
  ],
  windows: [
    "Counting a batch of eleven events, with and without the live page, in turns in one process",
    measureWindows,
  ],
};

console.log(`\n${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}`);
const chosen = Object.keys(PARTS).filter((name) => process.argv.includes(name));
for (const [title, rows] of chosen.length > 0 ? chosen.map((name) => PARTS[name]!) : Object.values(PARTS)) {
  console.log(`\n${title}\n`);
  console.table(await rows());
}
