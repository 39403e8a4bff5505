import type { SlowPagesCondition } from "@rumkit/protocol";
import { atLeastOf, windowOf } from "@rumkit/server/internal/metrics";
import { allOf, type Condition, isAbove, isAtLeast } from "../promql/condition.ts";
import { type Expression, type Sum, sumBy } from "../promql/expression.ts";
import type { Promql } from "../promql/promql.ts";

/** The ratings of the sessions that are compared. */
const [FAST, SLOW] = ["good", "poor"] as const;

/**
 * Estimates the money that slow pages cost in a day: what slow sessions would have spent if they had spent as much as
 * fast ones, minus what they spent. It is the sentence of the live page, in money.
 */
export function slowPagesCost(promql: Promql, when: SlowPagesCondition, conversion: string): Condition {
  const window = windowOf(when)!;
  const by = [promql.job];
  const sessions = (experience: string): Sum =>
    sumBy(by, promql.increase("rum_sessions_rated_total", window, { experience }));
  const conversions = (experience: string): Sum =>
    sumBy(by, promql.increase("conversions_total", window, { conversion, experience }));
  const revenue = (experience: string): Sum =>
    sumBy(
      by,
      promql.increase("revenue_total", window, { conversion, currency: when.slowPagesCost, experience }),
    );
  /** The result of slow sessions at the rate of fast ones. */
  const expected = (of: (experience: string) => Sum): string =>
    `${sessions(SLOW).text} * ${of(FAST).text} / (${sessions(FAST).text} > 0)`;
  const lost: Expression = { ...revenue(SLOW), text: `${expected(revenue)} - ${revenue(SLOW).text}` };
  const least = atLeastOf(when);
  return allOf(
    isAbove(lost, when.above),
    isAtLeast(conversions(FAST), least),
    isAtLeast({ ...conversions(FAST), text: expected(conversions) }, least),
  );
}
