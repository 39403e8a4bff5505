import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { createProgressLine, renderProgress } from "./progress.ts";
import type { LoadPlan } from "./plan.ts";
import type { LoadRun } from "./runLoad.ts";
import { createTally } from "./tally.ts";

test("the line says how far a run is", () => {
  const tally = createTally([]);
  tally.visits.begun = 7;
  tally.visits.ended = 5;
  tally.request(202, 4);
  tally.request(undefined, 9);
  tally.settle([], { kind: "unanswered" });
  const run: Pick<LoadRun, "tally" | "inside"> = { tally, inside: () => 2 };
  const plan: Pick<LoadPlan, "holdMs" | "visitors" | "visits"> = {
    holdMs: undefined,
    visitors: 5,
    visits: 20,
  };
  expect(renderProgress(plan, run, 12_300)).toBe(
    "12 s, 2 visitors, 5 of 100 visits, 1 batches, 2 requests, p95 4.0 ms, 1 unanswered",
  );
  expect(renderProgress({ ...plan, holdMs: 1 }, run, 0)).toContain(", 5 visits,");
});

test("the line fits the terminal, and is gone at the end", async () => {
  const written: string[] = [];
  const line = createProgressLine(
    { columns: 10, write: (text: string) => written.push(text) },
    () => "a line that is too long",
    1,
  );
  await expect.poll(() => written.length).toBeGreaterThan(1);
  line.end();
  const length = written.length;
  await wait(20);
  expect(written).toHaveLength(length);
  expect(written[0]).toBe("\r\u001b[Ka line th");
  expect(written.at(-1)).toBe("\r\u001b[K");
});
