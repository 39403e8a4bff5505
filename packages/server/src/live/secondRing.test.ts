import { expect, test } from "vitest";
import { createSecondRing } from "./secondRing.ts";

test("a sum covers exactly its seconds", () => {
  const ring = createSecondRing(60);
  for (let second = 100; second < 110; second += 1) ring.add(second, 1);
  expect(ring.sum(109, 10)).toBe(10);
  expect(ring.sum(109, 3)).toBe(3);
  expect(ring.sum(104, 3)).toBe(3);
  expect(ring.sum(115, 10)).toBe(4);
});

test("what is older than the ring is gone, also after a long silence", () => {
  const ring = createSecondRing(60);
  ring.add(100, 5);
  ring.add(159, 1);
  expect(ring.sum(159, 60)).toBe(6);
  ring.add(160, 1);
  expect(ring.sum(160, 60)).toBe(2);
  ring.add(1_000_000, 1);
  expect(ring.sum(1_000_000, 60)).toBe(1);
});

test("a clock that goes back does not lose or move what was counted", () => {
  const ring = createSecondRing(60);
  ring.add(100, 1);
  ring.add(40, 1);
  expect(ring.sum(100, 1)).toBe(2);
});
