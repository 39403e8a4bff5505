import type { ObjectiveSpec } from "@rumkit/protocol";
import { type ObjectiveAlert, objectiveAlertsOf } from "@rumkit/server/internal/metrics";
import type { AlertSpec } from "./alertRule.ts";
import { allOf, type Condition, isAbove, isAtLeast, isBelow } from "../promql/condition.ts";
import { sumBy } from "../promql/expression.ts";
import { httpRequests } from "../promql/httpRequests.ts";
import type { Promql } from "../promql/promql.ts";
import type { Duration } from "../promql/window.ts";
import { readRecording, recordHttpErrors, recordVitalShare } from "./recordings.ts";
import type { Slo } from "./slo.ts";
import { fillIn, FORMATS } from "./templates.ts";

/** An alert, with its name without the app's. */
export type NamedAlert = readonly [name: string, spec: AlertSpec];

/** Renders the alerts of an objective. */
export function objectiveAlerts(
  promql: Promql,
  app: string,
  slo: Slo,
  objective: ObjectiveSpec,
): NamedAlert[] {
  return objectiveAlertsOf(slo.name, objective).map((alert) => [
    alert.name,
    {
      condition: conditionOf(promql, app, slo, objective, alert),
      wait: alert.for,
      keepFiring: alert.keepFiringFor,
      severity: alert.severity,
      board: alert.board,
      labels: alert.labels,
      runbook: alert.runbook,
      summary: fillIn(alert.summary, FORMATS.share),
      description: alert.description,
    },
  ]);
}

function conditionOf(
  promql: Promql,
  app: string,
  slo: Slo,
  objective: ObjectiveSpec,
  { kind, windows, threshold, least, leastBad }: ObjectiveAlert,
): Condition {
  const [window = "5m"] = windows;
  if (kind !== "missed") {
    const [first, ...others] = windows.map((each) => isAbove(slo.errors(each), threshold));
    return allOf(first!, ...others, ...enough(slo, window, least, leastBad));
  }
  if ("vital" in objective)
    return allOf(
      isBelow(readRecording(promql, recordVitalShare(promql, app, objective)), threshold),
      isAtLeast(slo.count(window), least),
    );
  const failed = sumBy([promql.job], httpRequests(promql).increase(window, "failed"));
  return allOf(
    isAbove(readRecording(promql, recordHttpErrors(promql, app)), threshold),
    isAtLeast(slo.count(window), least),
    isAtLeast(failed, leastBad),
  );
}

/** Low traffic: a window with a few events says nothing, and one bad event of few is a large share. */
function enough(slo: Slo, window: Duration, least: number, leastBad: number): Condition[] {
  const count = slo.count(window);
  const bad = { ...count, text: `${slo.errors(window).text} * ${count.text}` };
  return [isAtLeast(count, least), isAtLeast(bad, leastBad)];
}
