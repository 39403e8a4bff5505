import type { Borrow, PoolStatus } from "../pools.ts";
import { type Demand, ORDINARY } from "../load/traffic.ts";
import { byTool, mostActive, readJson, type Stage, startTelling } from "./telling.ts";

const CULPRIT = "friday-batch";

const LIMIT = { tool: "simulator" };

/** The batch keeps what it gets, until Monday. Now and then, a colleague is faster. */
const RUSH: Demand = {
  perMinute: 240,
  holdSeconds: 200_000,
  users: [...Array.from({ length: 9 }, () => CULPRIT), "chen", "grace", "ivan"],
};

/** Friday afternoon: one user takes a whole pool and goes home. Who it is, and the pool is free again. Three minutes. */
export async function playFridayAfternoon(stage: Stage): Promise<void> {
  const telling = await startTelling(stage);
  const { tell, see, insist, play, traffic, watch, alertState, ask } = telling;
  const pool = async (): Promise<PoolStatus> => {
    const { tools } = await readJson<{ tools: PoolStatus[] }>(await ask("/licenses"));
    return tools.find(({ tool }) => tool === LIMIT.tool)!;
  };

  tell("Friday, 16:40. The simulators are in use as usual.");
  await play(10);
  insist((await pool()).available > 0, "free simulators before the weekend.");

  traffic.want({ ...ORDINARY, simulator: RUSH });
  tell("Someone starts a batch that keeps each simulator it gets, and leaves.");
  await see("a pool without a free simulator.", 60, async () => (await pool()).available === 0);
  await see(
    "the alert LicensesOverageLimitReached for the simulator.",
    60,
    async () => (await alertState("LicensesOverageLimitReached", LIMIT)) === "firing",
  );
  const { totals, tail } = await watch();
  insist(byTool({ totals }, "licenses_at_max_overage")["simulator"] === 1, "the simulator at its limit.");
  tell("The alert LicensesOverageLimitReached fires for the simulator.");
  const ofSimulator = tail.filter(({ details }) => details["tool"] === LIMIT.tool);
  const { user, share } = mostActive(ofSimulator, "borrow");
  insist(user === CULPRIT && share > 0.5, `${CULPRIT} in the recent activity.`);

  await see("a colleague who is refused, in the recent activity.", 60, async () =>
    (await watch()).tail.some(
      ({ name, details }) =>
        name === "borrow_refused" && details["reason"] === "max_overage" && details["user"] !== CULPRIT,
    ),
  );
  await play(3);
  const { borrows } = await readJson<{ borrows: Borrow[] }>(await ask("/licenses/lent?tool=simulator"));
  const held = borrows.filter((borrow) => borrow.user === CULPRIT).length;
  tell(`Colleagues are refused. Recent activity: ${user}, who has ${held} of ${borrows.length} simulators.`);

  traffic.want(ORDINARY);
  await traffic.sendHome([CULPRIT]);
  tell("The batch is stopped, and its simulators are returned.");
  await see(
    "the end of LicensesOverageLimitReached.",
    60,
    async () => (await alertState("LicensesOverageLimitReached", LIMIT)) === "ended",
  );
  insist((await pool()).available > 0, "free simulators after the fix.");
  await play(3);
  tell(`The alert is resolved, colleagues borrow again. ${await telling.settle()}`);
}
