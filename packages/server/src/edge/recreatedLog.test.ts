/** A spool whose log was created again with another number of partitions, over real engines. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { expectSoon } from "../../../../test/support/expectSoon.ts";
import { startKeptRedis } from "../../../../test/support/keptRedis.ts";
import { startNats } from "../../../../test/support/natsServer.ts";
import { scrape } from "../../../../test/support/scrape.ts";
import type { Broker, Topic } from "../brokers/broker.ts";
import { readMessage } from "../brokers/message.ts";
import { openBroker } from "../brokers/openBroker.ts";
import { topicOf } from "../brokers/partition.ts";
import type { Collector } from "../collector/collector.ts";
import { createCollector } from "../collector/createCollector.ts";
import type { Readiness } from "../health/readiness.ts";
import { openEdgeBroker } from "./openEdgeBroker.ts";
import { openSpool } from "./spool.ts";

const catalog = { app: "shop", routes: ["/"] } as const;
const SESSIONS = Array.from({ length: 24 }, (_, index) => index.toString(16).padStart(32, "0"));

interface Server {
  readonly url: string;
  readonly kill: () => Promise<void>;
}

async function startJetStream(): Promise<Server> {
  const nats = await startNats();
  onTestFinished(nats.stop);
  return { url: nats.url, kill: nats.servers[0]!.kill };
}

async function startRedis(): Promise<Server> {
  const redis = await startKeptRedis();
  onTestFinished(redis.stop);
  return redis;
}

function makeSpool(): string {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-recreated-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "spool");
}

const open = ({ url }: Server, partitions: number): Promise<Broker> =>
  openBroker({ url, app: "shop", partitions, allowUnsafe: true, log: { warn: () => {} } });

function startEdge(broker: Broker, spool: string) {
  const edge = createCollector({
    catalog,
    runtimeMetrics: false,
    environment: "production",
    cluster: { role: "edge", broker, spool },
  });
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await edge.stop();
    await broker.close();
  };
  const stopOnce = (): Promise<void> => (stopping ??= stop());
  onTestFinished(stopOnce);
  return { edge, stop: stopOnce };
}

async function sendBatch({ app }: Pick<Collector<typeof catalog>, "app">, session: string): Promise<number> {
  const batch = {
    v: 1,
    id: session,
    seq: 0,
    session,
    sentAt: 1,
    events: [{ type: "page_view", route: "/" }],
  };
  const { status } = await app.request("/collect", {
    method: "POST",
    headers: { origin: "http://shop.example", host: "shop.example", "user-agent": "Firefox/153.0" },
    body: JSON.stringify(batch),
  });
  return status;
}

async function untilEmpty({ app }: Pick<Collector<typeof catalog>, "app">): Promise<void> {
  const state = async () => ((await (await app.request("/readyz")).json()) as Readiness).checks.spool?.state;
  await expectSoon(state).toBe("empty");
}

/** Returns the bodies of a topic, as texts. */
async function readTopic(broker: Broker, topic: Topic): Promise<string[]> {
  const { first, last } = await broker.bounds(topic);
  const bodies: string[] = [];
  if (first > last) return bodies;
  for await (const chunk of broker.read(topic, first, new AbortController().signal)) {
    bodies.push(...chunk.map(({ body }) => Buffer.from(body).toString()));
    if (chunk.at(-1)!.sequence >= last) break;
  }
  return bodies;
}

/** The sessions in each topic of batches. */
async function readSessions(broker: Broker): Promise<Record<Topic, string[]>> {
  const found: Record<Topic, string[]> = {} as never;
  for (let partition = 0; partition < broker.partitions; partition += 1) {
    const topic: Topic = `batches.${partition}`;
    const messages = (await readTopic(broker, topic)).map((text) => readMessage(Buffer.from(text)));
    found[topic] = messages.map(
      (message) => (JSON.parse(String("body" in message && message.body)) as { session: string }).session,
    );
  }
  return found;
}

const expected = (partitions: number): Record<string, string[]> =>
  Object.fromEntries(
    Array.from({ length: partitions }, (_, partition) => [
      `batches.${partition}`,
      SESSIONS.filter((session) => topicOf(session, partitions) === `batches.${partition}`),
    ]),
  );

describe.each([
  ["JetStream", startJetStream],
  ["Redis", startRedis],
])("over %s, a log that was created again with fewer partitions", (_engine, startServer) => {
  test("gets each spooled message in the partition that its session has now, and blocks none", async () => {
    const spool = makeSpool();
    const before = await startServer();
    const first = startEdge(await open(before, 12), spool);
    await before.kill();
    for (const session of SESSIONS) expect(await sendBatch(first.edge, session)).toBe(200);
    await first.stop();

    const broker = await open(await startServer(), 5);
    const { edge } = startEdge(broker, spool);
    await untilEmpty(edge);
    expect(await readSessions(broker)).toEqual(expected(5));
  });

  test("gets what an older version spooled for a lost partition in its topic of dead messages", async () => {
    const spool = makeSpool();
    const older = openSpool({ folder: spool, maxBytes: 1e6, onSkipped: () => {} });
    const at = Date.now();
    await older.append({ topic: "batches.11", id: "lost", at, body: Buffer.from("lost") });
    await older.append({ topic: "batches.4", id: "kept", at, body: Buffer.from("kept") });
    await older.close();

    const broker = await open(await startServer(), 5);
    const { edge } = startEdge(broker, spool);
    await untilEmpty(edge);
    expect(await readTopic(broker, "batches.4")).toEqual(["kept"]);
    const [head, body] = (await readTopic(broker, "dead"))[0]!.split("\n");
    expect([JSON.parse(head!), body]).toMatchObject([{ partition: 11, reason: "no_partition" }, "lost"]);
    expect((await scrape(edge.app)).get('rum_edge_refused_total{reason="no_partition"}')).toBe(1);
  });
});

test("an edge that starts while its log is away takes the number of partitions of the log that comes back", async () => {
  const spool = makeSpool();
  const before = await startJetStream();
  await startEdge(await open(before, 12), spool).stop();
  await before.kill();

  let url = before.url;
  const reopen = (): Promise<Broker> => open({ ...before, url }, url === before.url ? 12 : 5);
  const broker = await openEdgeBroker(spool, reopen, 50);
  const { edge } = startEdge(broker, spool);
  for (const session of SESSIONS) expect(await sendBatch(edge, session)).toBe(200);
  ({ url } = await startJetStream());
  await untilEmpty(edge);
  expect(broker.partitions).toBe(5);
  expect(await readSessions(broker)).toEqual(expected(5));
});
