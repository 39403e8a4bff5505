import type { AlertCondition, AlertSpec as DeclaredAlert, Catalog } from "@rumkit/protocol";
import type { MetricDescriptor } from "@rumkit/server";
import {
  alertsOf,
  describeCondition,
  primaryConversion,
  toCamelCase,
} from "@rumkit/server/internal/metrics";
import { conditionOf, type Metrics } from "./alertCondition.ts";
import type { AlertSpec } from "./alertRule.ts";
import type { NamedAlert } from "./objectiveAlerts.ts";
import type { Promql } from "../promql/promql.ts";
import { slowPagesCost } from "./slowPagesCost.ts";
import { escapeTemplates, fillIn } from "./templates.ts";

/** The pages in docs/runbooks of alerts that exist by default. */
const RUNBOOKS: Readonly<Record<string, string>> = {
  conversions_missing: "ConversionsMissing",
  conversion_rate_halved: "ConversionRateHalved",
};

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
  const { when, keepFiringFor, severity = "warning", team, summary, runbook } = alert;
  const words = describeCondition(
    when,
    "absent" in when && metrics.descriptors.get(when.absent)?.type === "gauge",
  );
  const wait = alert.for ?? "0s";
  const isDeclared = Object.hasOwn(catalog.alerts ?? {}, name);
  return {
    condition:
      "slowPagesCost" in when
        ? slowPagesCost(metrics.promql, when, when.conversion ?? primaryConversion(catalog)!.name)
        : conditionOf(metrics, when),
    wait,
    keepFiring: keepFiringFor,
    severity,
    team,
    board: boardOf(when, metrics),
    runbook: runbook ?? (isDeclared ? runbookOf(when) : RUNBOOKS[name]),
    summary: fillIn(summary ?? words.summary, valueOf(when, metrics)),
    description: `Fires ${wait.startsWith("0") ? "as soon as" : `when for ${wait}`} ${escapeTemplates(words.condition)}. ${isDeclared ? `The catalog declares it: alerts.${name}.` : `Every catalog with conversions has it: alerts: { ${name}: false } turns it off.`}`,
  };
}

/** The format of a value. */
function valueOf(when: AlertCondition, { descriptors }: Metrics): string {
  if ("slowPagesCost" in when) return `$value | printf "%.0f"`;
  if (("comparedTo" in when && when.comparedTo !== undefined) || "ratio" in when || "share" in when)
    return "$value | humanizePercentage";
  const unit = descriptors.get("gauge" in when ? when.gauge : "quantile" in when ? when.of : "")?.unit;
  if (unit === "seconds") return "$value | humanizeDuration";
  if (unit === "ratio") return "$value | humanizePercentage";
  return unit === "bytes" ? "$value | humanize1024" : "$value | humanize";
}

function runbookOf(when: AlertCondition): string {
  return "slowPagesCost" in when ? "SlowPagesCost" : "CatalogAlert";
}

/** The board on which the metric is: by its side, for want of a closer one. */
function boardOf(when: AlertCondition, { descriptors }: Metrics): string {
  if ("slowPagesCost" in when) return "business";
  const name = metricOf(when);
  if (/conversions_total|revenue|refunds|actions_total|sessions/.test(name)) return "business";
  const side = descriptors.get(name)?.side ?? "collector";
  return side === "page" ? "page-experience" : side;
}

function metricOf(when: Exclude<AlertCondition, { slowPagesCost: unknown }>): string {
  if ("rate" in when) return when.rate;
  if ("increase" in when) return when.increase;
  if ("ratio" in when) return when.ratio;
  if ("quantile" in when) return when.of;
  if ("share" in when) return when.share;
  return "gauge" in when ? when.gauge : when.absent;
}
