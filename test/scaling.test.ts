/** docs/scaling.md: its tables are those of the simulation, and the simulation loses nothing and counts nothing twice. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { planFor } from "../bench/scaling/plan.ts";
import { simulateOutage } from "../bench/scaling/simulate.ts";
import {
  LOST_FOR,
  RATES,
  renderCosts,
  renderPlan,
  renderSimulation,
  simulateRate,
} from "../bench/scaling/tables.ts";
import { ASSUMED, MEASURED } from "../bench/scaling/unitCosts.ts";

const doc = readFileSync(join(import.meta.dirname, "../docs/scaling.md"), "utf8");

test("docs/scaling.md has the tables of the simulation: npm run generate writes them", () => {
  for (const table of [renderCosts(), renderPlan(), renderSimulation()]) expect(doc).toContain(table);
});

describe.each(RATES)("at %d events a second", (rate) => {
  const plan = planFor(rate, MEASURED);

  test("no process is planned beyond its share of a core, also with one edge less", () => {
    expect((plan.edgeBusy * plan.edges) / (plan.edges - 1)).toBeLessThanOrEqual(ASSUMED.edgeShare);
    expect(plan.aggregateBusy).toBeLessThanOrEqual(ASSUMED.aggregateShare);
    expect(plan.partitions).toBeGreaterThanOrEqual(4 * plan.aggregators);
  });

  test("the loss of a machine loses nothing and counts nothing twice", () => {
    const { sent, counted, lost, doubled, doubledByWindow, longestLag } = simulateRate(rate);
    expect({ counted, lost, doubled }).toEqual({ counted: sent, lost: 0, doubled: 0 });
    // Retries that come after the log's window are there: a reader without a memory of ids would count them again.
    expect(doubledByWindow).toBeGreaterThan(100);
    expect(longestLag).toBeGreaterThan(LOST_FOR);
    expect(longestLag).toBeLessThan(LOST_FOR + plan.ids.startSeconds + 1);
  });
});

test("another seed is another run with the same outcome", () => {
  const [one, other] = [1, 2].map((seed) => simulateRate(10_000, MEASURED, seed));
  expect(other).not.toEqual(one);
  expect(other).toMatchObject({ lost: 0, doubled: 0 });
});

test("an aggregator that is half busy has caught up after as long as it was away", () => {
  const outcome = simulateOutage({
    messagesPerSecond: 500,
    microsPerMessage: 1_000,
    lostAt: 60,
    lostFor: 60,
    seconds: 300,
    repeated: 0,
    againAfter: [1, 2],
    seed: 1,
  });
  expect(outcome.caughtUpAfter).toBeGreaterThan(50);
  expect(outcome.caughtUpAfter).toBeLessThan(72);
});
