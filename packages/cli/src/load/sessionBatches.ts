import { createHash } from "node:crypto";
import type { Batch, PageEvent } from "@rumkit/protocol";
import type { LoadPlan } from "./plan.ts";

/**
 * Returns a function that makes the batches of one session. Ids come from the run, the seed and the numbers of the visit.
 */
export function createBatches(
  { seed, run, isRepeatable, site }: Pick<LoadPlan, "seed" | "run" | "isRepeatable" | "site">,
  visitor: number,
  visit: number,
  now: () => number,
): (events: readonly PageEvent[]) => Batch {
  const idOf = (part: string): string =>
    createHash("sha256")
      .update(JSON.stringify([run, seed, visitor, visit, part]))
      .digest("hex")
      .slice(0, 32);
  const session = idOf("session");
  let seq = 0;
  return (events) => ({
    v: 1,
    id: idOf(String(seq)),
    seq: seq++,
    ...(site.app !== undefined && { app: site.app }),
    environment: "load",
    session,
    // With the same id, another time would be another batch.
    sentAt: isRepeatable ? 0 : now(),
    events: [...events],
  });
}
