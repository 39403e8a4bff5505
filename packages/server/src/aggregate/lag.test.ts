import { expect, test } from "vitest";
import type { Bounds } from "../brokers/broker.ts";
import { createLag } from "./lag.ts";

test("an answer of the log that comes after a partition moved away is not its lag", async () => {
  const { promise, resolve } = Promise.withResolvers<Bounds>();
  const recorded: unknown[] = [];
  const lag = createLag({
    broker: { bounds: () => promise },
    topic: "batches.0",
    recorder: { record: ({ value }) => void recorded.push(value) },
    labels: { partition: "0" },
    position: { read: 3, kept: 3 },
    lastAt: () => 1,
    now: () => 1,
  });
  lag.tick();
  lag.end();
  resolve({ first: 1, last: 10 });
  await promise;
  await Promise.resolve();
  expect(recorded).toEqual([Number.NaN, Number.NaN]);
});
