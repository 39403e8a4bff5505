import type { LiveEvent } from "@rumkit/protocol";
import { expect, test } from "vitest";
import { createScrubber } from "../scrub/createScrubber.ts";
import { createTail } from "./tail.ts";

const event = (name: string, details: LiveEvent["details"] = {}): LiveEvent => ({
  at: 1,
  source: "page",
  type: "action",
  name,
  count: 1,
  details,
});

test("the last fifty events are kept, oldest first, and each is new once", () => {
  const tail = createTail(createScrubber());
  for (let index = 0; index < 500; index += 1) tail.push(event(String(index)));
  expect(tail.takeNew().map(({ name }) => name)).toEqual(tail.recent().map(({ name }) => name));
  expect(tail.recent()[0]?.name).toBe("450");
  expect(tail.takeNew()).toEqual([]);
  tail.push(event("next"));
  expect(tail.takeNew()).toHaveLength(1);
});

test("details are cut to what a line shows: a frame cannot carry megabytes", () => {
  const tail = createTail(createScrubber());
  const details = Object.fromEntries(
    Array.from({ length: 32 }, (_, key) => [`key ${key}`, "x".repeat(2_048)]),
  );
  tail.push(event("large", details));
  const [shown] = tail.recent();
  expect(Object.keys(shown!.details)).toHaveLength(12);
  expect(shown!.details["key 0"]).toBe(`${"x".repeat(200)}…`);
});
