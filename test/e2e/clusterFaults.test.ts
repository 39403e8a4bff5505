/**
 * Two edges and two aggregators over a real log: all of them are killed under load, the network between them breaks in each
 * way, and their clocks are set. Counts and money equal what was acknowledged.
 */
import { expect, test } from "vitest";
import { type FaultResult, runFaultLoop } from "../support/clusterFaults/faultLoop.ts";

/** `KILLS=100 npx vitest run --project e2e test/e2e/clusterFaults.test.ts` says how many, of each kind. */
const KILLS = Number(process.env["KILLS"] ?? 2);
const FAULTS = Number(process.env["FAULTS"] ?? 1);
const SECONDS_A_KILL = 60;

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

test.concurrent.each(["jetstream", "redis"] as const)(
  "over %s, kills and faults of the network and of clocks lose nothing that was acknowledged, and count nothing twice",
  { timeout: (KILLS + FAULTS + 10) * SECONDS_A_KILL * 1000 },
  async (engine) => {
    const result = await runFaultLoop({ engine, kills: KILLS, faults: FAULTS, jumps: FAULTS });
    show(`${engine}: ${KILLS} times SIGKILL of edges, of the log, and of aggregators`, result);
    expect({ lost: result.lost, twice: result.twice }).toEqual({ lost: {}, twice: {} });
    expect(result.revenue[1]).toBe(result.revenue[0]);
    expect(result.replays).toBeGreaterThan(result.orders / 20);
    expect(result.repliesCut).toBeGreaterThan(0);
    if (FAULTS > 0) expect(result.spooled).toBeGreaterThan(0);
  },
);

test.concurrent("the same ledger finds what is counted twice where a retry has another id", async () => {
  const result = await runFaultLoop({ engine: "jetstream", kills: 1, faults: 0, jumps: 0, freshIds: true });
  expect(Object.keys(result.twice).length).toBeGreaterThan(5);
  expect(result.lost).toEqual({});
});
