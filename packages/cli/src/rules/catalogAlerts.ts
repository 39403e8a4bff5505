import type { AlertSpec as DeclaredAlert, Catalog } from "@rumkit/protocol";
import type { MetricDescriptor } from "@rumkit/server";
import { alertsOf, alertTexts, primaryConversion, toCamelCase } from "@rumkit/server/internal/metrics";
import { conditionOf, type Metrics } from "./alertCondition.ts";
import type { AlertSpec } from "./alertRule.ts";
import type { NamedAlert } from "./objectiveAlerts.ts";
import type { Promql } from "../promql/promql.ts";
import { slowPagesCost } from "./slowPagesCost.ts";
import { escapeTemplates, fillIn, FORMATS } from "./templates.ts";

/** Returns the alerts that the catalog declares, and the default ones about its primary conversion. */
export function catalogAlerts(
  promql: Promql,
  descriptors: readonly MetricDescriptor[],
  catalog: Pick<Catalog, "conversions" | "alerts">,
): NamedAlert[] {
  const metrics: Metrics = {
    promql,
    descriptors: new Map(descriptors.map((metric) => [metric.name, metric])),
  };
  return Object.entries(alertsOf(catalog)).map(([name, alert]) => [
    toCamelCase(name),
    describe(metrics, catalog, name, alert),
  ]);
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
