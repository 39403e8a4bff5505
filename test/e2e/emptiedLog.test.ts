/** Aggregators over a Redis that comes back empty, or with an old copy: each acknowledged message still counts once. */
import { createClient } from "redis";
import { writeAssignment, clusterRecords } from "@rumkit/server/internal/cluster";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startAggregators, type Aggregators } from "../support/aggregate/aggregators.ts";
import { publishOrder } from "../support/aggregate/publishOrders.ts";
import { expectSoon } from "../support/expectSoon.ts";
import { type KeptRedis, startKeptRedis } from "../support/keptRedis.ts";
import { createBatchOrder, createPurchaseOrder, type Order } from "../support/kills/orders.ts";
import { addTally, differences, type Tally } from "../support/kills/tally.ts";

let redis: KeptRedis;
beforeAll(async () => {
  redis = await startKeptRedis();
});
afterAll(() => redis.stop());

async function start(partitions: number): Promise<Aggregators> {
  const aggregators = await startAggregators({ url: redis.url, partitions });
  onTestFinished(() => aggregators.stop());
  return aggregators;
}

async function command(...words: string[]): Promise<unknown> {
  const client = createClient({ url: redis.url });
  await client.connect();
  try {
    return await client.sendCommand(words);
  } finally {
    client.destroy();
  }
}

const createOrders = (length: number): Order[] =>
  Array.from({ length }, (_, index) =>
    index % 4 === 0 ? createPurchaseOrder() : createBatchOrder(index, (index % 9).toString().repeat(32)),
  );

async function publishAll({ edge }: Aggregators, orders: readonly Order[]): Promise<void> {
  await Promise.all(orders.map((order) => publishOrder(edge, order)));
}

function tallyOf(orders: readonly Order[]): Tally {
  const tally: Tally = {};
  for (const { counts } of orders) addTally(tally, counts);
  return tally;
}

test("a log that has lost its last messages is read again, with what edges published before that was noticed", async () => {
  const aggregators = await start(1);
  const aggregator = await aggregators.start("aggregate-0");
  const before = createOrders(40);
  await publishAll(aggregators, before);
  await aggregators.caughtUp();
  const stream = `${aggregators.app}:rumkit:{batches.0}`;
  const lost = Array.from({ length: 20 }, (_, index) => `0-${index + 21}`);
  await command("XDEL", stream, ...lost);
  await command("XSETID", stream, "0-20");
  const after = createOrders(10);
  await publishAll(aggregators, after);
  await expectSoon(async () => differences(await aggregator.tally(), tallyOf([...before, ...after]))).toEqual(
    {},
  );
  expect((await aggregator.scrape()).get('rum_log_rewound_total{partition="0"}')).toBe(40);
  expect(aggregator.notices.join()).toContain("was counted up to 40: it lost messages");
});

test("a log that comes back empty is counted from its first message by the same owners, who know the ids of before", async () => {
  const aggregators = await start(4);
  const { edge } = aggregators;
  const names = ["aggregate-0", "aggregate-1"];
  await writeAssignment(clusterRecords(edge.records), edge.partitions, names);
  const both = await Promise.all(names.map((name) => aggregators.start(name)));
  const before = createOrders(60);
  await publishAll(aggregators, before);
  await aggregators.caughtUp();
  await command("FLUSHALL");
  const after = createOrders(60);
  await publishAll(aggregators, [...after, ...before.slice(0, 20)]);
  await expectSoon(async () =>
    differences(await aggregators.tally(), tallyOf([...before, ...after])),
  ).toEqual({});
  for (const { readiness } of both) await expectSoon(readiness).toBe(200);
  // Nothing is counted later, either.
  await publishAll(aggregators, after.slice(0, 20));
  const last = createOrders(20);
  await publishAll(aggregators, last);
  const all = [...before, ...after, ...last];
  await expectSoon(async () => differences(await aggregators.tally(), tallyOf(all))).toEqual({});
  const owners = (await clusterRecords(edge.records).partitions.list()).map(([, { value }]) => value.owner);
  expect(new Set(owners)).toEqual(new Set(names));
});
