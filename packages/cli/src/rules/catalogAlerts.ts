import type { AlertSpec as DeclaredAlert, Catalog } from "@rumkit/protocol";
import type { MetricDescriptor } from "@rumkit/server";
import {
  alertsOf,
  alertTexts,
  NO_DATA_FOR,
  primaryConversion,
  toCamelCase,
} from "@rumkit/server/internal/metrics";
import { isAbove, unless } from "../promql/condition.ts";
import { conditionOf, type Metrics } from "./alertCondition.ts";
import type { AlertSpec } from "./alertRule.ts";
import type { NamedAlert } from "./objectiveAlerts.ts";
import type { Promql } from "../promql/promql.ts";
import { targetsOf } from "./presence.ts";
import { slowPagesCost } from "./slowPagesCost.ts";
import { escapeTemplates, fillIn, FORMATS } from "./templates.ts";

/** Returns the alerts that the catalog declares, and the default ones about its primary conversion. */
export function catalogAlerts(
  promql: Promql,
  descriptors: readonly MetricDescriptor[],
  catalog: Pick<Catalog, "app" | "conversions" | "alerts">,
): NamedAlert[] {
  const metrics: Metrics = {
    promql,
    descriptors: new Map(descriptors.map((metric) => [metric.name, metric])),
  };
  return Object.entries(alertsOf(catalog)).flatMap(([name, alert]): NamedAlert[] => {
    const spec = describe(metrics, catalog, name, alert);
    const named = toCamelCase(name);
    return alert.noData === "alert"
      ? [
          [named, spec],
          [named, withoutData(promql, spec, toCamelCase(catalog.app) + named, alert)],
        ]
      : [[named, spec]];
  });
}

/** The same alert for the case that its value does not exist, while the collector is scraped. */
function withoutData(promql: Promql, spec: AlertSpec, name: string, alert: DeclaredAlert): AlertSpec {
  const { value } = spec.condition.comparison!;
  const targets = isAbove(targetsOf(promql), 0);
  const wait = alert.noDataFor ?? NO_DATA_FOR;
  // A quantile of no observations is NaN, which is not at least 0.
  const known = "quantile" in alert.when ? `(${value} >= 0)` : `(${value})`;
  return {
    ...spec,
    clear: undefined,
    condition: unless(targets, promql.job, { text: known, labels: spec.condition.labels }),
    wait,
    labels: { cause: "no_data" },
    summary: `${name} has no data to compare.`,
    description: `Fires when for ${wait} there is nothing to compare. ${spec.description}`,
  };
}

function describe(
  metrics: Metrics,
  catalog: Pick<Catalog, "conversions" | "alerts">,
  name: string,
  alert: DeclaredAlert,
): AlertSpec {
  const { when, keepFiringFor, severity = "warning", team } = alert;
  const texts = alertTexts(metrics.descriptors, catalog, name, alert);
  return {
    condition:
      "slowPagesCost" in when
        ? slowPagesCost(metrics.promql, when, when.conversion ?? primaryConversion(catalog)!.name)
        : conditionOf(metrics, when),
    clear: alert.clear,
    wait: alert.for ?? "0s",
    keepFiring: keepFiringFor,
    severity,
    team,
    board: texts.board,
    runbook: texts.runbook,
    summary: fillIn(texts.summary, FORMATS[texts.format]),
    description: escapeTemplates(texts.description),
  };
}
