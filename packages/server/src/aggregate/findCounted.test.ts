import { expect, test } from "vitest";
import { createMemoryLog } from "../../../../test/support/cluster/memoryLog.ts";
import { writeMessage } from "../brokers/message.ts";
import { findCounted } from "./findCounted.ts";

/** The outcome in a log of so many messages, each of them known or not. */
async function search(length: number, isKnown: (sequence: number) => boolean): Promise<number> {
  const broker = createMemoryLog();
  for (let sequence = 1; sequence <= length; sequence += 1) {
    const event = { type: "conversion", source: "server", name: "wish", count: 1, details: {} } as const;
    const body = writeMessage({ kind: "call", id: String(sequence), at: 1, samples: [], event });
    await broker.publish("batches.0", { id: String(sequence), body });
  }
  return findCounted(
    {
      broker,
      topic: "batches.0",
      ingest: { translate: () => expect.unreachable() },
      knows: ({ key }) => isKnown(Number(key)),
      signal: new AbortController().signal,
    },
    await broker.bounds("batches.0"),
  );
}

test("a log that lost its last messages is counted again from before the first one that took their place", async () => {
  // Messages up to 400 were counted, those after them are others.
  expect(await search(600, (sequence) => sequence <= 400)).toBe(88);
  // Some of the others were sent again, and a third of the counted ones was refused then.
  expect(await search(600, (sequence) => (sequence <= 400 ? sequence % 3 > 0 : sequence % 5 === 0))).toBe(88);
});

test("a log of which nothing was counted is counted from its first message on", async () => {
  expect(await search(600, () => false)).toBe(0);
  expect(await search(5, (sequence) => sequence < 5)).toBe(0);
  expect(await search(0, () => false)).toBe(0);
});
