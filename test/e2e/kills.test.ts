import { expect, test } from "vitest";
import { type KillResult, runKillLoop } from "../support/kills/killLoop.ts";
import { runNoticeKillLoop } from "../support/notices/noticeKillLoop.ts";

/** `npm run truth -- kills 100` says how many. */
const KILLS = Number(process.env["KILLS"] ?? 6);
const SECONDS_A_KILL = 20;

function show(title: string, result: KillResult): void {
  const { lost, twice, afterCleanStop, revenue, ...counts } = result;
  const sum = (tally: Record<string, number>): number =>
    Object.values(tally).reduce((total, value) => total + Math.abs(value), 0);
  console.log(`\n${title}`);
  console.table({
    ...counts,
    slowestStartMs: Math.round(counts.slowestStartMs),
    "units lost, over all series": sum(lost),
    "units counted twice": sum(twice),
    "changed by a clean restart": sum(afterCleanStop),
    "revenue acknowledged, cents": revenue[0],
    "revenue in /metrics, cents": revenue[1],
  });
}

test(
  `killed ${KILLS} times under load, the SQLite journal loses nothing that it acknowledged and counts nothing twice`,
  { timeout: Math.max(240_000, (KILLS + 12) * SECONDS_A_KILL * 1000) },
  async () => {
    const result = await runKillLoop({ kills: KILLS, journal: "sqlite" });
    show(`SQLite journal, ${KILLS} times SIGKILL`, result);
    expect(result.orders).toBeGreaterThan(KILLS * 10);
    expect(result.replays).toBeGreaterThan(result.orders / 20);
    expect(result.repliesCut).toBeGreaterThan(result.orders / 20);
    expect(result.lost).toEqual({});
    expect(result.twice).toEqual({});
    expect(result.replaysTakenForNew).toBe(0);
    expect(result.revenue[1]).toBe(result.revenue[0]);
    expect(result.afterCleanStop).toEqual({});
  },
);

test("the same ledger finds what a journal in memory loses", async () => {
  const result = await runKillLoop({ kills: 2, journal: "memory" });
  show("Control: memory journal, 2 times SIGKILL", result);
  expect(Object.keys(result.lost).length).toBeGreaterThan(5);
});

test("the same ledger finds what is counted twice where a retry has another id", async () => {
  const result = await runKillLoop({ kills: 2, journal: "sqlite", freshIds: true });
  show("Control: another id for each try, 2 times SIGKILL", result);
  expect(Object.keys(result.twice).length).toBeGreaterThan(5);
  expect(result.replaysTakenForNew).toBeGreaterThan(0);
});

test(
  `killed ${KILLS} times between a change of state and its delivery, each fire and each resolve arrives once per key, in order`,
  { timeout: Math.max(240_000, (KILLS + 12) * SECONDS_A_KILL * 1000) },
  async () => {
    const { faults, ...counts } = await runNoticeKillLoop(KILLS);
    console.log(`\nNotices, ${KILLS} times SIGKILL`);
    console.table(counts);
    expect(faults).toEqual([]);
    expect(counts.episodes).toBeGreaterThan(KILLS);
    // A fire and a resolve for each receiver, and nothing more.
    expect(counts.notices).toBe(counts.episodes * 4);
    expect(counts.requests).toBeGreaterThan(counts.accepted);
    expect(counts.accepted).toBeGreaterThan(counts.notices);
  },
);
