import { type Expression, type Sum, sumBy } from "./expression.ts";
import type { Promql } from "./promql.ts";
import type { Window } from "./window.ts";

/** The ratings of the sessions that are compared. */
const [FAST, SLOW] = ["good", "poor"] as const;

/** An estimate of the cost of slow pages, for one conversion. */
export interface SlowPages {
  /**
   * The money that slow pages cost: what sessions with a poor rating would have spent if they had spent as much as
   * those with a good one, minus what they spent. Below 0 where they spent more; empty without a fast session.
   */
  readonly lost: Expression;
  /** The conversions of fast sessions. */
  readonly converted: Sum;
  /** The conversions of slow sessions, had they converted as often as fast ones. */
  readonly expected: Expression;
}

/** Describes the cost of slow pages. The board and the alert show the same number, each over its time. */
export function describeSlowPages(
  promql: Promql,
  window: Window,
  by: readonly string[],
  { conversion, currency }: { readonly conversion: string; readonly currency: string },
): SlowPages {
  const sessions = (experience: string): Sum =>
    sumBy(by, promql.increase("rum_sessions_rated_total", window, { experience }));
  const conversions = (experience: string): Sum =>
    sumBy(by, promql.increase("conversions_total", window, { conversion, experience }));
  const revenue = (experience: string): Sum =>
    sumBy(by, promql.increase("revenue_total", window, { conversion, currency, experience }));
  /** The result of slow sessions at the rate of fast ones. */
  const atRateOfFast = (of: (experience: string) => Sum): string =>
    `${sessions(SLOW).text} * ${of(FAST).text} / (${sessions(FAST).text} > 0)`;
  const { kind: _, ...money } = revenue(SLOW);
  const { kind: __, ...events } = conversions(SLOW);
  return {
    lost: { ...money, text: `${atRateOfFast(revenue)} - ${money.text}` },
    converted: conversions(FAST),
    expected: { ...events, text: atRateOfFast(conversions) },
  };
}
