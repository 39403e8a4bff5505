import { ORDINARY } from "../load/traffic.ts";
import { byTool, mostActive, numberOf, type Stage, startTelling } from "./telling.ts";

/** The user whose jobs run away. */
const CULPRIT = "build-farm";

const CRISIS = {
  ...ORDINARY,
  configurator: { perMinute: 60, holdSeconds: 15, users: [CULPRIT] },
  compiler: { perMinute: 60, holdSeconds: 12, users: [CULPRIT] },
};

/**
 * Overage crisis: an ordinary day, a build farm that borrows far beyond the contract, the alert within a minute, who it
 * is, the fix, and the proof that it helped. About ten minutes, most of them in the five-minute waits of HighOverageRate.
 */
export async function playOverageCrisis(stage: Stage): Promise<void> {
  const telling = await startTelling(stage);
  const { tell, see, insist, play, traffic, watch, alertState } = telling;
  const rate = async () => numberOf(await watch(), "card_overage_rate") ?? 0;

  tell("An ordinary day: people borrow and return, hardly anything is beyond the contract.");
  await play(60);
  insist((await rate()) < 0.15, "an overage rate below 15 % on an ordinary day.");

  traffic.want(CRISIS);
  const problemAt = telling.clock();
  tell("The build farm starts. Each of its jobs borrows a configurator or a compiler.");
  await see(
    "the alert LicensesOverageSurge, within a minute.",
    60,
    async () => (await alertState("LicensesOverageSurge")) === "firing",
  );
  tell(`The alert LicensesOverageSurge fires, ${telling.clock() - problemAt} seconds after the start.`);

  await see("an overage rate above 30 %, in red.", 60, async () => (await rate()) > 0.3);
  const frame = await watch();
  const perMinute = numberOf(frame, "card_cost_per_minute") ?? 0;
  insist(perMinute > 0, "the cost per minute.");
  tell(
    `The live page is red: ${percent(await rate())} in overage, $${(perMinute / 100).toFixed(0)} a minute.`,
  );
  insist(byTool(frame, "licenses_overage")["configurator"]! > 0, "configurators in overage.");
  const { user, share } = mostActive(frame.tail, "overage");
  insist(user === CULPRIT && share > 0.5, `${CULPRIT} in the recent activity.`);
  tell(`Recent activity: ${percent(share)} of the overage is of ${user}. Its jobs go on.`);
  await see(
    "the alert LicensesHighOverageRate, after five minutes.",
    540,
    async () => (await alertState("LicensesHighOverageRate")) === "firing",
  );
  tell("The alert LicensesHighOverageRate fires: above 30 % for five minutes.");

  traffic.want(ORDINARY);
  await traffic.sendHome([CULPRIT]);
  tell("The fix: the build farm is stopped, and its licenses are returned.");
  await see(
    "the end of LicensesOverageSurge.",
    120,
    async () => (await alertState("LicensesOverageSurge")) === "ended",
  );
  tell("LicensesOverageSurge is resolved.");
  await see(
    "the end of LicensesHighOverageRate.",
    420,
    async () => (await alertState("LicensesHighOverageRate")) === "ended",
  );
  insist((await rate()) < 0.15, "an overage rate below 15 % after the fix.");
  tell(`LicensesHighOverageRate is resolved, too. ${await telling.settle()}`);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
