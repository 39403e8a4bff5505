import type { ErrorGroups } from "@rumkit/protocol";
import { openPage } from "../load/openPage.ts";
import { releases } from "../release.ts";
import { readJson, type Stage, startTelling } from "./telling.ts";

const ALERT = "LicensesHigh500Errors";

/**
 * Bug journey: a release whose page shows a forecast that the server cannot answer. The error and its release on the live
 * page, the 500s behind it, the alert, the fix. About five minutes.
 */
export async function playBugJourney(stage: Stage): Promise<void> {
  const telling = await startTelling(stage);
  const { tell, see, insist, watch, alertState, ask } = telling;
  const { deployment } = stage;
  const visit = (): Promise<void> => openPage(stage, deployment.current);
  const errorOf = async (release: string) => {
    const { groups } = await readJson<ErrorGroups>(await ask("/realtime/errors"));
    return groups.find(({ name, releases: of }) => name === "TypeError" && of[release] !== undefined);
  };
  /** Visits go on while the audience waits. */
  const seeWithVisits = (what: string, seconds: number, look: () => Promise<boolean>) =>
    see(what, seconds, async () => {
      await visit();
      return look();
    });

  deployment.current = releases.first;
  tell("Release 2.0.0 serves the page. Visitors borrow, and nothing fails.");
  for (let visits = 0; visits < 10; visits++) {
    await visit();
    await telling.play(1);
  }
  insist((await errorOf("2.0.0")) === undefined, "a page without errors in 2.0.0.");

  deployment.current = releases.faulty;
  tell("Release 2.1.0 goes out, with a forecast on the page.");
  await seeWithVisits("release 2.1.0 in the chart of the live page.", 60, async () =>
    (await watch()).board.releases.some(({ release }) => release === "2.1.0"),
  );
  await seeWithVisits(
    "a TypeError of 2.1.0 in the list of errors.",
    60,
    async () => (await errorOf("2.1.0")) !== undefined,
  );
  const found = (await errorOf("2.1.0"))!;
  insist(Object.keys(found.releases).join() === "2.1.0", "an error of 2.1.0 alone.");
  tell(`New in 2.1.0, and in no release before: ${found.name}: ${found.message}`);
  await seeWithVisits(
    "the alert LicensesHigh500Errors: more than 5 in a minute, for a minute.",
    180,
    async () => (await alertState(ALERT)) === "firing",
  );
  const { totals } = await watch();
  const failures = totals.filter(
    ({ metric, labels }) => metric === "http_requests_total" && labels["status"] === "500",
  );
  insist(
    failures.some(({ labels }) => labels["route"] === "/licenses/forecast"),
    "500s of /licenses/forecast.",
  );
  tell("The alert LicensesHigh500Errors fires. All of its 500s are of /licenses/forecast, since 2.1.0.");

  deployment.current = releases.fixed;
  tell("The fix: 2.1.1 goes out, without the forecast.");
  await seeWithVisits(
    "the end of LicensesHigh500Errors.",
    120,
    async () => (await alertState(ALERT)) === "ended",
  );
  const { count } = (await errorOf("2.1.0"))!;
  await seeWithVisits("release 2.1.1 in the chart of the live page.", 60, async () =>
    (await watch()).board.releases.some(({ release }) => release === "2.1.1"),
  );
  insist(
    (await errorOf("2.1.1")) === undefined && (await errorOf("2.1.0"))!.count === count,
    "a page without errors in 2.1.1.",
  );
  tell(`The alert is resolved, and no visitor of 2.1.1 has the error. ${await telling.settle()}`);
}
