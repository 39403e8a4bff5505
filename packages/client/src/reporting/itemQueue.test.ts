import { MAX_COUNT, MAX_INGEST_BYTES, MAX_INGEST_ITEMS } from "@rumkit/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createItemQueue } from "./itemQueue.ts";
import { readItem } from "./readItem.ts";

const roomy = { maxItems: 1_000_000, maxBytes: 1_073_741_824 };
const item = (name: string, value = 1, tags?: object): string => readItem(name, value, tags)!;
const parse = (items: string): { name: string; value: number; count?: number }[] => JSON.parse(`[${items}]`);

test("what is taken is JSON, oldest first, and gone", () => {
  const queue = createItemQueue(roomy);
  queue.add(item("a"), false);
  queue.add(item("b", 2.5, { queue: 'a "b"' }), false);
  expect([queue.size(), queue.values()]).toEqual([2, 2]);
  expect(parse(queue.take()!.items)).toEqual([
    { name: "a", value: 1 },
    { name: "b", value: 2.5, tags: { queue: 'a "b"' } },
  ]);
  expect([queue.size(), queue.values(), queue.take()]).toEqual([0, 0, undefined]);
});

describe("equal values", () => {
  test("are one item if they may be, and each one if not: a gauge's last value comes last", () => {
    const queue = createItemQueue(roomy);
    for (const merge of [true, true, false, false, true]) queue.add(item("a"), merge);
    expect(queue.take()!.counts).toEqual([3, 1, 1]);
  });

  test("begin a new item once theirs was taken", () => {
    const queue = createItemQueue(roomy);
    queue.add(item("a"), true);
    queue.take();
    queue.add(item("a"), true);
    expect(queue.take()!.counts).toEqual([1]);
  });

  test("begin a new item where a count would exceed what the collector takes", () => {
    const queue = createItemQueue(roomy);
    for (let index = 0; index <= MAX_COUNT; index += 1) queue.add(item("a"), true);
    expect(queue.take()!.counts).toEqual([MAX_COUNT, 1]);
  });
});

describe("a queue that is full", () => {
  test("of items takes no new one, but merges", () => {
    const queue = createItemQueue({ ...roomy, maxItems: 1 });
    expect([queue.add(item("a"), true), queue.add(item("b"), true), queue.add(item("a"), true)]).toEqual([
      undefined,
      "queue_full",
      undefined,
    ]);
    queue.take();
    expect(queue.add(item("b"), true)).toBeUndefined();
  });

  test("of bytes has room again for what was taken, or cleared", () => {
    const queue = createItemQueue({ ...roomy, maxBytes: 120 });
    const fill = (): number => {
      let added = 0;
      while (queue.add(item("a"), false) === undefined) added += 1;
      return added;
    };
    const room = fill();
    expect(room).toBeGreaterThan(0);
    queue.take();
    expect(fill()).toBe(room);
    queue.clear();
    expect(fill()).toBe(room);
  });

  test("does not take what no request could hold", () => {
    const queue = createItemQueue(roomy);
    expect(queue.add(`{"name":"${"é".repeat(MAX_INGEST_BYTES / 2)}"`, false)).toBe("oversize");
    expect(queue.size()).toBe(0);
  });
});

test("whatever is added, all of it leaves, in order, in requests that the collector takes", () => {
  const added = fc.array(
    fc.record({
      name: fc.constantFrom("a", "b", "é".repeat(100)),
      tag: fc.string({ maxLength: 120 }),
      merge: fc.boolean(),
    }),
    { maxLength: 300 },
  );
  fc.assert(
    fc.property(added, fc.integer({ min: 1, max: 12 }), (values, copies) => {
      const queue = createItemQueue(roomy);
      let sum = 0;
      for (let copy = 0; copy < copies; copy += 1)
        for (const { name, tag, merge } of values) {
          queue.add(item(name, 1, { tag }), merge);
          sum += 1;
        }
      expect(queue.values()).toBe(sum);
      for (let taken = queue.take(); taken; taken = queue.take()) {
        expect(taken.counts.length).toBeLessThanOrEqual(MAX_INGEST_ITEMS);
        expect(Buffer.byteLength(taken.items)).toBeLessThan(MAX_INGEST_BYTES - 500);
        expect(parse(taken.items).map(({ count = 1 }) => count)).toEqual(taken.counts);
        sum -= taken.counts.reduce((total, count) => total + count, 0);
      }
      expect([sum, queue.values(), queue.size()]).toEqual([0, 0, 0]);
    }),
    { numRuns: 30 },
  );
});
