/**
 * Two edges and two aggregators over a real log: all of them are killed under load, the network between them breaks in each
 * way, and their clocks are set. Counts and money equal what was acknowledged.
 */
import { expect, test } from "vitest";
import { type FaultResult, runFaultLoop } from "../support/clusterFaults/faultLoop.ts";

/** `KILLS=100 FAULTS=5 npx vitest run --project e2e test/e2e/clusterFaults.test.ts` says how many, of each kind. */
const KILLS = process.env["KILLS"] === undefined ? undefined : Number(process.env["KILLS"]);
const FAULTS = process.env["FAULTS"] === undefined ? undefined : Number(process.env["FAULTS"]);
const TIMEOUT_MS = 3_600_000;

function show(title: string, result: FaultResult): void {
  const { lost, twice, revenue, ...counts } = result;
  const sum = (tally: Record<string, number>): number =>
    Object.values(tally).reduce((total, value) => total + Math.abs(value), 0);
  console.log(`\n${title}`);
  console.table({
    ...counts,
    "units lost, over all series": sum(lost),
    "units counted twice": sum(twice),
    "revenue acknowledged, cents": revenue[0],
    "revenue in /metrics, cents": revenue[1],
  });
}

test.concurrent.each([
  { engine: "jetstream", kills: KILLS ?? 2, faults: FAULTS ?? 1 },
  { engine: "redis", kills: KILLS ?? 1, faults: FAULTS ?? 0 },
] as const)(
  "over $engine, kills and faults of the network and of clocks lose nothing that was acknowledged, and count nothing twice",
  { timeout: TIMEOUT_MS },
  async ({ engine, kills, faults }) => {
    const result = await runFaultLoop({ engine, kills, faults, jumps: faults, moves: FAULTS ?? 0 });
    show(`${engine}: ${kills} times SIGKILL of edges, of the log, and of aggregators`, result);
    expect({ lost: result.lost, twice: result.twice }).toEqual({ lost: {}, twice: {} });
    expect(result.revenue[1]).toBe(result.revenue[0]);
    expect(result.replays).toBeGreaterThan(result.orders / 20);
    expect(result.repliesCut).toBeGreaterThan(0);
    if (faults > 0) expect(result.spooled).toBeGreaterThan(0);
  },
);

test.concurrent("the same ledger finds what is counted twice where a retry has another id", async () => {
  const result = await runFaultLoop({
    engine: "jetstream",
    kills: 1,
    faults: 0,
    jumps: 0,
    moves: 0,
    freshIds: true,
  });
  expect(Object.keys(result.twice).length).toBeGreaterThan(5);
  expect(result.lost).toEqual({});
});
