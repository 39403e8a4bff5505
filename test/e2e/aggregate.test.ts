import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import type { LiveRatedVital, LiveVitals } from "@rumkit/protocol";
import { createCollector } from "@rumkit/server";
import { clusterRecords, takeOver, writeAssignment } from "@rumkit/server/internal/cluster";
import { topicOf, writeMessage } from "@rumkit/server/internal/testing";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Aggregators, startAggregators } from "../support/aggregate/aggregators.ts";
import { publishOrder } from "../support/aggregate/publishOrders.ts";
import { catalog as visitsCatalog, createVisits } from "../support/aggregate/visits.ts";
import { createRandom } from "../../examples/shop/visitors/random.ts";
import { expectSoon } from "../support/expectSoon.ts";
import { catalog } from "../support/kills/catalog.ts";
import { createBatchOrder, createPurchaseOrder, type Order } from "../support/kills/orders.ts";
import { addTally, differences, type Tally } from "../support/kills/tally.ts";
import { type Scrape, type Scraped, scrape } from "../support/scrape.ts";
import { type RunningNats, startNats } from "../support/natsServer.ts";
import { startVictoriaMetrics } from "../support/victoriaMetrics.ts";

/** Numbers of aggregators, one after the other. */
const MOVES = Array.from({ length: Number(process.env["MOVES"] ?? 2) }, (_, index) => 3 - (index % 2));

let nats: RunningNats;
beforeAll(async () => {
  nats = await startNats();
});
afterAll(() => nats.stop());

async function start(options: Partial<Parameters<typeof startAggregators>[0]> = {}): Promise<Aggregators> {
  const aggregators = await startAggregators({ url: nats.url, ...options });
  onTestFinished(() => aggregators.stop());
  return aggregators;
}

const hexId = (): string => randomBytes(16).toString("hex");

/** Orders of many sessions, some of them purchases. */
function createOrders(length: number): Order[] {
  const sessions = Array.from({ length: 40 }, hexId);
  return Array.from({ length }, (_, index) =>
    index % 4 === 0 ? createPurchaseOrder() : createBatchOrder(index, sessions[index % 40]!),
  );
}

function tallyOf(orders: readonly Order[]): Tally {
  const tally: Tally = {};
  for (const { counts } of orders) addTally(tally, counts);
  return tally;
}

async function publishAll({ edge }: Aggregators, orders: readonly Order[]): Promise<void> {
  await Promise.all(orders.map((order) => publishOrder(edge, order)));
}

async function assign({ edge }: Aggregators, ...names: string[]): Promise<void> {
  await writeAssignment(clusterRecords(edge.records), edge.partitions, names);
}

test("an aggregator counts what edges publish once, however often it comes, and is ready then", async () => {
  const aggregators = await start();
  const orders = createOrders(200);
  await publishAll(aggregators, orders);
  await publishAll(aggregators, orders.slice(0, 50));
  const first = await aggregators.start("aggregate-0");
  await expectSoon(first.readiness).toBe(200);
  expect(differences(await first.tally(), tallyOf(orders))).toEqual({});
  const values = await first.scrape();
  expect(values.get('rum_log_messages_total{outcome="counted"}')).toBe(200);
  expect(values.get('rum_log_messages_total{outcome="duplicate"}')).toBe(50);
  const { status } = await first.collector.app.request("/collect", { method: "POST", body: "{}" });
  expect(status).toBe(404);
});

test("after a restart it continues at its position, and knows the ids of before", async () => {
  const aggregators = await start();
  const orders = createOrders(100);
  await publishAll(aggregators, orders.slice(0, 60));
  const before = await aggregators.start("aggregate-0");
  await expectSoon(before.readiness).toBe(200);
  await before.stop();
  await publishAll(aggregators, orders.slice(40));
  const after = await aggregators.start("aggregate-0");
  await expectSoon(after.readiness).toBe(200);
  expect(differences(await after.tally(), tallyOf(orders))).toEqual({});
  const values = await after.scrape();
  expect(values.get('rum_log_messages_total{outcome="counted"}')).toBe(40);
  expect(values.get('rum_log_messages_total{outcome="duplicate"}')).toBe(20);
});

test("from two aggregators to three and back under load, each order counts once, with replays across the moves", async () => {
  const aggregators = await start({ partitions: 6 });
  await assign(aggregators, "aggregate-0", "aggregate-1");
  await Promise.all(["aggregate-0", "aggregate-1", "aggregate-2"].map((name) => aggregators.start(name)));
  const orders: Order[] = [];
  const load = { isOver: false };
  const loading = (async () => {
    while (!load.isOver) {
      const next = createOrders(20);
      orders.push(...next);
      await publishAll(aggregators, [...next, ...orders.filter(() => Math.random() < 0.02)]);
      // More would only make the memory of the partitions larger that moves with them.
      await wait(20);
    }
  })();
  for (const count of MOVES) {
    await aggregators.caughtUp();
    await assign(aggregators, ...Array.from({ length: count }, (_, index) => `aggregate-${index}`));
    const { partitions } = clusterRecords(aggregators.edge.records);
    await expectSoon(
      async () => new Set((await partitions.list()).map(([, { value }]) => value.owner)).size,
    ).toBe(count);
  }
  load.isOver = true;
  await loading;
  await publishAll(aggregators, orders.slice(0, 100));
  await aggregators.caughtUp();
  expect(differences(await aggregators.tally(), tallyOf(orders))).toEqual({});
});

describe("who counts a partition", () => {
  test("a second process with the name of another journal is refused, and counts nothing", async () => {
    const aggregators = await start();
    const first = await aggregators.start("aggregate-0");
    await expectSoon(first.readiness).toBe(200);
    const second = await aggregators.start("aggregate-0", { folder: "elsewhere" });
    await expectSoon(() => second.notices.join()).toContain("belongs to an aggregator with another journal");
    const orders = createOrders(20);
    await publishAll(aggregators, orders);
    await aggregators.caughtUp();
    expect(await second.readiness()).toBe(503);
    expect(await second.tally()).toEqual({});
    expect(differences(await first.tally(), tallyOf(orders))).toEqual({});
  });

  test("a partition that another aggregator owns is not counted before it is released", async () => {
    const aggregators = await start();
    const first = await aggregators.start("aggregate-0");
    await expectSoon(first.readiness).toBe(200);
    await first.stop();
    await assign(aggregators, "aggregate-1");
    const second = await aggregators.start("aggregate-1");
    await expectSoon(() => second.notices.join()).toContain("still belong to another aggregator");
    const orders = createOrders(20);
    await publishAll(aggregators, orders);
    expect(await second.readiness()).toBe(503);
    expect(await second.tally()).toEqual({});
    // It comes back, releases them, and has nothing to count.
    await aggregators.start("aggregate-0");
    await expectSoon(second.readiness).toBe(200);
    await aggregators.caughtUp();
    expect(differences(await second.tally(), tallyOf(orders))).toEqual({});
  });

  test("a disk that is lost is taken over by a command, and its process counts nothing any more", async () => {
    const aggregators = await start();
    const lost = await aggregators.start("aggregate-0");
    const before = createOrders(20);
    await publishAll(aggregators, before);
    await aggregators.caughtUp();
    const records = clusterRecords(aggregators.edge.records);
    const positions = async (): Promise<unknown> =>
      Object.values((await records.aggregators.read("aggregate-0"))?.value.positions ?? {}).reduce(
        (sum, position) => sum + position,
        0,
      );
    await expectSoon(positions).toBe(20);
    const revision = async () => (await records.aggregators.read("aggregate-0"))?.revision;
    /** Until it has said once more that it is alive. */
    const untilHeard = async (): Promise<void> => {
      const heard = await revision();
      await expectSoon(async () => (await revision()) !== heard).toBe(true);
    };
    await expect(takeOver({ records, name: "aggregate-0", wait: untilHeard })).rejects.toThrow("is alive");
    await lost.stop();
    const taken = await takeOver({ records, name: "aggregate-0", wait: async () => {} });
    expect(taken.reduce((sum, { from }) => sum + from, 0)).toBe(20);
    const next = await aggregators.start("aggregate-0", { folder: "new-disk" });
    const after = createOrders(20);
    await publishAll(aggregators, [...before, ...after]);
    await aggregators.caughtUp();
    expect(differences(await next.tally(), tallyOf(after))).toEqual({});
  });
});

test("the same message after the deduplication window of the log counts once", async () => {
  const aggregators = await start({ duplicateWindowMs: 200 });
  const { edge } = aggregators;
  const [order] = createOrders(2).slice(1);
  const body = Buffer.from(order!.body());
  const { session } = JSON.parse(order!.body()) as { session: string };
  const message = { kind: "batch", id: hexId(), at: Date.now(), body } as const;
  const topic = topicOf(session, edge.partitions);
  const outgoing = { id: message.id, body: writeMessage(message) };
  await edge.publish(topic, outgoing);
  await expectSoon(async () => {
    await edge.publish(topic, outgoing);
    return (await edge.bounds(topic)).last;
  }).toBeGreaterThan(1);
  const first = await aggregators.start("aggregate-0");
  await aggregators.caughtUp();
  expect(differences(await first.tally(), order!.counts)).toEqual({});
});

test("a message that cannot be read is kept with its reason, and does not block its partition", async () => {
  const aggregators = await start();
  const { edge } = aggregators;
  const first = await aggregators.start("aggregate-0");
  const poison = [
    Buffer.from("no head"),
    Buffer.from("\n"),
    Buffer.from('{"v":9,"id":"a","at":1,"kind":"batch"}\n{}'),
    Buffer.from('{"v":1,"id":"b","at":1,"kind":"batch"}\n{"not":"a batch"}'),
    Buffer.from('{"v":1,"id":"c","at":1,"kind":"items","service":"s"}\nnot JSON'),
    Buffer.from('{"v":1,"id":"d","at":1,"kind":"call","samples":[],"event":{"type":"conversion"}}\n'),
    randomBytes(2_000),
  ];
  const orders = createOrders(40);
  for (let partition = 0; partition < edge.partitions; partition += 1)
    for (const body of poison) await edge.publish(`batches.${partition}`, { id: hexId(), body });
  await publishAll(aggregators, orders);
  await aggregators.caughtUp();
  expect(differences(await first.tally(), tallyOf(orders))).toEqual({});
  const values = await first.scrape();
  expect(values.get('rum_log_messages_total{outcome="dead"}')).toBe(poison.length * edge.partitions);
  expect((await edge.bounds("dead")).last).toBe(poison.length * edge.partitions);
  const reading = new AbortController();
  const reasons: string[] = [];
  for await (const chunk of edge.read("dead", 1, reading.signal)) {
    for (const { body } of chunk)
      reasons.push((JSON.parse(Buffer.from(body).toString().split("\n")[0]!) as { reason: string }).reason);
    if (reasons.length === poison.length * edge.partitions) break;
  }
  expect([...new Set(reasons)].toSorted()).toEqual(["bad_call", "bad_json", "bad_version", "unreadable"]);
});

test("an aggregator with another catalog counts what it knows, and says what it does not", async () => {
  const aggregators = await start();
  const { conversions, ...known } = catalog;
  const first = await aggregators.start("aggregate-0", { catalog: known });
  const orders = createOrders(40);
  await publishAll(aggregators, orders);
  await aggregators.caughtUp();
  const expected = Object.entries(tallyOf(orders)).filter(([series]) => !/conversion|revenue/.test(series));
  expect(Object.keys(conversions)).toHaveLength(2);
  expect(differences(await first.tally(), Object.fromEntries(expected))).toEqual({});
  const values = await first.scrape();
  expect(values.get("rum_log_other_catalog_total")).toBe(40);
  expect(values.get("rum_log_samples_unknown_total")).toBe(20);
  expect(values.get('rum_events_rejected_total{reason="unknown_name"}')).toBeGreaterThan(0);
});

/** Removes all messages of an app from the log, as its retention does, but not those that come later. */
async function removeMessages({ app }: Aggregators): Promise<void> {
  const connection = await connect({ servers: nats.url.replace("nats://", "").split(",") });
  const { streams } = await jetstreamManager(connection);
  for await (const { config } of streams.list())
    if (config.subjects?.some((subject) => subject.includes(app) && subject.includes("batches")))
      await streams.purge(config.name);
  await connection.close();
}

test("messages that the log removed before they were counted are reported as a gap, and counting continues", async () => {
  const aggregators = await start({ partitions: 1 });
  await publishAll(aggregators, createOrders(10));
  await removeMessages(aggregators);
  await expectSoon(async () => (await aggregators.edge.bounds("batches.0")).first).toBe(11);
  const first = await aggregators.start("aggregate-0");
  await expectSoon(() => first.notices.join()).toContain("removed batches.0 from 1 to 10");
  const orders = createOrders(10);
  await publishAll(aggregators, orders);
  await aggregators.caughtUp();
  expect(differences(await first.tally(), tallyOf(orders))).toEqual({});
  expect((await first.scrape()).get('rum_log_lost_total{partition="0"}')).toBe(10);
});

test("two aggregators and a live role push to one receiver, whose sums are what was published", async () => {
  const store = await startVictoriaMetrics({});
  onTestFinished(() => store.stop());
  const aggregators = await start({ pushTo: `${store.address}/api/v1/write` });
  await assign(aggregators, "aggregate-0", "aggregate-1");
  await Promise.all(["aggregate-0", "aggregate-1"].map((name) => aggregators.start(name)));
  await aggregators.startLive("live-0", { catalog });
  const orders = createOrders(100);
  await publishAll(aggregators, [...orders, ...orders.slice(0, 20)]);
  const sent = tallyOf(orders);
  const sentOf = (family: RegExp): number =>
    Object.entries(sent).reduce((sum, [series, value]) => (family.test(series) ? sum + value : sum), 0);
  const sumOfStore = async (selector: string): Promise<number | undefined> =>
    (await store.query(`sum(${selector})`))[0]?.value;
  await expectSoon(() => sumOfStore("rum_actions_total")).toBe(sentOf(/^rum_actions_total/));
  await expectSoon(async () =>
    Math.round(((await sumOfStore('rum_conversion_value_total{currency="EUR"}')) ?? 0) * 100),
  ).toBe(sentOf(/^rum_conversion_value_total\{.*"EUR"/));
  const namesOf = async (metric: string): Promise<readonly string[]> =>
    (await store.query(metric)).map(({ labels }) => labels["instance"]!.slice(`${hostname()}-`.length));
  await expectSoon(async () => (await namesOf("rum_ready")).toSorted()).toEqual([
    "aggregate-0",
    "aggregate-1",
    "live-0",
  ]);
  // A live role has the counts of all aggregators, and pushes none of them.
  expect(new Set(await namesOf("rum_actions_total"))).toEqual(new Set(["aggregate-0", "aggregate-1"]));
  expect(await namesOf("rum_alerts_leading")).toEqual(["live-0"]);
});

const SITE = "https://site.example";

/** Families that a session decides, and the outcomes of its batches. */
const SAME =
  /^rum_(page_views|sessions|active_sessions|sessions_rated|actions|conversions|conversion_value|funnel_sessions|lcp_|inp_|cls_|effort|vital_ratings|js_errors|batches_accepted|batches_lost|events_)/;

/** Adds up the series of several scrapes. */
function sumOf(scrapes: readonly Scrape[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const [series, value] of scrapes.flatMap((values) => [...values]))
    // Whole cents and steps of 1/1024: the sum of doubles is a multiple of both.
    if (SAME.test(series) && value !== 0)
      sum[series] = Math.round(((sum[series] ?? 0) + value) * 25_600) / 25_600;
  return sum;
}

async function vitalsOf({ app }: { app: Scraped }): Promise<Map<string, LiveRatedVital>> {
  const { tables } = (await (await app.request("/realtime/vitals")).json()) as LiveVitals;
  return new Map(
    tables.flatMap(({ label, rows }) =>
      rows.flatMap(({ value, vitals }) =>
        vitals.map((vital) => [`${label} ${value} ${vital.vital}`, vital] as const),
      ),
    ),
  );
}

const numberOf = (vitals: ReadonlyMap<string, LiveRatedVital>): number =>
  [...vitals.values()].reduce(
    (sum, { good, needsImprovement, poor }) => sum + good + needsImprovement + poor,
    0,
  );

test("three aggregators count what one collector counts: sessions, funnels, histograms, and p75 of the live role within 2 %", async () => {
  const aggregators = await start();
  const names = ["aggregate-0", "aggregate-1", "aggregate-2"];
  await assign(aggregators, ...names);
  const several = await Promise.all(names.map((name) => aggregators.start(name, { catalog: visitsCatalog })));
  const live = await aggregators.startLive("live-0", { catalog: visitsCatalog });
  const one = createCollector({
    catalog: visitsCatalog,
    runtimeMetrics: false,
    exceptions: false,
    environment: "production",
    allowedOrigins: [SITE],
    rateLimits: { perAddress: false, perApp: false },
  });
  onTestFinished(() => one.stop());
  for (const { session, userAgent, body } of createVisits(createRandom(17), 60)) {
    const headers = { "user-agent": userAgent, origin: SITE };
    const { status } = await one.app.request("/collect", { method: "POST", headers, body });
    expect(status).toBe(202);
    const message = {
      kind: "batch",
      id: hexId(),
      at: Date.now(),
      userAgent,
      body: Buffer.from(body),
    } as const;
    const topic = topicOf(session, aggregators.edge.partitions);
    await aggregators.edge.publish(topic, { id: message.id, body: writeMessage(message) });
  }
  await aggregators.caughtUp();
  const scrapes = await Promise.all(several.map((aggregator) => aggregator.scrape()));
  const expected = sumOf([await scrape(one.app)]);
  expect(sumOf(scrapes)).toEqual(expected);
  expect(scrapes.every((values) => values.get("rum_active_sessions")! > 0)).toBe(true);
  const vitals = await vitalsOf(one);
  await expectSoon(async () => numberOf(await vitalsOf(live.collector))).toBe(numberOf(vitals));
  const merged = await vitalsOf(live.collector);
  expect([...merged.keys()].toSorted()).toEqual([...vitals.keys()].toSorted());
  for (const [place, { p75 }] of vitals)
    expect(Math.abs(merged.get(place)!.p75 / p75 - 1)).toBeLessThan(0.02);
});
