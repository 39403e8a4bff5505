import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as kafkajs from "kafkajs";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type MockKafka, startMockKafka } from "../../../../test/support/mockKafka.ts";
import type { Broker } from "./broker.ts";
import type { DriverOptions } from "./brokerOptions.ts";
import { openKafka } from "./kafkaBroker.ts";
import { openCluster } from "./kafkaCluster.ts";
import { KafkaLink } from "./kafkaLink.ts";
import { findingsOf, type TopicFacts } from "./kafkaCheck.ts";

let kafka: MockKafka;
beforeAll(async () => {
  kafka = await startMockKafka();
});
afterAll(() => kafka.stop());

let apps = 0;

const DEFAULTS = {
  duplicateWindowMs: 120_000,
  retentionMs: 259_200_000,
  answerMs: 5_000,
  longestOutageMs: 86_400_000,
  monitor: [],
};

async function open(options: Partial<DriverOptions> = {}): Promise<Broker> {
  const app = `app${(apps += 1)}`;
  const broker = await openKafka({ ...DEFAULTS, url: kafka.url, app, partitions: 1, ...options });
  onTestFinished(() => broker.close());
  return broker;
}

async function readFirst(broker: Broker, from: number): Promise<number | undefined> {
  for await (const chunk of broker.read("batches.0", from, new AbortController().signal))
    return chunk[0]?.sequence;
  return undefined;
}

test("a position before the first kept message, or after the end, is an error", async () => {
  const broker = await open();
  // The mock cluster keeps five megabytes of a partition.
  for (let at = 0; at < 12; at += 1)
    await broker.publish("batches.0", { id: `${at}`, body: Buffer.alloc(800_000) });
  const { first, last } = await broker.bounds("batches.0");
  expect(first).toBeGreaterThan(1);
  await expect(readFirst(broker, 1)).rejects.toMatchObject({
    code: "trimmed",
    message: `[rumkit] Messages from 1 on are no longer kept: the first one is ${first}.`,
  });
  expect(await readFirst(broker, first)).toBe(first);
  await expect(readFirst(broker, last + 2)).rejects.toMatchObject({ code: "trimmed" });
});

test("keeps no answer that it has given", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const options = { ...DEFAULTS, url: kafka.url, app: "kept" };
  const link = new KafkaLink(() => openCluster(kafkajs, options), 5_000);
  onTestFinished(() => link.close());
  const answers: WeakRef<object>[] = [];
  for (let asked = 0; asked < 20; asked += 1) {
    const answer = await link.askAny("list the topics", async (node) => {
      await node.metadata([]);
      return { asked };
    });
    answers.push(new WeakRef(answer));
  }
  const kept = (): number => {
    collect();
    return answers.filter((answer) => answer.deref() !== undefined).length;
  };
  // The last one may still be on the stack.
  await expect.poll(kept, { timeout: 100_000 }).toBeLessThan(3);
});

test("a log without the app is refused with those that it has, and gets no topic, if it must not be created", async () => {
  const app = "kafka-shop";
  await open({ app });
  const refused = {
    code: "refused",
    message: expect.stringMatching(/app shpo\. It has .*kafka-shop/) as string,
  };
  for (const _ of [1, 2]) await expect(open({ app: "shpo", create: false })).rejects.toMatchObject(refused);
  expect((await open({ app, create: false, partitions: undefined })).partitions).toBe(1);
});

test("nothing listens: the log is gone", async () => {
  const opening = open({ url: "kafka://127.0.0.1:1", answerMs: 500 });
  await expect(opening).rejects.toMatchObject({ code: "gone" });
});

test("something else listens: the log is gone after the time for an answer, and no connection stays", async () => {
  const sockets = new Set<Socket>();
  let connections = 0;
  const silent = createServer((socket) => {
    connections += 1;
    sockets.add(socket.on("error", () => {}).resume());
    socket.once("close", () => sockets.delete(socket));
  }).listen(0, "127.0.0.1");
  await once(silent, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  const { port } = silent.address() as { readonly port: number };
  const opening = open({ url: `kafka://127.0.0.1:${port}`, answerMs: 300 });
  await expect(opening).rejects.toMatchObject({ code: "gone" });
  expect(connections).toBeGreaterThan(0);
  await expect.poll(() => sockets.size).toBe(0);
});

test("a maximum of bytes is refused: Kafka would drop what it has acknowledged", async () => {
  await expect(open({ maxBytes: 1_000_000 })).rejects.toThrow(TypeError);
});

describe("check", () => {
  test("says what the mock cluster does not promise, and that it tells no settings", async () => {
    const broker = await open();
    expect(await broker.check()).toEqual([
      {
        severity: "unsafe",
        message:
          "batches.0 and 3 more topics: It keeps one copy, which is lost with its broker: run three brokers, and set replicas to 3.",
      },
      {
        severity: "unsafe",
        message: expect.stringMatching(/^batches\.0.*Kafka does not tell its settings \(it does not know/),
      },
    ]);
  });

  const SAFE = {
    "min.insync.replicas": "2",
    "unclean.leader.election.enable": "false",
    "cleanup.policy": "delete",
    "retention.bytes": "-1",
    "retention.ms": "259200000",
    "message.timestamp.type": "LogAppendTime",
  };

  function findings(changed: Partial<typeof SAFE>, facts: Partial<TopicFacts> = {}): readonly string[] {
    const settings = new Map(Object.entries({ ...SAFE, ...changed }));
    const partitions = [{ partitionId: 0, leader: 1, replicas: [1, 2, 3], isr: [1, 2, 3] }];
    const found = findingsOf(
      { topic: "batches.0", partitions, settings, ...facts },
      { ...DEFAULTS, url: "", app: "" },
    );
    return found.filter(({ severity }) => severity === "unsafe").map(({ message }) => message);
  }

  test("finds nothing unsafe in safe settings", () => {
    expect(findings({})).toEqual([]);
    expect(findings({ "retention.ms": "-1" })).toEqual([]);
    expect(findings({ "cleanup.policy": "compact" }, { topic: "records" })).toEqual([]);
  });

  test.each([
    [{ "min.insync.replicas": "1" }, /min\.insync\.replicas 1/],
    [{ "unclean.leader.election.enable": "true" }, /unclean\.leader\.election\.enable false/],
    [{ "cleanup.policy": "compact" }, /cleanup\.policy is compact: set it to delete/],
    [{ "retention.bytes": "1000" }, /beyond 1000 bytes/],
    [{ "retention.ms": "3600000" }, /keeps messages for 1 h; an outage may take 24 h/],
    [{ "message.timestamp.type": "CreateTime" }, /by the clocks of edges/],
  ])("names %j", (changed, message) => {
    expect(findings(changed)).toEqual([expect.stringMatching(message)]);
  });
});
