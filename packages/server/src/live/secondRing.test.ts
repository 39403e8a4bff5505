import { expect, test } from "vitest";
import { createSecondRing } from "./secondRing.ts";

test("a sum covers exactly its seconds", () => {
  const ring = createSecondRing(60);
  for (let second = 100; second < 110; second += 1) ring.add(second, 1);
  expect(ring.between(100, 109)).toBe(10);
  expect(ring.between(107, 109)).toBe(3);
  expect(ring.between(102, 104)).toBe(3);
  expect(ring.between(106, 115)).toBe(4);
});

test("what is older than the ring is gone, also after a long silence", () => {
  const ring = createSecondRing(60);
  ring.add(100, 5);
  ring.add(159, 1);
  expect(ring.between(100, 159)).toBe(6);
  ring.add(160, 1);
  expect(ring.between(101, 160)).toBe(2);
  ring.add(1_000_000, 1);
  expect(ring.between(999941, 1_000_000)).toBe(1);
});

test("a clock that goes back does not lose or move what was counted", () => {
  const ring = createSecondRing(60);
  ring.add(100, 1);
  ring.add(40, 1);
  expect(ring.between(100, 100)).toBe(2);
});
