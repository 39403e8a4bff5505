import { type ObjectiveSpec, webVitals } from "@rumkit/protocol";
import { complementOf, type Expression, ratioOf, sumBy } from "./expression.ts";
import { httpRequests } from "./httpRequests.ts";
import type { Promql } from "./promql.ts";
import type { Window } from "./window.ts";

/**
 * The share of an objective's events that were bad. Without the label `navigation` in `by`, that of a vital is the share
 * of loaded documents: pages from the browser's cache are always fast, and would hide slow ones.
 */
export function badShareOf(
  promql: Promql,
  objective: ObjectiveSpec,
  window: Window,
  by: readonly string[],
): Expression {
  if ("vital" in objective) {
    const { metric } = webVitals[objective.vital];
    const matchers = by.includes("navigation") ? {} : { navigation: "hard" };
    return complementOf(promql.shareBelow(metric, objective.below, window, by, matchers));
  }
  const { rate } = httpRequests(promql);
  return ratioOf(sumBy(by, rate(window, "failed")), sumBy(by, rate(window)));
}
