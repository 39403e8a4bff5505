import { expect, test } from "vitest";
import { createBacklog } from "./backlog.ts";

/** Work of so many steps, each of which takes so many milliseconds of a clock that only the work moves. */
function createWork(stepMs: number) {
  let clock = 0;
  const turns: number[] = [];
  let inTurn = 0;
  const countTurn = (): void => {
    turns.push(inTurn);
    inTurn = 0;
  };
  function* steps(count: number): Iterator<void> {
    for (let step = 0; step < count; step += 1) {
      if (inTurn === 0) setImmediate(countTurn);
      inTurn += 1;
      clock += stepMs;
      yield;
    }
  }
  return { now: () => clock, steps, turns };
}

test("a slice ends by the time it took, whatever number of steps that is", async () => {
  for (const [stepMs, most] of [
    [1, 3],
    [0.5, 6],
    [200, 1],
  ] as const) {
    const work = createWork(stepMs);
    const backlog = createBacklog(work.now);
    backlog.add(work.steps(20));
    await backlog.finish();
    await new Promise(setImmediate);
    expect(work.turns.reduce((sum, steps) => sum + steps, 0)).toBe(20);
    expect(Math.max(...work.turns)).toBe(most);
  }
});

test("several who wait get one slice a turn together, and wait for what was there when they came", async () => {
  const work = createWork(1);
  const backlog = createBacklog(work.now);
  backlog.add(work.steps(9));
  const both = Promise.all([backlog.finish(), backlog.finish()]);
  backlog.add(work.steps(1_000_000));
  await both;
  expect(Math.max(...work.turns)).toBe(3);
});

test("work for which no caller waits is done all the same", async () => {
  const work = createWork(1);
  const backlog = createBacklog(work.now);
  backlog.add(work.steps(7));
  await expect.poll(() => work.turns).toEqual([3, 3, 1]);
});
