/**
 * One app in several processes: the workers of a real cluster share a port, one collector counts for all of them, and what
 * was acknowledged is counted exactly once, also while workers and the collector are killed.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSqliteJournal } from "@rumkit/server";
import { expectSoon } from "../support/expectSoon.ts";
import { freePort } from "../support/freePort.ts";
import { createBatchOrder, createPurchaseOrder, type Order } from "../support/kills/orders.ts";
import { sendOrder } from "../support/kills/sendOrder.ts";
import { addTally, differences, readTally, type Tally } from "../support/kills/tally.ts";
import { parseExposition, type Scrape } from "../support/scrape.ts";
import { type Started, startProgram } from "../support/started.ts";
import { openStreamClient } from "../support/streamClient.ts";

const PROGRAMS = join(import.meta.dirname, "../support/workers");
let folder: string;
let port: number;
let started: Started[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "rumkit-processes-"));
  port = await freePort();
  started = [];
});
afterEach(async () => {
  for (const program of started.toReversed()) await program.stop();
  rmSync(folder, { recursive: true });
});

const origin = (): string => `http://127.0.0.1:${port}`;
const read = async (path: string): Promise<string> => (await fetch(origin() + path)).text();
const scrape = async (): Promise<Scrape> => parseExposition(await read("/metrics"));

async function start(program: string, ready: RegExp, env: Record<string, string> = {}): Promise<Started> {
  const all = { PORT: String(port), FOLDER: folder, SOCKET: join(folder, "rumkit.sock"), ...env };
  const running = await startProgram(process.execPath, [join(PROGRAMS, program)], { env: all, ready });
  started.push(running);
  return running;
}

/** The workers that said that they listen, in their order. */
const workersOf = (output: string): number[] =>
  [...output.matchAll(/^worker (\d+)/gm)].map(([, pid]) => Number(pid));

const TWO_WORKERS = /(worker \d+[^]*){2}/;

/** Sends an order until it is acknowledged, each time over another connection, so that any worker may get it. */
async function sendUntilCounted(order: Order, ledger: Tally): Promise<void> {
  for (;;) {
    const agent = new Agent();
    // One answer of four is lost: the worker has counted it, or has not. The others are waited for as long as a client waits:
    // a connection that the primary hands to a worker that is dying is never answered.
    const loseAfterMs = Math.random() < 0.25 ? 3 : 10_000;
    const reply = await sendOrder({ path: order.path, body: order.body() }, { port, agent, loseAfterMs });
    if (reply === "new" || reply === "duplicate") return addTally(ledger, order.counts);
  }
}

/** Writers that send until `stop`, and the ledger of everything that was acknowledged to them. */
function startWriters(): {
  readonly ledger: Tally;
  readonly sent: () => number;
  readonly stop: () => Promise<unknown>;
} {
  const ledger: Tally = {};
  let sent = 0;
  const state = { isOver: false };
  const write = async (session: string): Promise<void> => {
    for (let seq = 0; !state.isOver; seq += 1) {
      await sendUntilCounted(seq % 2 === 0 ? createBatchOrder(seq, session) : createPurchaseOrder(), ledger);
      sent += 1;
    }
  };
  const writers = ["a", "b", "c", "d"].map((letter) => write(letter.repeat(32)));
  return {
    ledger,
    sent: () => sent,
    stop: () => {
      state.isOver = true;
      return Promise.all(writers);
    },
  };
}

/** The lines that only go up. */
const countersOf = (scraped: Scrape): [string, number][] =>
  [...scraped].filter(([series]) => /^\w+_(total|count|bucket)(\{|$)/.test(series));

test("two workers of a cluster: sums are exact, a killed one keeps its counts, and no counter goes down", async () => {
  const shop = await start("shopCollector.ts", TWO_WORKERS, { WORKERS: "2" });
  const highest = new Map<string, number>();
  const watch = async (): Promise<Scrape> => {
    const scraped = await scrape();
    for (const [series, value] of countersOf(scraped)) {
      expect([series, value]).toEqual([series, Math.max(value, highest.get(series) ?? 0)]);
      highest.set(series, value);
    }
    return scraped;
  };
  const answered = new Set<string>();
  const parcels = async (): Promise<void> => {
    for (let parcel = 0; parcel < 20; parcel += 1) {
      const headers = { connection: "close" };
      answered.add(await (await fetch(`${origin()}/send/${parcel}`, { method: "POST", headers })).text());
    }
  };
  const parcelsSeen = async () => {
    const scraped = await watch();
    const named = (series: string): number | undefined => scraped.get(series);
    return [
      named("shop_parcels_total"),
      named("shop_parcel_grams_sum"),
      named('shop_parcel_grams_bucket{le="10"}'),
      named('http_requests_total{method="POST",route="/send/:grams",status="2xx"}'),
      named("shop_desks"),
      named('queue_depth{queue="parcels"}'),
      named('database_connections_active{pool="main"}'),
      named("rum_worker_processes"),
    ];
  };
  await parcels();
  expect(answered.size).toBe(2);
  // Counts and desks of both add up; both look at the same queue.
  await expectSoon(parcelsSeen).toEqual([20, 190, 11, 20, 6, 7, 4, 2]);

  const writers = startWriters();
  const [victim] = workersOf(shop.output());
  const before = writers.sent();
  await expectSoon(writers.sent).toBeGreaterThan(before + 50);
  process.kill(victim!, "SIGKILL");
  // The primary has replaced it.
  await expectSoon(() => workersOf(shop.output()).length).toBe(3);
  const after = writers.sent();
  await expectSoon(async () => {
    await watch();
    return writers.sent();
  }).toBeGreaterThan(after + 50);
  await writers.stop();
  // What was acknowledged is in the journal and counted, by whichever worker it came.
  expect(differences(readTally(await read("/metrics")), writers.ledger)).toEqual({});

  await parcels();
  await expectSoon(parcelsSeen).toEqual([40, 380, 22, 40, 6, 7, 4, 2]);
  const text = await read("/metrics");
  expect(text.match(/^app_info\{/gm)).toHaveLength(1);
  expect(text.match(/^nodejs_version_info\{/gm)).toHaveLength(1);
  expect(text.match(/^process_start_time_seconds /gm)).toHaveLength(1);
});

test("under a process manager: the live page of any worker shows all, and a killed collector loses nothing", async () => {
  const first = await start("shopCollector.ts", /collecting/);
  const manager = await start("processManager.ts", TWO_WORKERS);
  expect(manager.output()).toMatch(/^worker \d+ 0$/m);
  expect(manager.output()).toMatch(/^worker \d+ 1$/m);

  // The stream and the socket of whichever worker accepts them.
  const stream = new AbortController();
  const frames = (await fetch(`${origin()}/realtime/metrics`, { signal: stream.signal })).body!;
  const reader = frames.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toContain("retry:");
  stream.abort();
  const client = await openStreamClient(`ws://127.0.0.1:${port}/metrics/stream`, { origin: origin() });
  client.send({ type: "ping" } as never);
  await client.next("pong");
  client.ws.close();
  await client.closed;

  const writers = startWriters();
  await expectSoon(writers.sent).toBeGreaterThan(50);
  first.signal("SIGKILL");
  const sent = writers.sent();
  await start("shopCollector.ts", /collecting/);
  await expectSoon(writers.sent).toBeGreaterThan(sent + 50);
  await writers.stop();
  expect(differences(readTally(await read("/metrics")), writers.ledger)).toEqual({});
});

test("two processes cannot have the same journal, and the error says what to do", async () => {
  await start("shopCollector.ts", /collecting/);
  const path = join(folder, "metrics.journal");
  await expect(openSqliteJournal({ path })).rejects.toMatchObject({ name: "JournalError", code: "locked" });
  await expect(openSqliteJournal({ path })).rejects.toThrow(/serveWorkers/);
});
