import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect } from "vitest";
import { type Bench, SHARED } from "./engine.ts";
import { codeOf, message, publishSurely, readSome, texts } from "./messages.ts";

/** Publishing and reading while nothing fails. */
export function testMessages(bench: Bench): void {
  testPublishing(bench);
  testReading(bench);
  testSlowConsumer(bench);
  testDuplicates(bench);
}

function testPublishing({ check, shared }: Bench): void {
  check("publish", "keeps a message in its topic, and in no other", async () => {
    const { broker, topic } = shared();
    const empty = await broker.bounds(topic);
    expect(empty.first).toBe(empty.last + 1);
    const places = [
      [topic, "one"],
      ["frames", "two"],
      ["dead", "three"],
    ] as const;
    for (const [place, text] of places) await broker.publish(place, message(text));
    for (const [place, text] of places) {
      const [found] = await readSome(broker, { topic: place, count: 1 });
      expect(found?.text).toBe(text);
      expect(await broker.bounds(place)).toEqual({ first: found!.sequence, last: found!.sequence });
    }
  });

  check("acknowledge", "has acknowledged exactly what readers find, however many are under way", async () => {
    const { broker, topic } = shared();
    const sent = texts("m", 1_000);
    await Promise.all(sent.map((text) => broker.publish(topic, message(text))));
    const found = await readSome(broker, { topic, count: sent.length });
    expect(new Set(found.map(({ text }) => text))).toEqual(new Set(sent));
    const { last } = await broker.bounds(topic);
    expect(found.at(-1)!.sequence).toBe(last);
  });

  check("poison", "gives any bytes back, and goes on after them", async () => {
    const { broker, topic } = shared();
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString("latin1");
    const bodies = [
      "",
      all,
      "\r\n",
      "\0",
      "+OK\r\nMSG x 1 3\r\n",
      "\xff\xfe",
      all.repeat(1_024),
      "$JS.ACK.x",
    ];
    for (const [index, body] of bodies.entries()) await broker.publish(topic, message(body, `${index}`));
    const found = await readSome(broker, { topic, count: bodies.length });
    expect(found.map(({ text }) => text)).toEqual(bodies);
  });

  check("poison", "takes any id of ASCII, and tells two of them apart", async () => {
    const { broker, topic } = shared();
    const ids = [
      "a b",
      "a%20b",
      "a\r\nb",
      "\0",
      "x".repeat(512),
      "{}",
      "*",
      ">",
      "a.b",
      "a:b",
      "%",
      " a",
      "a ",
    ];
    for (const id of ids) await broker.publish(topic, message(JSON.stringify(id), id));
    const found = await readSome(broker, { topic, count: ids.length });
    expect(found.map(({ text }) => JSON.parse(text))).toEqual(ids);
  });

  check("poison", "refuses a topic that the log has not, and a message beyond every limit", async () => {
    const { broker, topic } = shared();
    expect(await codeOf(broker.publish("batches.99", message("x")))).toBe("refused");
    const huge = { id: "huge", body: new Uint8Array(600_000_000) };
    expect(await codeOf(broker.publish(topic, huge))).toBe("too_large");
    await broker.publish(topic, message("next"));
  });
}

function testReading({ check, open, shared }: Bench): void {
  check("replay", "begins at any position, with the same sequences each time", async () => {
    const { broker, topic } = shared();
    const sent = texts("m", 300);
    for (const text of sent) await broker.publish(topic, message(text));
    const whole = await readSome(broker, { topic, count: 300 });
    expect(whole.map(({ text }) => text)).toEqual(sent);
    const sequences = whole.map(({ sequence }) => sequence);
    expect(sequences).toEqual([...new Set(sequences)].toSorted((a, b) => a - b));
    for (const index of [1, 150, 299])
      expect(await readSome(broker, { topic, from: sequences[index]!, count: 300 - index })).toEqual(
        whole.slice(index),
      );
    const later = readSome(broker, { topic, from: sequences.at(-1)! + 1, count: 1 });
    await broker.publish(topic, message("later"));
    expect((await later)[0]?.text).toBe("later");
  });

  check("redelivery", "gives a reader again what it did not finish", async () => {
    const { broker, topic } = shared();
    for (const text of texts("m", 10)) await broker.publish(topic, message(text));
    const first = await readSome(broker, { topic, count: 5 });
    const next = first[2]!.sequence + 1;
    const again = await readSome(broker, { topic, from: next, count: 7 });
    expect(again.map(({ text }) => text)).toEqual(texts("m", 10).slice(3));
  });

  check("two readers", "gives both of them everything, at their own pace", async () => {
    const { broker, topic } = shared();
    const other = await open(SHARED, { partitions: undefined });
    const both = [readSome(broker, { topic, count: 500 }), readSome(other, { topic, count: 500 })];
    await Promise.all(texts("m", 500).map((text) => broker.publish(topic, message(text))));
    const [one, two] = await Promise.all(both);
    expect(one).toHaveLength(500);
    expect(two).toEqual(one);
  });
}

/** Collects garbage, and returns the bytes of all buffers that are left. */
function bytesOfBuffers(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().arrayBuffers;
}

const MOST_HELD = 12_000_000;

function testSlowConsumer({ check, shared }: Bench): void {
  check(
    "slow consumer",
    "holds few messages for it, and neither its writers nor other readers wait",
    async () => {
      const { broker, topic } = shared();
      const body = Buffer.alloc(65_536, "x");
      const ids = texts("m", 300);
      const before = bytesOfBuffers();
      const reading = broker.read(topic, 1, new AbortController().signal)[Symbol.asyncIterator]();
      await broker.publish(topic, { id: "first", body });
      const first = await reading.next();
      // 20 MB, while the reader works on its first chunk.
      for (let at = 0; at < ids.length; at += 50)
        await Promise.all(ids.slice(at, at + 50).map((id) => broker.publish(topic, { id, body })));
      // The engine frees collected buffers on another thread, a little later.
      await expect.poll(() => bytesOfBuffers() - before).toBeLessThan(MOST_HELD);
      let count = first.value!.length;
      while (count < 301) {
        const { value } = await reading.next();
        count += value!.length;
      }
      expect(count).toBe(301);
      await reading.return?.();
    },
  );
}

function testDuplicates({ check, open, shared }: Bench): void {
  check("duplicates", "drops a repeated id within the window, whatever its body is", async () => {
    const { broker, topic } = shared();
    await broker.publish(topic, message("first", "same"));
    await broker.publish(topic, message("second", "same"));
    await broker.publish(topic, message("third", "other"));
    const found = await readSome(broker, { topic, count: 2 });
    expect(found.map(({ text }) => text)).toEqual(["first", "third"]);
  });

  check("after the window", "keeps a repeated id again", async () => {
    const broker = await open("window", { duplicateWindowMs: 100 });
    await publishSurely(broker, "batches.0", "same");
    await expect
      .poll(async () => {
        await publishSurely(broker, "batches.0", "same");
        const { first, last } = await broker.bounds("batches.0");
        return last > first;
      })
      .toBe(true);
    const found = await readSome(broker, { count: 2 });
    expect(found.map(({ text }) => text)).toEqual(["same", "same"]);
  });
}
