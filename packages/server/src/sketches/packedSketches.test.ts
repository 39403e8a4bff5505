import fc from "fast-check";
import { expect, test } from "vitest";
import { type Bin, mergeBins, packSlots, unpackSlots } from "./packedSketches.ts";

const bins = fc
  .uniqueArray(fc.tuple(fc.nat({ max: 700 }), fc.integer({ min: 1, max: 2 ** 40 })), {
    selector: ([bin]) => bin,
  })
  .map((all) => all.toSorted(([a], [b]) => a - b));

test("slots come back as they were packed, with counts of any size", () => {
  const slots = fc.array(fc.record({ slot: fc.nat({ max: 59 }), bins }), { maxLength: 10 });
  fc.assert(
    fc.property(slots, (all) => {
      expect(unpackSlots(packSlots(all))).toEqual(all);
    }),
  );
});

test("a fraction of a count, as sampled values have, is rounded to a quarter, and never to nothing", () => {
  const packed = packSlots([
    {
      slot: 0,
      bins: [
        [1, 3.4],
        [2, 0.01],
      ],
    },
  ]);
  expect(unpackSlots(packed)).toEqual([
    {
      slot: 0,
      bins: [
        [1, 3.5],
        [2, 0.25],
      ],
    },
  ]);
});

test("a minute of ten different values takes 22 bytes", () => {
  const some = Array.from({ length: 10 }, (_, index): Bin => [index * 9, 1]);
  expect(packSlots([{ slot: 59, bins: some }])).toHaveLength(22);
});

test("bytes that end within a number are refused", () => {
  expect(() => unpackSlots(Uint8Array.of(1, 1, 200))).toThrow(RangeError);
});

test("bins of several sketches add up", () => {
  expect(
    mergeBins([
      [[3, 1]],
      [
        [1, 2],
        [3, 4],
      ],
      [],
    ]),
  ).toEqual([
    [1, 2],
    [3, 5],
  ]);
});
