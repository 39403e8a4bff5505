import { randomBytes, randomInt } from "node:crypto";
import { Agent } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { NetworkFault } from "../breakingProxy.ts";
import { createBatchOrder, createPurchaseOrder, type Order } from "../kills/orders.ts";
import { sendOrder } from "../kills/sendOrder.ts";
import { addTally, differences, type Tally } from "../kills/tally.ts";
import { ANSWER_MS, type Cluster, type Engine, type Member, startCluster } from "./cluster.ts";

export interface FaultOptions {
  readonly engine: Engine;
  /** Kills of edges, of the log, and of aggregators: so many of each, at the same time. */
  readonly kills: number;
  /** Each fault of the network, so many times, on the way of one process to the log after the other. */
  readonly faults: number;
  /** Jumps of the clock of each process. */
  readonly jumps: number;
  /** Moves of all partitions to the other aggregator, which is killed meanwhile. */
  readonly moves: number;
  /** Every try has a new id: a control that must count twice. */
  readonly freshIds?: boolean;
}

export interface FaultResult {
  readonly kills: number;
  readonly networkFaults: number;
  readonly clockJumps: number;
  readonly moves: number;
  readonly orders: number;
  readonly events: number;
  /** Orders that were sent again although they were acknowledged, to any edge. */
  readonly replays: number;
  /** Replies that were on their way, or about to be, when the writer cut its connection. */
  readonly repliesCut: number;
  /** Messages that waited in the spools of the edges, since their last start. */
  readonly spooled: number;
  /** Milliseconds from the last order until all of them were counted. */
  readonly drainedMs: number;
  /** Series that are below what was acknowledged, in units: events, minor units. */
  readonly lost: Tally;
  /** Series that are above it. */
  readonly twice: Tally;
  /** Minor units of revenue that were acknowledged, and that the aggregators have. */
  readonly revenue: readonly [expected: number, found: number];
}

const WRITERS = 24;
const RETRY_MS = 25;

/** Orders between two kills of a kind. */
const ORDERS_A_KILL = 60;
const REVENUE = 'revenue_total{conversion="purchase",currency="EUR"}';

const NETWORK_FAULTS: readonly (NetworkFault | { readonly kind: "half_open" })[] = [
  { kind: "cut" },
  { kind: "slow", delayMs: 60 },
  { kind: "replies_lost" },
  { kind: "requests_lost" },
  { kind: "half_open" },
  { kind: "silent" },
];

/**
 * Breaks a cluster again and again while writers send, and compares the sum of its aggregators with what was acknowledged.
 * A writer sends an order until it is acknowledged, each time to any edge; every tenth reply is lost on the way, and every
 * tenth order is sent again afterwards: by a count, so that few orders have their share of both on a slow machine.
 */
export async function runFaultLoop(options: FaultOptions): Promise<FaultResult> {
  const cluster = await startCluster(options.engine);
  try {
    const load = startLoad(cluster, options.freshIds ?? false);
    const done = await breakAll(cluster, options, load.acknowledged);
    await load.stop();
    const drainedMs = await untilCounted(cluster, load.ledger);
    const found = await cluster.counted();
    const wrong = Object.entries(differences(found, load.ledger));
    return {
      ...done,
      ...load.seen,
      spooled: await spooledBy(cluster),
      drainedMs,
      lost: Object.fromEntries(wrong.filter(([, difference]) => difference < 0)),
      twice: Object.fromEntries(wrong.filter(([, difference]) => difference > 0)),
      revenue: [load.ledger[REVENUE] ?? 0, found[REVENUE] ?? 0],
    };
  } finally {
    await cluster.stop();
  }
}

interface Load {
  readonly ledger: Tally;
  readonly seen: { orders: number; events: number; replays: number; repliesCut: number };
  readonly acknowledged: () => number;
  readonly stop: () => Promise<void>;
}

function startLoad({ edges }: Cluster, freshIds: boolean): Load {
  const agents = edges.map(() => new Agent({ keepAlive: true, maxSockets: WRITERS }));
  const ledger: Tally = {};
  const seen = { orders: 0, events: 0, replays: 0, repliesCut: 0 };
  const state = { isOver: false, sent: 0 };

  const sendOnce = (order: Order, loseAfterMs?: number) => {
    const index = randomInt(edges.length);
    const to = { port: edges[index]!.port, agent: agents[index]! };
    return sendOrder(
      { path: order.path, body: order.body(freshIds) },
      loseAfterMs === undefined ? to : { ...to, loseAfterMs },
    );
  };
  const sendUntilKept = async (order: Order): Promise<void> => {
    for (;;) {
      state.sent += 1;
      const reply = await sendOnce(order, state.sent % 10 === 0 ? randomInt(12) : undefined);
      if (reply === "new" || reply === "duplicate") return;
      if (reply === "cut") seen.repliesCut += 1;
      else await wait(RETRY_MS);
    }
  };
  const write = async (writer: number): Promise<void> => {
    const session = randomBytes(16).toString("hex");
    for (let seq = 0; !state.isOver; seq += 1) {
      const order = writer % 4 === 0 ? createPurchaseOrder() : createBatchOrder(seq, session);
      await sendUntilKept(order);
      addTally(ledger, order.counts);
      seen.events += order.events;
      seen.orders += 1;
      if (seen.orders % 10 > 0) continue;
      seen.replays += 1;
      await sendOnce(order);
    }
  };
  const writers = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  return {
    ledger,
    seen,
    acknowledged: () => seen.orders,
    stop: async () => {
      state.isOver = true;
      await writers;
      for (const agent of agents) agent.destroy();
    },
  };
}

/** Kills at the same time, then breaks the network, then sets clocks, then moves partitions. */
async function breakAll(
  cluster: Cluster,
  { kills, faults, jumps, moves }: FaultOptions,
  acknowledged: () => number,
): Promise<Pick<FaultResult, "kills" | "networkFaults" | "clockJumps" | "moves">> {
  const { log, edges, aggregators } = cluster;
  const members = [...edges, ...aggregators];
  const untilLoad = async (): Promise<void> => {
    const enough = acknowledged() + ORDERS_A_KILL;
    await wait(50 + randomInt(400));
    while (acknowledged() < enough) await wait(10);
  };
  const repeatKill = async (kill: (index: number) => Promise<void>): Promise<void> => {
    for (let index = 0; index < kills; index += 1) {
      await untilLoad();
      await kill(index);
    }
  };
  const restartLog = async (): Promise<void> => {
    await log.kill();
    await wait(randomInt(200));
    await log.start();
  };
  await Promise.all([
    repeatKill((index) => edges[index % edges.length]!.restart()),
    repeatKill(restartLog),
    repeatKill((index) => aggregators[index % aggregators.length]!.restart()),
  ]);
  let networkFaults = 0;
  for (let index = 0; index < faults * NETWORK_FAULTS.length; index += 1) {
    // One edge and one aggregator at a time: the others go on.
    const broken = [edges, aggregators].map((of) => of[index % of.length]!);
    await Promise.all(
      broken.map((member) => breakNetwork(member, NETWORK_FAULTS[index % NETWORK_FAULTS.length]!)),
    );
    networkFaults += broken.length;
    await untilLoad();
  }
  for (let jump = 0; jump < jumps; jump += 1)
    for (const member of members) {
      member.jump();
      await untilLoad();
    }
  for (let move = 0; move < moves; move += 1) {
    await cluster.move();
    // Owners look once a second.
    await wait(randomInt(1_500));
    await aggregators[move % aggregators.length]!.restart();
    await untilLoad();
  }
  return { kills: kills * 3 + moves, networkFaults, clockJumps: jumps * members.length, moves };
}

async function breakNetwork({ proxy }: Member, fault: (typeof NETWORK_FAULTS)[number]): Promise<void> {
  if (fault.kind === "half_open") return proxy.halfOpen();
  proxy.break(fault);
  // Shorter and longer than a process waits for an answer of the log.
  await wait(100 + randomInt(ANSWER_MS * 2));
  proxy.heal(randomInt(2) === 0 ? "arrives" : "reset");
}

async function spooledBy({ edges }: Cluster): Promise<number> {
  const texts = await Promise.all(edges.map(({ metrics }) => metrics()));
  const values = texts.map((text) => Number(/^rum_edge_spooled_total (\S+)$/m.exec(text)![1]));
  return values.reduce((sum, value) => sum + value, 0);
}

/** Waits until nothing waits any more and what is counted has stayed the same, or is right. Returns the milliseconds. */
async function untilCounted(cluster: Cluster, ledger: Tally): Promise<number> {
  const startedAt = performance.now();
  let last = "";
  for (let rounds = 0; rounds < ROUNDS;) {
    const found = await cluster.counted();
    const isIdle = (await cluster.waiting()) === 0;
    if (isIdle && Object.keys(differences(found, ledger)).length === 0) break;
    const text = JSON.stringify(found);
    rounds = isIdle && text === last ? rounds + 1 : 0;
    last = text;
    await wait(100);
  }
  return Math.round(performance.now() - startedAt);
}

/** Five seconds without a change. */
const ROUNDS = 50;
