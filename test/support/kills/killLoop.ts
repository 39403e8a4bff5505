import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "../freePort.ts";
import { createBatchOrder, createPurchaseOrder, type Order } from "./orders.ts";
import { sendOrder } from "./sendOrder.ts";
import { addTally, differences, readTally, type Tally } from "./tally.ts";

export interface KillOptions {
  readonly kills: number;
  readonly journal: "sqlite" | "memory";
  /** Every try has a new id: a control that must count twice. */
  readonly freshIds?: boolean;
}

export interface KillResult {
  readonly kills: number;
  readonly orders: number;
  readonly events: number;
  /** Orders that were sent again although they were acknowledged. */
  readonly replays: number;
  /** Of those, how many the collector took for new. */
  readonly replaysTakenForNew: number;
  /** Replies that were on their way, or about to be, when the writer cut its connection. */
  readonly repliesCut: number;
  /** Milliseconds from the start of a process until it listens, the slowest. */
  readonly slowestStartMs: number;
  /** Series that are below what was acknowledged, in units: events, minor units. */
  readonly lost: Tally;
  /** Series that are above it. */
  readonly twice: Tally;
  /** The same after a clean stop and one more start. */
  readonly afterCleanStop: Tally;
  /** Minor units of revenue that were acknowledged, and that the exposition has. */
  readonly revenue: readonly [expected: number, found: number];
}

const WRITERS = 32;

/** So many that shares of them, such as every tenth that is sent again, are what they should be. */
const ORDERS_A_KILL = 100;
const RETRY_MS = 25;
const REVENUE = 'revenue_total{conversion="purchase",currency="EUR"}';

/**
 * Kills a collector again and again while writers send, and compares what it says at the end with what was
 * acknowledged. A writer sends an order until it is acknowledged, every tenth reply is lost on the way, every
 * tenth order is sent again afterwards: by a count, so that few orders have their share of both on a slow machine.
 */
export async function runKillLoop({ kills, journal, freshIds = false }: KillOptions): Promise<KillResult> {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-kills-"));
  const port = await freePort();
  const agent = new Agent({ keepAlive: true, maxSockets: WRITERS });
  const ledger: Tally = {};
  const seen = { orders: 0, events: 0, replays: 0, replaysTakenForNew: 0, repliesCut: 0, slowestStartMs: 0 };
  let sent = 0;
  const load = { isOver: false };

  const start = async (): Promise<ChildProcess> => {
    const begin = performance.now();
    const child = spawn(process.execPath, [join(import.meta.dirname, "collectorProcess.ts")], {
      env: { ...process.env, PORT: String(port), FOLDER: folder, JOURNAL: journal },
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    seen.slowestStartMs = Math.max(seen.slowestStartMs, performance.now() - begin);
    return child;
  };
  const sendUntilKept = async (order: Order): Promise<void> => {
    for (;;) {
      sent += 1;
      const cut = sent % 10 === 0 ? { loseAfterMs: randomInt(6) } : {};
      const body = order.body(freshIds);
      const reply = await sendOrder({ path: order.path, body }, { port, agent, ...cut });
      if (reply === "new" || reply === "duplicate") return;
      if (reply === "cut") seen.repliesCut += 1;
      else await wait(RETRY_MS);
    }
  };
  const replay = async (order: Order): Promise<void> => {
    const reply = await sendOrder({ path: order.path, body: order.body(freshIds) }, { port, agent });
    seen.replays += 1;
    if (reply === "new") seen.replaysTakenForNew += 1;
  };
  const write = async (writer: number): Promise<void> => {
    const session = randomBytes(16).toString("hex");
    for (let seq = 0; !load.isOver; seq += 1) {
      const order = writer % 4 === 0 ? createPurchaseOrder() : createBatchOrder(seq, session);
      await sendUntilKept(order);
      addTally(ledger, order.counts);
      seen.events += order.events;
      seen.orders += 1;
      if (seen.orders % 10 === 0) await replay(order);
    }
  };
  const scrape = async (): Promise<Tally> => {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    return readTally(await response.text());
  };

  let child = await start();
  const writers = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  for (let kill = 0; kill < kills; kill += 1) {
    // Amid the load at any moment, but not before there was some: a busy machine has little of it in a second.
    const enough = seen.orders + ORDERS_A_KILL;
    await wait(100 + randomInt(900));
    while (seen.orders < enough) await wait(10);
    await end(child, "SIGKILL");
    child = await start();
  }
  await wait(300);
  load.isOver = true;
  await writers;
  const found = await scrape();
  await end(child, "SIGTERM");
  child = await start();
  const again = await scrape();
  await end(child, "SIGTERM");
  agent.destroy();
  rmSync(folder, { recursive: true });

  const wrong = Object.entries(differences(found, ledger));
  return {
    kills,
    ...seen,
    lost: Object.fromEntries(wrong.filter(([, difference]) => difference < 0)),
    twice: Object.fromEntries(wrong.filter(([, difference]) => difference > 0)),
    afterCleanStop: differences(again, found),
    revenue: [ledger[REVENUE] ?? 0, found[REVENUE] ?? 0],
  };
}

async function end(child: ChildProcess, signal: "SIGKILL" | "SIGTERM"): Promise<void> {
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}
