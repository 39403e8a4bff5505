import {
  type CollectorAlert,
  collectorAlertsOf,
  type CollectorCondition,
  type Counted,
} from "@rumkit/server/internal/metrics";
import type { AlertSpec } from "./alertRule.ts";
import { allOf, type Condition, isAbove, isAtLeast, isBelow } from "../promql/condition.ts";
import { type Expression, ratioOf, type Sum, sumBy, totalOf } from "../promql/expression.ts";
import type { Matchers } from "../promql/matchers.ts";
import type { NamedAlert } from "./objectiveAlerts.ts";
import type { Promql } from "../promql/promql.ts";
import type { Window } from "../promql/window.ts";
import { targetAlerts } from "./targetAlerts.ts";
import { fillIn, FORMATS } from "./templates.ts";

/**
 * Returns the alerts about the collector itself, the same for every app: the collector is missing, events of pages are
 * lost, or the numbers are incomplete.
 */
export function collectorAlerts(promql: Promql, app: string): NamedAlert[] {
  const inside = Object.entries(collectorAlertsOf(promql.has)).map(([name, alert]): NamedAlert => [
    name,
    specOf(promql, alert),
  ]);
  return [...Object.entries(targetAlerts(promql, app)), ...inside];
}

function specOf(promql: Promql, alert: CollectorAlert): AlertSpec {
  const { severity, keepFiringFor, format } = alert;
  return {
    condition: conditionOf(promql, alert.when, alert.ofProcess === true),
    wait: alert.for,
    keepFiring: keepFiringFor,
    severity,
    summary: fillIn(alert.summary, FORMATS[format]),
    description: fillIn(alert.description, FORMATS[format]),
  };
}

function conditionOf(promql: Promql, when: CollectorCondition, ofProcess: boolean): Condition {
  const kept = ofProcess ? promql.process : [promql.job];
  if ("gauge" in when) {
    const gauge = (metric: string): Expression => sumBy(kept, promql.gauge(metric));
    const state = limited(gauge(when.gauge), when);
    return when.while === undefined ? state : allOf(state, isAbove(gauge(when.while), 0));
  }
  if ("share" in when)
    return allOf(
      isBelow(promql.shareBelow(when.share, when.within, when.over, kept), when.below),
      isAtLeast(promql.observations(when.share, when.over, kept), when.atLeast),
    );
  if ("increase" in when)
    return isAbove(sumBy([...kept, ...when.by], promql.increase(when.increase, when.over)), when.above);
  const part = sumOf(promql, kept, when.part, when.over);
  const [first, ...others] = when.all.map((counted) => sumOf(promql, kept, counted, when.over));
  const all = others.length === 0 ? first! : totalOf(first!, ...others);
  return allOf(
    isAbove(ratioOf(part, all), when.above),
    "part" in when.atLeast ? isAtLeast(part, when.atLeast.part) : isAtLeast(all, when.atLeast.all),
  );
}

function limited(value: Expression, { above, below }: { above?: number; below?: number }): Condition {
  return above === undefined ? isBelow(value, below ?? 0) : isAbove(value, above);
}

function sumOf(
  promql: Promql,
  by: readonly string[],
  { metric, only, except }: Counted,
  window: Window,
): Sum {
  const matchers: Matchers = {
    ...(only && { [only.label]: new RegExp(only.values.join("|")) }),
    ...(except && { [except.label]: { not: except.value } }),
  };
  return promql.isHistogram(metric)
    ? promql.observations(metric, window, by, matchers)
    : sumBy(by, promql.increase(metric, window, matchers));
}
