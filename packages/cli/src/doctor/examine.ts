import { type Check, fail } from "./check.ts";
import { checkCollector } from "./collectorChecks.ts";
import { checkPages } from "./pageChecks.ts";
import { ask, type Probe, readJson } from "./probe.ts";
import { checkTag } from "./tagChecks.ts";
import { reasonOf } from "@rumkit/server/internal/base";

/** Examines a collector from outside, without counting anything. Never rejects. */
export async function examine(probe: Probe): Promise<Check[]> {
  const advice = "Is it running, and is --url its address with the path where it is mounted?";
  try {
    const { status, text } = await ask(probe, "/healthz");
    if ((readJson(text) as { status?: string } | undefined)?.status !== "alive")
      return [
        fail("reachable", `${probe.root}/healthz answers ${status}, and not as a collector does.`, advice),
      ];
    const ofTag = probe.page === undefined ? [] : await checkTag(probe.page);
    return [...(await checkPages(probe)), ...ofTag, ...(await checkCollector(probe))];
  } catch (error) {
    return [fail("reachable", `${probe.root} does not answer: ${reasonOf(error)}.`, advice)];
  }
}
