import { type Expression, type Sum, sumBy } from "./expression.ts";
import type { Matchers } from "./matchers.ts";
import type { Promql } from "./promql.ts";
import type { Window } from "./window.ts";

/**
 * Estimates the money that slow pages cost: what sessions with a poor rating would have spent if they had spent as much
 * as those with a good one, minus what they spent. Below 0 where they spent more; empty without a fast session.
 */
export function lostRevenue(promql: Promql, window: Window, matchers: Matchers): Expression {
  const sessions = (experience: string): Sum =>
    sumBy([], promql.increase("rum_sessions_rated_total", window, { experience }));
  const revenue = (experience: string): Sum =>
    sumBy([], promql.increase("revenue_total", window, { ...matchers, experience }));
  const { kind: _, ...slow } = revenue("poor");
  return {
    ...slow,
    text: `${sessions("poor").text} * ${revenue("good").text} / (${sessions("good").text} > 0) - ${slow.text}`,
  };
}
