import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection, nanos } from "@nats-io/transport-node";
import { openBroker } from "@rumkit/server";
import { startNats } from "../../test/support/natsServer.ts";
import { catalog, createBody, createId, ID_PLACE } from "../batch.ts";
import { readMetrics } from "../scaling/cluster.ts";
import { startServer } from "../startServer.ts";

/** Milliseconds of the log's deduplication window; JetStream's default is two minutes. */
const WINDOW_MS = 1_000;
/** The retry comes after one and a half windows, as after three minutes. */
const LATER_MS = 1_500;

/** The number of times that an order is counted whose retry comes later than the window of the log. */
export interface LaterRetry {
  readonly rumkit: number;
  /** A consumer of JetStream that publishes with a message id, acknowledges, and remembers nothing itself. */
  readonly byHand: number;
}

/** Sends an order, and sends it again after the window: to an edge with an aggregator, and to a stream of JetStream. */
export async function measureLaterRetry(): Promise<LaterRetry> {
  const nats = await startNats();
  try {
    const [rumkit, byHand] = await Promise.all([countOurs(nats.url), countByHand(nats.url)]);
    return { rumkit, byHand };
  } finally {
    await nats.stop();
  }
}

async function countOurs(url: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "rumkit-later-"));
  // Creates the log with the short window.
  const options = { url, app: catalog.app, partitions: 1, duplicateWindowMs: WINDOW_MS };
  await (await openBroker({ ...options, allowUnsafe: true, log: { warn: () => {} } })).close();
  const env = { BROKER: url, FOLDER: folder };
  const aggregator = await startServer("role.ts", { ...env, ROLE: "aggregate", NAME: "aggregate-0" });
  const edge = await startServer("role.ts", { ...env, ROLE: "edge", NAME: "edge-0" });
  try {
    const send = (id: number): Promise<void> => post(edge.port, createBody().replace(ID_PLACE, createId(id)));
    await send(1);
    await wait(LATER_MS);
    await send(1);
    // One partition has one order: whatever came before it is counted.
    await send(2);
    for (const deadline = AbortSignal.timeout(60_000); !deadline.aborted;) {
      const orders = sumOf(await readMetrics(aggregator.port), "rum_conversions_total{");
      if (orders >= 2) return orders - 1;
      await wait(50);
    }
    throw new Error("[bench] The aggregator did not count the orders.");
  } finally {
    await edge.stop();
    await aggregator.stop();
    await rm(folder, { recursive: true });
  }
}

async function post(port: number, body: string): Promise<void> {
  const headers = { origin: `http://127.0.0.1:${port}`, "user-agent": "Mozilla/5.0 Firefox/140.0" };
  const { ok, status } = await fetch(`http://127.0.0.1:${port}/collect`, { method: "POST", headers, body });
  if (!ok) throw new Error(`[bench] The edge answered ${status}.`);
}

const sumOf = (scrape: ReadonlyMap<string, number>, family: string): number =>
  [...scrape].reduce((sum, [series, value]) => sum + (series.startsWith(family) ? value : 0), 0);

async function countByHand(url: string): Promise<number> {
  const [, address = ""] = /\/\/(.*)$/.exec(url) ?? [];
  const nats = await connect({ servers: address });
  try {
    const js = jetstream(nats);
    await createOrders(nats);
    const publish = (): Promise<unknown> => js.publish("orders.new", "order 1", { msgID: "order 1" });
    await publish();
    await wait(LATER_MS);
    await publish();
    const consumer = await js.consumers.get("ORDERS", "counter");
    let orders = 0;
    for await (const message of await consumer.fetch({ max_messages: 10, expires: 1_000 })) {
      orders += 1;
      await message.ackAck();
    }
    return orders;
  } finally {
    await nats.close();
  }
}

async function createOrders(nats: NatsConnection): Promise<void> {
  const manager = await jetstreamManager(nats);
  await manager.streams.add({
    name: "ORDERS",
    subjects: ["orders.*"],
    duplicate_window: nanos(WINDOW_MS),
  });
  await manager.consumers.add("ORDERS", { durable_name: "counter", ack_policy: "explicit" });
}

/** The row of the fault table. */
export function renderLaterRetry({ rumkit, byHand }: LaterRetry): string {
  const times = (count: number): string => (count === 1 ? "counted once" : `counted ${count} times`);
  return [
    "| | rumkit: an edge and an aggregator | a consumer that trusts JetStream's window |",
    "| --- | --- | --- |",
    `| the same retry after one and a half windows | ${times(rumkit)} | ${times(byHand)} |`,
  ].join("\n");
}
