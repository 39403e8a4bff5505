import { expect, test } from "vitest";
import { createDropCount } from "./dropCount.ts";

const NONE = { queue_full: 0, oversize: 0, invalid: 0, refused: 0, expired: 0, closed: 0 };

test("losses add up by reason, and the developer hears of each reason once", () => {
  const said: string[] = [];
  const dropped = createDropCount((message) => said.push(message));
  dropped.add("queue_full", 2);
  dropped.add("queue_full", 3);
  dropped.add("refused", 1, "it answers 401");
  expect(dropped.all()).toEqual({ ...NONE, queue_full: 5, refused: 1 });
  expect(said).toEqual([
    "[rumkit] Values are dropped: the queue is full.",
    "[rumkit] Values are dropped: the collector refuses them (it answers 401).",
  ]);
});

test("the next batch reports what no batch has reported", () => {
  const dropped = createDropCount(() => {});
  expect(dropped.takeUnreported()).toBeUndefined();
  dropped.add("invalid", 2);
  dropped.add("expired", 1);
  expect(dropped.takeUnreported()).toEqual({ invalid: 2, expired: 1 });
  expect(dropped.takeUnreported()).toBeUndefined();
  dropped.add("invalid", 1);
  expect(dropped.takeUnreported()).toEqual({ invalid: 1 });
});

test("what a lost batch has reported is reported again, together with what came since", () => {
  const dropped = createDropCount(() => {});
  dropped.add("invalid", 2);
  const lost = dropped.takeUnreported();
  dropped.add("invalid", 1);
  dropped.add("oversize", 1);
  dropped.reportAgain(lost);
  dropped.reportAgain(undefined);
  expect(dropped.takeUnreported()).toEqual({ invalid: 3, oversize: 1 });
  // They were lost once.
  expect(dropped.all()).toEqual({ ...NONE, invalid: 3, oversize: 1 });
});

test("losses after the end are reported only to the developer: there is no next batch", () => {
  const dropped = createDropCount(() => {});
  dropped.add("closed", 4);
  expect([dropped.all().closed, dropped.takeUnreported()]).toEqual([4, undefined]);
});

test("a callback of the app that throws disturbs nothing", () => {
  const dropped = createDropCount(() => {
    throw new Error("of the app");
  });
  expect(() => dropped.add("invalid", 1)).not.toThrow();
  expect(dropped.all().invalid).toBe(1);
});

test("the counts are a copy", () => {
  const dropped = createDropCount(() => {});
  const before = dropped.all();
  dropped.add("invalid", 1);
  expect(before.invalid).toBe(0);
});
