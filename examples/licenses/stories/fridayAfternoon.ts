import type { Borrow, PoolStatus } from "../pools.ts";
import { ORDINARY } from "../load/traffic.ts";
import { byTool, mostActive, readJson, type Stage, startTelling } from "./telling.ts";

const CULPRIT = "friday-batch";

const LIMIT = { tool: "simulator" };

/** Friday afternoon: one user takes a whole pool and goes home. Who it is, and the pool is free again. Three minutes. */
export async function playFridayAfternoon(stage: Stage): Promise<void> {
  const telling = await startTelling(stage);
  const { tell, see, insist, play, traffic, watch, alertState, ask } = telling;
  const pool = async (): Promise<PoolStatus> => {
    const { tools } = await readJson<{ tools: PoolStatus[] }>(await ask("/licenses"));
    return tools.find(({ tool }) => tool === LIMIT.tool)!;
  };

  tell("Friday, 16:40. The simulators are in use as usual.");
  await play(30);
  insist((await pool()).available > 0, "free simulators before the weekend.");

  // A batch that keeps what it gets, until Monday.
  traffic.want({ ...ORDINARY, simulator: { perMinute: 240, holdSeconds: 200_000, users: [CULPRIT] } });
  tell("Somebody starts a batch that keeps each simulator it gets, and leaves.");
  await see("a pool without a free simulator.", 60, async () => (await pool()).available === 0);
  traffic.want(ORDINARY);
  await see(
    "the alert LicensesOverageLimitReached for the simulator.",
    60,
    async () => (await alertState("LicensesOverageLimitReached", LIMIT)) === "firing",
  );
  tell("The alert LicensesOverageLimitReached fires for the simulator. Colleagues are refused.");

  await see("a refusal of the simulator in the recent activity.", 60, async () =>
    (await watch()).tail.some(
      ({ name, details }) => name === "borrow_refused" && details["reason"] === "max_overage",
    ),
  );
  const frame = await watch();
  insist(byTool(frame, "licenses_at_max_overage")["simulator"] === 1, "the simulator at its limit.");
  const { borrows } = await readJson<{ borrows: Borrow[] }>(await ask("/licenses/lent?tool=simulator"));
  const { user, share } = mostActive(borrows.map(asEvent), "borrow");
  insist(user === CULPRIT && share > 0.3, `${CULPRIT} as the user with the most simulators.`);
  tell(
    `${user} has ${Math.round(share * borrows.length)} of ${borrows.length} simulators: the live page lists who borrowed what.`,
  );

  await traffic.sendHome([CULPRIT]);
  tell("The batch is stopped, and its simulators are returned.");
  await see(
    "the end of LicensesOverageLimitReached.",
    60,
    async () => (await alertState("LicensesOverageLimitReached", LIMIT)) === "ended",
  );
  insist((await pool()).available > 0, "free simulators after the fix.");
  tell(`The alert is resolved, colleagues borrow again. ${await telling.settle()}`);
}

function asEvent({ user, borrowedAt }: Borrow) {
  return {
    at: borrowedAt,
    source: "server",
    type: "conversion",
    name: "borrow",
    count: 1,
    details: { user },
  } as const;
}
