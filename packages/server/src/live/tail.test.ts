import type { LiveEvent } from "@rumkit/protocol";
import { expect, test } from "vitest";
import { createScrubber } from "../scrub/createScrubber.ts";
import { createTail } from "./tail.ts";
import type { ShownEvents } from "../base/shownEvents.ts";

/** So many events of one moment, called by their place from `first` on. */
function events(first: number, length = 1, details: LiveEvent["details"] = {}): ShownEvents {
  const described = Array.from({ length }, (_, index) => ({
    source: "page" as const,
    type: "action",
    name: String(first + index),
    count: 1,
    details,
  }));
  return {
    length,
    errors: 0,
    errorTimes: 0,
    pageErrors: () => [],
    types: () => described.map(({ type }) => type),
    describe: () => described,
  };
}

test("the last fifty events are kept, oldest first, and each is new once", () => {
  const tail = createTail(createScrubber());
  for (let index = 0; index < 500; index += 1) tail.push(events(index), 1);
  expect(tail.takeNew().events.map(({ name }) => name)).toEqual(tail.recent().map(({ name }) => name));
  expect(tail.recent()[0]?.name).toBe("450");
  expect(tail.takeNew()).toEqual({ events: [], skipped: {} });
  tail.push(events(500), 1);
  expect(tail.takeNew().events).toHaveLength(1);
});

test("of moments with many events the last fifty are shown, whatever the moments were", () => {
  const tail = createTail(createScrubber());
  let pushed = 0;
  for (const length of [30, 1, 0, 200, 49, 3, 60, 2, 7]) {
    tail.push(events(pushed, length), pushed);
    pushed += length;
  }
  const names = Array.from({ length: 50 }, (_, index) => String(pushed - 50 + index));
  expect(tail.recent().map(({ name }) => name)).toEqual(names);
  expect(tail.takeNew().events.map(({ name }) => name)).toEqual(names);
});

test("an event is described when it is shown, not when it happens", () => {
  const tail = createTail(createScrubber());
  let described = 0;
  for (let index = 0; index < 500; index += 1) {
    tail.push(
      {
        length: 1,
        errors: 0,
        errorTimes: 0,
        pageErrors: () => [],
        types: () => ["action"],
        describe: () => {
          described += 1;
          return events(index).describe();
        },
      },
      1,
    );
  }
  expect(described).toBe(0);
  tail.recent();
  expect(described).toBe(50);
});

test("details are cut to what a line shows: a frame cannot carry megabytes", () => {
  const tail = createTail(createScrubber());
  const details = Object.fromEntries(
    Array.from({ length: 32 }, (_, key) => [`key ${key}`, "x".repeat(2_048)]),
  );
  tail.push(events(0, 1, details), 1);
  const [shown] = tail.recent();
  expect(Object.keys(shown!.details)).toHaveLength(12);
  expect(shown!.details["key 0"]).toBe(`${"x".repeat(200)}…`);
});
