import { MAX_COUNT, type PageEvent } from "@rumkit/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createQueue, type Queue } from "./createQueue.ts";

let flushed: { reason: string; events: PageEvent[] }[];
let dropped: string[];
let queue: Queue;

beforeEach(() => {
  vi.useFakeTimers();
  flushed = [];
  dropped = [];
  queue = createQueue({
    onFlush: (events, reason) => void flushed.push({ reason, events }),
    onDrop: (reason) => void dropped.push(reason),
  });
  queue.open();
});
afterEach(() => vi.useRealTimers());

const action = (name: string, at = 1): PageEvent => ({ type: "action", at, route: "/", name });
const reasons = (): string[] => flushed.map(({ reason }) => reason);

describe("merging", () => {
  test("events that are equal but for their time become one with a count", () => {
    for (let at = 0; at < 1_500; at += 1) queue.add(action("click", at));
    queue.flush("manual");
    expect(flushed[0]?.events).toEqual([{ ...action("click", 0), count: 1_500 }]);
  });

  test("a count ends where the contract does, and the rest goes on in another event", () => {
    for (let index = 0; index <= MAX_COUNT; index += 1) queue.add(action("click"));
    queue.flush("manual");
    expect(flushed[0]?.events.map((event) => event.count ?? 1)).toEqual([MAX_COUNT, 1]);
  });

  test("events that differ in a detail stay apart", () => {
    queue.add({ ...action("buy"), details: { category: "books" } } as PageEvent);
    queue.add({ ...action("buy"), details: { category: "games" } } as PageEvent);
    queue.flush("manual");
    expect(flushed[0]?.events).toHaveLength(2);
  });
});

describe("a batch leaves", () => {
  test("five seconds after its first event", () => {
    queue.add(action("a"));
    vi.advanceTimersByTime(4_000);
    queue.add(action("b"));
    expect(reasons()).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(flushed).toEqual([{ reason: "time", events: [action("a"), action("b")] }]);
  });

  test("one second after a conversion, also where it would have waited longer", () => {
    queue.add(action("a"));
    queue.add({ type: "conversion", at: 1, route: "/", name: "signup" });
    vi.advanceTimersByTime(1_000);
    expect(reasons()).toEqual(["time"]);
    vi.advanceTimersByTime(60_000);
    expect(reasons()).toEqual(["time"]);
  });

  test("with its thirtieth distinct event", () => {
    for (let index = 0; index < 30; index += 1) queue.add(action(String(index)));
    expect(flushed).toMatchObject([{ reason: "full", events: { length: 30 } }]);
  });

  test("before it grows over 12 Ki units", () => {
    for (let index = 0; index < 5; index += 1) {
      queue.add({ ...action(String(index)), details: { text: "x".repeat(3_000) } } as PageEvent);
    }
    expect(reasons()).toEqual(["full"]);
    expect(flushed[0]?.events).toHaveLength(3);
  });

  test("when it is asked to, with the reason that it is given", () => {
    queue.add(action("a"));
    queue.flush("exit");
    expect(reasons()).toEqual(["exit"]);
  });
});

describe("what does not fit", () => {
  test("an event that is larger than a batch is dropped and counted", () => {
    queue.add({ ...action("a"), details: { text: "x".repeat(20_000) } } as PageEvent);
    expect(dropped).toEqual(["oversize"]);
  });

  test("a closed queue gathers up to 256 Ki units, then drops and counts", () => {
    queue.close();
    for (let index = 0; index < 100; index += 1) {
      queue.add({ ...action(String(index)), details: { text: "x".repeat(3_000) } } as PageEvent);
    }
    expect(dropped.length).toBeGreaterThan(10);
    queue.open();
    queue.flush("manual");
    const events = flushed.flatMap((batch) => batch.events);
    expect(events.length + dropped.length).toBe(100);
  });
});

test("a closed queue sends nothing and forgets nothing until it is opened", () => {
  queue.close();
  queue.add(action("early"));
  queue.flush("manual");
  vi.advanceTimersByTime(60_000);
  expect(flushed).toEqual([]);
  queue.open();
  vi.advanceTimersByTime(5_000);
  expect(flushed).toMatchObject([{ events: [{ name: "early" }] }]);
});
