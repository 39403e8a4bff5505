/** A real Prometheus that scrapes one of two aggregators, over a real nats-server. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Broker, createCollector, openBroker, openSqliteJournal } from "@rumkit/server";
import { clusterRecords, writeAssignment } from "@rumkit/server/internal/cluster";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { expectSoon } from "../../../../test/support/expectSoon.ts";
import { listen } from "../../../../test/support/listen.ts";
import { type RunningNats, startNats } from "../../../../test/support/natsServer.ts";
import { startPrometheus } from "../../../../test/support/prometheus.ts";
import { checkScrapes } from "./scrapeChecks.ts";

const catalog = { app: "shop", routes: ["/"] } as const;

let nats: RunningNats;
beforeAll(async () => {
  nats = await startNats();
});
afterAll(() => nats.stop());

async function openLog(app = "shop"): Promise<Broker> {
  const broker = await openBroker({
    url: nats.url,
    app,
    partitions: 4,
    allowUnsafe: true,
    log: { warn: () => {} },
  });
  onTestFinished(() => broker.close());
  return broker;
}

/** Starts an aggregator, and returns its origin. */
async function startAggregator(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "rumkit-scrapes-"));
  const broker = await openLog();
  const journal = await openSqliteJournal({ path: join(folder, "journal") });
  const collector = createCollector({
    catalog,
    journal,
    runtimeMetrics: false,
    cluster: { role: "aggregate", broker, name },
  });
  onTestFinished(async () => {
    await collector.stop();
    await rm(folder, { recursive: true });
  });
  return listen(createServer(collector.nodeListener(collector.app.fetch)).listen(0, "127.0.0.1"));
}

test("names the partitions that no target of Prometheus counts, with their owner, until it scrapes all", async () => {
  const log = await openLog();
  const check = async (prometheus: { readonly address: string }): Promise<string> => {
    const { status, message } = await checkScrapes(log, "shop", new URL(prometheus.address));
    return `${status}: ${message}`;
  };
  const names = ["aggregate-0", "aggregate-1"];
  await writeAssignment(clusterRecords(log.records), 4, names);
  const origins = await Promise.all(names.map(startAggregator));
  const owners = async () =>
    (await clusterRecords(log.records).partitions.list()).map(([, { value }]) => value.owner);
  await expectSoon(owners).toEqual(["aggregate-0", "aggregate-1", "aggregate-0", "aggregate-1"]);
  const [one, all] = await Promise.all([
    startPrometheus({ shop: origins[0]! }),
    startPrometheus({ shop: origins[0]!, shop_too: origins[1]! }),
  ]);
  for (const { stop } of [one, all]) onTestFinished(stop);
  await expectSoon(() => check(one)).toBe(
    "fail: Prometheus scrapes no aggregator that counts the partitions 1, 3: boards and rules miss what aggregate-1 counts.",
  );
  await expectSoon(() => check(all)).toBe("ok: Prometheus scrapes the aggregators of all 4 partitions.");
});

test("says that no aggregator counts, and that a Prometheus does not answer, without its password", async () => {
  const idle = await openLog("idle");
  const away = new URL("http://me:geheim@127.0.0.1:1");
  expect(await checkScrapes(idle, "idle", away)).toMatchObject({ status: "warn" });
  const { partitions } = clusterRecords(idle.records);
  await partitions.write("0", { owner: "aggregate-0", journal: "j", token: 1, from: 0 }, 0);
  const check = await checkScrapes(idle, "idle", away);
  expect(check).toMatchObject({
    status: "fail",
    message: expect.stringContaining("does not answer") as string,
  });
  expect(JSON.stringify(check)).not.toContain("geheim");
});
