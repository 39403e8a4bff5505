import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { createScrubber } from "../scrub/createScrubber.ts";
import { createErrorReports } from "./errorReports.ts";
import type { PageError, ShownEvents } from "../base/shownEvents.ts";
import type { ReportedError } from "./errorGroups.ts";

/** A batch of so many errors, each of which happened twice. */
function batchOf(errors: number, messageOf: (index: number) => string = () => "", session = ""): ShownEvents {
  const event = { source: "page", type: "error", name: "TypeError", count: 2, details: {} } as const;
  const toError = (index: number): PageError => ({
    ...NO_ERROR,
    name: "TypeError",
    message: messageOf(index),
    sessions: [session],
    times: 2,
  });
  return {
    length: errors,
    errors,
    errorTimes: 2 * errors,
    types: () => Array.from({ length: errors }, () => "error"),
    describe: () => Array.from({ length: errors }, () => event),
    pageErrors: () => Array.from({ length: errors }, (_, index) => toError(index)),
  };
}

const NO_ERROR = {
  name: "",
  message: "",
  stack: "",
  source: "",
  release: "",
  browser: "",
  sessions: [],
  route: "",
  times: 0,
} satisfies PageError;

function createReports(showEvents: (events: ShownEvents) => void = () => {}) {
  return createErrorReports({ scrub: createScrubber(), logError: () => {}, showEvents });
}

test("no error is read while a batch is answered, and every error is grouped for who looks", async () => {
  const scrub = createScrubber();
  let readings = 0;
  const counting = {
    ...scrub,
    text: (text: string) => {
      readings += 1;
      return scrub.text(text);
    },
  };
  const reports = createErrorReports({ scrub: counting, logError: () => {}, showEvents: () => {} });
  reports.see(batchOf(3), 1);
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
  let items = 0;
  const messageOf = (): string => `Item ${(items += 1)} is gone.`;
  for (let batch = 0; batch < 15; batch += 1) reports.see(batchOf(200, messageOf), 1);
  const { seen, forgotten, groups } = await reports.list("newest", 10);
  expect({ seen, forgotten, grouped: groups[0]?.count }).toEqual({
    seen: 6_000,
    forgotten: 2_000,
    grouped: 4_000,
  });
});

test("of the errors that wait, equal ones wait as one: a flood of one error forgets none, and no session", async () => {
  const logged: ReportedError[] = [];
  const reports = createErrorReports({
    scrub: createScrubber(),
    logError: (error) => logged.push(error),
    showEvents: () => {},
  });
  for (let batch = 0; batch < 1_000; batch += 1)
    reports.see(
      batchOf(10, () => "The cart is empty.", `s${batch % 70}`),
      batch,
    );
  reports.see(
    batchOf(1, () => "Something else."),
    1_000,
  );
  const { seen, forgotten, groups } = await reports.list("newest", 10);
  expect({ seen, forgotten, counts: groups.map(({ count }) => count) }).toEqual({
    seen: 20_002,
    forgotten: 0,
    counts: [2, 20_000],
  });
  expect(groups[1]).toMatchObject({
    message: "The cart is empty.",
    firstSeen: 0,
    lastSeen: 999,
    sessions: 70,
  });
  expect(logged.length).toBeLessThan(1_000);
});

test("the tail shows the fingerprint of an error of a page, and leaves everything else as it is", () => {
  const shown: ShownEvents[] = [];
  const reports = createReports((events) => shown.push(events));
  const click = {
    length: 1,
    errors: 0,
    errorTimes: 0,
    types: () => ["click"],
    describe: () => [],
    pageErrors: () => [],
  };
  reports.see(click, 1);
  reports.see(batchOf(1), 1);
  expect(shown[0]).toBe(click);
  expect(shown[1]?.describe()[0]?.details).toHaveProperty("fingerprint");
});
