import { setImmediate as nextTick } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { createTickBatcher } from "./nodeRequest.ts";

test("steps of one tick run together, in their order, and none before the tick is over", async () => {
  const runInBatch = createTickBatcher();
  const ran: number[] = [];
  for (const step of [1, 2, 3]) runInBatch(() => ran.push(step));
  await Promise.resolve();
  expect(ran).toEqual([]);
  await nextTick();
  expect(ran).toEqual([1, 2, 3]);
});

test("steps that come right after others are batched over several ticks", async () => {
  // No time passes, however busy the machine is.
  vi.useFakeTimers({ toFake: ["performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const runInBatch = createTickBatcher();
  const ran: string[] = [];
  runInBatch(() => {
    ran.push("first");
    runInBatch(() => ran.push("second"));
  });
  await nextTick();
  runInBatch(() => ran.push("third"));
  await nextTick();
  expect(ran).toEqual(["first"]);
  await expect.poll(() => ran).toEqual(["first", "second", "third"]);
});

test("a step that throws costs those behind it nothing", async () => {
  const runInBatch = createTickBatcher();
  const onError = vi.fn();
  process.once("uncaughtException", onError);
  const ran: string[] = [];
  runInBatch(() => {
    throw new Error("a defect");
  });
  runInBatch(() => ran.push("behind"));
  await expect.poll(() => ran).toEqual(["behind"]);
  expect(onError).toHaveBeenCalledOnce();
});
