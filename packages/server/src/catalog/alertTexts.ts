import type { AlertCondition, AlertSpec, Catalog } from "@rumkit/protocol";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { describeCondition } from "./conditionWords.ts";

/** The form of an alert's value. `whole`: money without cents. */
export type ValueFormat = "share" | "seconds" | "bytes" | "number" | "whole";

/** The texts about an alert of the catalog. */
export interface AlertTexts {
  /** `{value}` is the value, any other name in braces a label. */
  readonly summary: string;
  readonly description: string;
  readonly format: ValueFormat;
  /** The unit of the value, as of a `MetricDescriptor`. */
  readonly unit: string;
  /** A page of docs/runbooks, or a URL. */
  readonly runbook: string;
  /** The name of the board that shows more. */
  readonly board: string;
}

type Descriptors = ReadonlyMap<string, Pick<MetricDescriptor, "type" | "unit" | "side">>;

/** The pages in docs/runbooks of alerts that exist by default. */
const RUNBOOKS: Readonly<Record<string, string>> = {
  conversions_missing: "ConversionsMissing",
  conversion_rate_halved: "ConversionRateHalved",
};

/** Describes an alert of `alertsOf`. */
export function alertTexts(
  descriptors: Descriptors,
  catalog: Pick<Catalog, "alerts">,
  name: string,
  { when, for: wait = "0s", summary, runbook }: AlertSpec,
): AlertTexts {
  const isGauge = "absent" in when && descriptors.get(when.absent)?.type === "gauge";
  const words = describeCondition(when, isGauge);
  const isDeclared = Object.hasOwn(catalog.alerts ?? {}, name);
  const unit = unitOf(when, descriptors);
  return {
    summary: summary ?? words.summary,
    description: `Fires ${wait.startsWith("0") ? "as soon as" : `when for ${wait}`} ${words.condition}. ${isDeclared ? `The catalog declares it: alerts.${name}.` : `Every catalog with conversions has it: alerts: { ${name}: false } turns it off.`}`,
    format: formatOf(unit),
    unit,
    runbook:
      runbook ??
      (isDeclared ? ("slowPagesCost" in when ? "SlowPagesCost" : "CatalogAlert") : RUNBOOKS[name]!),
    board: boardOf(when, descriptors),
  };
}

function unitOf(when: AlertCondition, descriptors: Descriptors): string {
  if ("slowPagesCost" in when) return "currency";
  if (("comparedTo" in when && when.comparedTo !== undefined) || "ratio" in when || "share" in when)
    return "absent" in when ? "none" : "ratio";
  return descriptors.get("gauge" in when ? when.gauge : "quantile" in when ? when.of : "")?.unit ?? "none";
}

function formatOf(unit: string): ValueFormat {
  if (unit === "seconds" || unit === "bytes") return unit;
  if (unit === "ratio") return "share";
  return unit === "currency" ? "whole" : "number";
}

/** The board on which the metric is: by its side, for want of a closer one. */
function boardOf(when: AlertCondition, descriptors: Descriptors): string {
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
