import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { createScrubber } from "../scrub/createScrubber.ts";
import { createErrorReports } from "./errorReports.ts";
import type { ShownEvents } from "../base/shownEvents.ts";

/** A batch of so many errors, each of which happened twice. */
function batchOf(errors: number, details = {}): ShownEvents {
  const event = { source: "page", type: "error", name: "TypeError", count: 2, details } as const;
  return {
    length: errors,
    errors,
    errorTimes: 2 * errors,
    types: () => Array.from({ length: errors }, () => "error"),
    describe: () => Array.from({ length: errors }, () => event),
  };
}

function createReports(showEvents: (events: ShownEvents) => void = () => {}) {
  return createErrorReports({ scrub: createScrubber(), logError: () => {}, showEvents });
}

test("no stack is read while a batch is answered, and every error is grouped for who looks", async () => {
  const reports = createReports();
  let readings = 0;
  const details = Object.defineProperty({}, "stack", {
    get: () => {
      readings += 1;
      return "";
    },
  });
  reports.see(batchOf(3, details), 1);
  expect(readings).toBe(0);
  expect(await reports.list("newest", 10)).toMatchObject({ seen: 6, groups: [{ count: 6 }] });
});

test("they are grouped soon even if the groups are not read", async () => {
  let logged = 0;
  const logError = () => (logged += 1);
  const reports = createErrorReports({ scrub: createScrubber(), logError, showEvents: () => {} });
  reports.see(batchOf(3), 1);
  await expect.poll(() => logged).toBe(3);
});

test("an error that waits holds nothing of the batch that it came in", async () => {
  const reports = createReports();
  const batch = new WeakRef(batchOf(3));
  reports.see(batch.deref()!, 1);
  // What a WeakRef has shown stays until the job ends.
  await new Promise(setImmediate);
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  expect(batch.deref()).toBeUndefined();
  expect(await reports.list("newest", 10)).toMatchObject({ seen: 6 });
});

test("errors that come faster than they can be grouped are counted as forgotten, none is lost", async () => {
  const reports = createReports();
  for (let batch = 0; batch < 15; batch += 1) reports.see(batchOf(200), 1);
  const { seen, forgotten, groups } = await reports.list("newest", 10);
  expect({ seen, forgotten, grouped: groups[0]?.count }).toEqual({
    seen: 6_000,
    forgotten: 2_000,
    grouped: 4_000,
  });
});

test("the tail shows the fingerprint of an error of a page, and leaves everything else as it is", () => {
  const shown: ShownEvents[] = [];
  const reports = createReports((events) => shown.push(events));
  const click = { length: 1, errors: 0, errorTimes: 0, types: () => ["click"], describe: () => [] };
  reports.see(click, 1);
  reports.see(batchOf(1), 1);
  expect(shown[0]).toBe(click);
  expect(shown[1]?.describe()[0]?.details).toHaveProperty("fingerprint");
});
