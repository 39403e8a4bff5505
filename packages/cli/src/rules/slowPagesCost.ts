import type { SlowPagesCondition } from "@rumkit/protocol";
import { atLeastOf, windowOf } from "@rumkit/server/internal/metrics";
import { allOf, type Condition, isAbove, isAtLeast } from "../promql/condition.ts";
import { describeSlowPages } from "../promql/lostRevenue.ts";
import type { Promql } from "../promql/promql.ts";

/** Holds while slow pages cost more money in a day than the catalog accepts, with enough conversions to tell. */
export function slowPagesCost(promql: Promql, when: SlowPagesCondition, conversion: string): Condition {
  const { lost, converted, expected } = describeSlowPages(promql, windowOf(when)!, [promql.job], {
    conversion,
    currency: when.slowPagesCost,
  });
  const least = atLeastOf(when);
  return allOf(isAbove(lost, when.above), isAtLeast(converted, least), isAtLeast(expected, least));
}
