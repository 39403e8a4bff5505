import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { createTurn } from "./tickBatcher.ts";

test("steps of one turn are taken together, in their order, and none before the turn is over", async () => {
  const takeInTurn = createTurn();
  const taken: number[] = [];
  for (const step of [1, 2, 3]) takeInTurn(() => taken.push(step));
  await Promise.resolve();
  expect(taken).toEqual([]);
  await nextTurn();
  expect(taken).toEqual([1, 2, 3]);
});

test("steps that come right after others are gathered over several turns", async () => {
  // No time passes, however busy the machine is.
  vi.useFakeTimers({ toFake: ["performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const takeInTurn = createTurn();
  const taken: string[] = [];
  takeInTurn(() => {
    taken.push("first");
    takeInTurn(() => taken.push("second"));
  });
  await nextTurn();
  takeInTurn(() => taken.push("third"));
  await nextTurn();
  expect(taken).toEqual(["first"]);
  await expect.poll(() => taken).toEqual(["first", "second", "third"]);
});

test("a step that throws costs those behind it nothing", async () => {
  const takeInTurn = createTurn();
  const onError = vi.fn();
  process.once("uncaughtException", onError);
  const taken: string[] = [];
  takeInTurn(() => {
    throw new Error("a defect");
  });
  takeInTurn(() => taken.push("behind"));
  await expect.poll(() => taken).toEqual(["behind"]);
  expect(onError).toHaveBeenCalledOnce();
});
