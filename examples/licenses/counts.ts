import type { Collector } from "@rumkit/server";
import type { catalog, refusals } from "./catalog.ts";
import type { Borrow, Pools } from "./pools.ts";
import { CURRENCY, type ToolName, tools } from "./tools.ts";

/** The sender of a request, and the tool that it is about. */
export interface Asker {
  readonly tool: ToolName | "unknown";
  /** Left out of a request that cannot be read. */
  readonly user?: string;
}

/** Counts the business of the license server. Each call resolves when it is counted. */
export interface Counts {
  readonly attempt: (by: Asker) => Promise<void>;
  readonly refused: (by: Asker, reason: (typeof refusals)[number]) => Promise<void>;
  readonly borrowed: (borrow: Borrow) => Promise<void>;
  readonly returned: (borrow: Borrow) => Promise<void>;
  /** Counts what a killed process lent or took back and did not count. The ids see to it that nothing counts twice. */
  readonly catchUp: () => Promise<void>;
}

export function createCounts(collector: Collector<typeof catalog>, pools: Pools): Counts {
  const borrowed: Counts["borrowed"] = async ({ id, tool, user, client, isOverage }) => {
    const license = isOverage ? "overage" : "included";
    const outcomes = [await collector.trackConversion("borrow", { id, tool, client, license, user })];
    if (isOverage) {
      const value = tools[tool].overagePrice / 100;
      outcomes.push(
        await collector.trackConversion("overage", { id, tool, user, value, currency: CURRENCY }),
      );
    }
    // A journal that fails leaves it to the next start.
    if (!outcomes.includes("rejected")) pools.counted(id, "borrowed");
  };
  const returned: Counts["returned"] = async ({ id, tool, user }) => {
    const counted = await collector.trackConversion("return", { id, tool, user });
    if (counted !== "rejected") pools.counted(id, "returned");
  };

  return {
    attempt: async (by) => void (await collector.trackAction("borrow_attempt", { ...by })),
    refused: async (by, reason) => void (await collector.trackAction("borrow_refused", { ...by, reason })),
    borrowed,
    returned,
    catchUp: async () => {
      const missed = pools.uncounted();
      for (const borrow of missed.borrowed) await borrowed(borrow);
      for (const borrow of missed.returned) await returned(borrow);
    },
  };
}
