import type { Broker } from "@rumkit/server";
import { expect } from "vitest";
import { type BatchTopic, type Bench, SHARED } from "./engine.ts";
import { codeOf, message, publishSurely, readSome, readThroughLosses, texts } from "./messages.ts";

/** A log that is full, away, silent or closed. */
export function testFailures(bench: Bench): void {
  testRoom(bench);
  testClose(bench);
  testSilence(bench);
  testKill(bench);
}

function testRoom({ check, open, shared }: Bench): void {
  check("full", "refuses more messages, and keeps every one that it acknowledged", async () => {
    const broker = await open("full", { maxBytes: 65_536 });
    const body = Buffer.alloc(1_000, "x");
    const kept: string[] = [];
    let code: string | undefined;
    for (let index = 0; code === undefined && index < 200; index += 1) {
      code = await codeOf(broker.publish("batches.0", { id: `${index}`, body }));
      if (code === undefined) kept.push(`${index}`);
    }
    expect(code).toBe("full");
    expect(await readSome(broker, { count: kept.length })).toHaveLength(kept.length);
    expect(kept.length).toBeGreaterThan(10);
    // The records and the messages that cannot be read have separate room.
    expect(await broker.records.write("key", "text", 0)).toBeGreaterThan(0);
    await broker.publish("dead", message("reason"));
  });

  check("trimmed", "says so, and from where on messages are kept", async () => {
    const broker = await open("trimmed", { retentionMs: 1_000, duplicateWindowMs: 100 });
    await publishSurely(broker, "batches.0", "old");
    await expect
      .poll(async () => {
        // Engines that trim while they write need a message for it.
        await publishSurely(broker, "batches.0", `new ${performance.now()}`);
        return (await broker.bounds("batches.0")).first;
      })
      .toBeGreaterThan(1);
    expect(await codeOf(readSome(broker, { from: 1, count: 1 }))).toBe("trimmed");
  });

  check(
    "trimmed",
    "does not wait for a position that it never reached: the log has lost messages",
    async () => {
      const { broker, topic } = shared();
      await broker.publish(topic, message("one"));
      const { last } = await broker.bounds(topic);
      expect(await codeOf(readSome(broker, { topic, from: last + 1_000, count: 1 }))).toBe("trimmed");
    },
  );

  check("partitions", "has the same number for all collectors", async () => {
    const broker = await open("partitions", { partitions: 3 });
    expect(await codeOf(open("partitions", { partitions: 4 }))).toBe("refused");
    expect(broker.partitions).toBe(3);
    expect((await open("partitions", { partitions: undefined })).partitions).toBe(3);
  });
}

function testClose({ check, open, shared }: Bench): void {
  check("close", "settles what is under way, and ends readers", async () => {
    const { topic } = shared();
    const broker = await open(SHARED, { partitions: undefined });
    const reading = codeOf(readSome(broker, { topic, count: 100_000 }));
    await broker.publish(topic, message("first"));
    const codes = texts("m", 500).map((text) => codeOf(broker.publish(topic, message(text))));
    await broker.close();
    const settled = await Promise.all(codes);
    expect(settled.filter((code) => ![undefined, "closed", "gone"].includes(code))).toEqual([]);
    expect(await reading).toBe("closed");
    expect(await codeOf(broker.publish(topic, message("late")))).toBe("closed");
    expect(await codeOf(broker.bounds(topic))).toBe("closed");
    await broker.close();
    const acknowledged = settled.filter((code) => code === undefined).length;
    const other = shared().broker;
    const found = await readSome(other, { topic, count: acknowledged + 1 });
    expect(found).toHaveLength(acknowledged + 1);
  });

  check("close", "ends a reader that waits when its signal aborts", async () => {
    const { broker, topic } = shared();
    const stop = new AbortController();
    const chunks: unknown[] = [];
    const reading = (async () => {
      for await (const chunk of broker.read(topic, 1, stop.signal)) chunks.push(chunk);
    })();
    await broker.publish(topic, message("x"));
    await expect.poll(() => chunks.length).toBe(1);
    stop.abort();
    await reading;
  });
}

function testSilence({ check, open, shared, running }: Bench): void {
  check("silent", "rejects requests when the engine does not answer, and goes on when it does", async () => {
    const { topic, broker: patient } = shared();
    const broker = await open(SHARED, { partitions: undefined, answerMs: 1_000 });
    await patient.publish(topic, message("before"));
    running().signal("SIGSTOP");
    try {
      // The signal takes a moment to arrive.
      await expect.poll(() => codeOf(broker.publish(topic, message("during")))).toBe("gone");
      expect(await codeOf(broker.records.write("silent", "x", 0))).toBe("gone");
    } finally {
      running().signal("SIGCONT");
    }
    await publishSurely(broker, topic, "during");
    const found = await readThroughLosses(broker, topic, (all) => all.includes("during"));
    expect(found[0]).toBe("before");
  });
}

function testKill({ check, open, shared, running, engine }: Bench): void {
  check("gone", "loses nothing that it acknowledged when SIGKILL ends it under load", async () => {
    const { topic } = shared();
    const broker = await open(SHARED, { partitions: undefined, answerMs: 1_000 });
    const acknowledged: string[] = [];
    const load = { isOver: false };
    const isEnd = (all: readonly string[]): boolean => all.includes("end");
    const reading = readThroughLosses(broker, topic, isEnd);
    const sending = Promise.all(
      Array.from({ length: 20 }, (_, lane) => send(broker, topic, { lane, acknowledged, load })),
    );
    const untilMore = (count: number): Promise<void> => {
      const enough = acknowledged.length + count;
      return expect.poll(() => acknowledged.length, { interval: 2 }).toBeGreaterThan(enough);
    };
    await untilMore(200);
    await running().kill(SHARED, topic);
    if (!engine.isReplicated) {
      expect(await codeOf(broker.publish(topic, message("away")))).toBe("gone");
      await running().restart();
    }
    await untilMore(200);
    load.isOver = true;
    const attempts = (await sending).flat();
    expect(Math.max(...attempts)).toBeGreaterThan(1);
    await publishSurely(broker, topic, "end");
    const found = await reading;
    const kept = new Set(found);
    expect(acknowledged.filter((text) => !kept.has(text))).toEqual([]);
    // The same messages again: what was read before the loss has not changed.
    const again = await readThroughLosses(broker, topic, isEnd);
    expect(again.slice(0, found.length)).toEqual(found.slice(0, again.length));
    if (engine.isReplicated) await running().restart();
  });
}

interface Lane {
  readonly lane: number;
  readonly acknowledged: string[];
  readonly load: { readonly isOver: boolean };
}

/** Sends one message after the other until the load is over, so that some are always under way. Returns the attempts of each. */
async function send(
  broker: Broker,
  topic: BatchTopic,
  { lane, acknowledged, load }: Lane,
): Promise<number[]> {
  const attempts: number[] = [];
  for (let index = 0; !load.isOver; index += 1) {
    const text = `${lane}-${index}`;
    attempts.push(await publishSurely(broker, topic, text));
    acknowledged.push(text);
  }
  return attempts;
}
