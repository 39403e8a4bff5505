import { createServer } from "node:http";
import { inspect } from "node:util";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, headers, type NatsConnection } from "@nats-io/transport-node";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { listen } from "../../../../test/support/listen.ts";
import { type RunningNats, startNats } from "../../../../test/support/natsServer.ts";
import type { Broker } from "./broker.ts";
import type { BrokerOptions } from "./brokerOptions.ts";
import { findSyncFaults } from "./jetStreamSync.ts";
import { openBroker } from "./openBroker.ts";

let nats: RunningNats;
let client: NatsConnection;
beforeAll(async () => {
  nats = await startNats();
  client = await connect({ servers: nats.url.replace("nats://", "") });
});
afterAll(async () => {
  await client.close();
  await nats.stop();
});

const silent = { warn: () => {} };

async function open(options: Partial<BrokerOptions>): Promise<Broker> {
  const broker = await openBroker({ url: nats.url, app: "shop", allowUnsafe: true, log: silent, ...options });
  onTestFinished(() => broker.close());
  return broker;
}

test.each<[string, Partial<BrokerOptions>]>([
  ["url must begin with one of nats://, tls://", { url: "amqp://10.0.0.5" }],
  ["app must be 1 to 64 letters", { app: "my shop" }],
  ["partitions must be an integer from 1 to 1024", { partitions: 0 }],
  ["replicas must be an integer from 1 to 5", { replicas: 2.5 }],
  ["duplicateWindowMs must not be longer than retentionMs", { duplicateWindowMs: 9_000, retentionMs: 8_000 }],
])("refuses options that cannot be meant: %s", async (message, options) => {
  await expect(open(options)).rejects.toThrow(new RegExp(`^\\[rumkit\\] openBroker: ${message}`));
});

test("an address with a password is not repeated in an error", async () => {
  await expect(open({ url: "amqp://user:geheim@10.0.0.5" })).rejects.not.toThrow(/geheim/);
  const away = open({ url: "nats://user:geheim@127.0.0.1:1", answerMs: 1_000 });
  await expect(away).rejects.toMatchObject({ code: "gone", message: expect.not.stringContaining("geheim") });
});

test.each([
  "kafka://user:geh@eim@127.0.0.1:1",
  "kafka://user:geh/eim@127.0.0.1:1",
  "kafka://user:geheim@127.0.0.1:99999",
  "nats://user:geh%zzeim@127.0.0.1:1",
  "nats://a:4222,user:geh@eim@127.0.0.1:1",
  "redis://user:geheim@127.0.0.1:99999",
  "redis://user:geh/eim@127.0.0.1:1",
  "rediss://user:geheim@[bad:6379",
])("an address that cannot be read, %s, is refused without its password", async (url) => {
  const opening = open({ url, answerMs: 500 });
  await expect(opening).rejects.toThrow(/^\[rumkit\] openBroker: url is not an address/);
  expect(inspect(await opening.catch((error: unknown) => error), { depth: 9 })).not.toMatch(/geh|eim/);
});

test("a log without the app is refused with those that it has, and gets no stream, if it must not be created", async () => {
  await open({ app: "nats-shop", partitions: 3 });
  const refused = {
    code: "refused",
    message: expect.stringMatching(/app shpo\. It has .*nats-shop/) as string,
  };
  for (const _ of [1, 2]) await expect(open({ app: "shpo", create: false })).rejects.toMatchObject(refused);
  const { streams } = await jetstreamManager(client);
  for await (const name of streams.names()) expect(name).not.toContain("shpo");
  expect((await open({ app: "nats-shop", create: false })).partitions).toBe(3);
});

test("refuses a log that can lose what it acknowledged, with each reason, unless that is accepted", async () => {
  const refused = open({ app: "unsafe", allowUnsafe: false });
  await expect(refused).rejects.toMatchObject({ code: "refused" });
  await expect(refused).rejects.toThrow(/2\.9\.\d+ cannot sync.*\n- Stream .* one copy/);
  const lines: string[] = [];
  await open({ app: "unsafe", log: { warn: (_, line) => lines.push(line) } });
  expect(lines).toHaveLength(2);
});

test("finds settings of existing streams that lose messages", async () => {
  const jsm = await jetstreamManager(client);
  const add = (topic: string, settings: object) =>
    jsm.streams.add({
      name: `rumkit-found-${topic.replace(".", "-")}`,
      subjects: [`rumkit.found.${topic}`],
      ...settings,
    });
  await add("batches.0", { storage: "memory", discard: "new" });
  await add("batches.1", { discard: "old", max_age: 3_600_000_000_000 });
  await add("frames", { discard: "new", max_age: 48 * 3_600_000_000_000, duplicate_window: 1_000_000_000 });
  const broker = await open({ app: "found", partitions: 2 });
  const findings = (await broker.check()).map(({ severity, message }) => `${severity}: ${message}`);
  for (const finding of [
    /^unsafe: Stream rumkit-found-batches-0: .* in memory/,
    /^unsafe: Stream rumkit-found-batches-1: .* drops its oldest/,
    /^unsafe: Stream rumkit-found-batches-1: .* for 1 h; an outage may take 24 h/,
    /^advice: Stream rumkit-found-frames: .* for 48 h, not 72 h/,
    /^advice: Stream rumkit-found-frames: .* for 1000 ms, not 120000/,
    /^unsafe: Stream rumkit-found-batches-0 and 4 more: .* one copy/,
  ])
    expect(findings).toContainEqual(expect.stringMatching(finding));
});

test("believes sync_interval only from the server's monitoring address", async () => {
  let isAlways = true;
  const server = createServer((_, response) =>
    response.end(JSON.stringify({ jetstream: { config: { sync_interval: 1, sync_always: isAlways } } })),
  );
  const address = await listen(server.listen(0, "127.0.0.1"));
  expect(await findSyncFaults("2.12.1", [address], 5_000)).toEqual([]);
  isAlways = false;
  expect(await findSyncFaults("2.12.1", [address], 5_000)).toMatchObject([{ severity: "unsafe" }]);
  expect(await findSyncFaults("2.12.1", [], 5_000)).toMatchObject([
    { severity: "unsafe", message: expect.stringContaining("cannot be read") },
  ]);
  // Debian's server answers there, too, but cannot sync.
  expect(await findSyncFaults("2.10.0", [nats.servers[0]!.monitor], 5_000)).toHaveLength(1);
  expect(await findSyncFaults("2.10.0", ["http://127.0.0.1:1"], 5_000)).toHaveLength(1);
});

test("the write of a process that slept does not count, however late it comes", async () => {
  const { records } = await open({ app: "late" });
  let revision = (await records.write("lease", "0", 0))!;
  const slept = revision;
  for (let step = 1; step <= 100; step += 1) revision = (await records.write("lease", `${step}`, revision))!;
  // As the driver writes it: it replaces the first revision, which is no longer kept.
  const late = headers();
  late.set("Rumkit-Replaces", `${slept}`);
  late.set("Rumkit-Turn", "2");
  await jetstream(client).publish("rumkit.late.records.lease", "stolen", { headers: late });
  expect(await records.read("lease")).toEqual({ key: "lease", text: "100", revision });
  expect(await records.write("lease", "101", revision)).toBeGreaterThan(revision);
  expect((await records.read("lease"))?.text).toBe("101");
});
