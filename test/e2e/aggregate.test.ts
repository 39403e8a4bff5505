import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Broker, createCollector, openBroker, openSqliteJournal } from "@rumkit/server";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { publishOrder } from "../support/aggregate/publishOrders.ts";
import { expectSoon } from "../support/expectSoon.ts";
import { catalog } from "../support/kills/catalog.ts";
import { createBatchOrder, createPurchaseOrder } from "../support/kills/orders.ts";
import { addTally, differences, readTally, type Tally } from "../support/kills/tally.ts";
import { type RunningNats, startNats } from "../support/natsServer.ts";

let nats: RunningNats;
beforeAll(async () => {
  nats = await startNats();
});
afterAll(() => nats.stop());

test("counts what is published", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-aggregate-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const open = (): Promise<Broker> =>
    openBroker({ url: nats.url, app: "kills", partitions: 4, allowUnsafe: true });
  const edge = await open();
  onTestFinished(() => edge.close());
  const ledger: Tally = {};
  const orders = Array.from({ length: 200 }, (_, index) =>
    index % 4 === 0 ? createPurchaseOrder() : createBatchOrder(index, `${index}`.padStart(32, "0")),
  );
  for (const order of orders) addTally(ledger, order.counts);
  await Promise.all(orders.map((order) => publishOrder(edge, order)));
  await Promise.all(orders.slice(0, 50).map((order) => publishOrder(edge, order)));
  const journal = await openSqliteJournal({ path: join(folder, "a.journal") });
  const collector = createCollector({
    catalog,
    journal,
    runtimeMetrics: false,
    environment: "production",
    cluster: { role: "aggregate", broker: await open(), name: "aggregate-0" },
  });
  onTestFinished(() => collector.stop());
  await expectSoon(async () => (await collector.app.request("/readyz")).status).toBe(200);
  const text = await (await collector.app.request("/metrics")).text();
  expect(differences(readTally(text), ledger)).toEqual({});
});
