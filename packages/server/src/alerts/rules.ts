import type { AlertCondition, AlertSpec, Catalog } from "@rumkit/protocol";
import { alertsOf, NO_DATA_FOR, secondsOf } from "../catalog/alertDefaults.ts";
import { toCamelCase } from "../catalog/alertNames.ts";
import { alertTexts } from "../catalog/alertTexts.ts";
import { type CollectorAlert, collectorAlertsOf } from "../catalog/collectorAlerts.ts";
import { type ObjectiveAlert, objectiveAlertsOf } from "../catalog/objectiveAlerts.ts";
import { primaryConversion } from "../catalog/primaryConversion.ts";
import { catalogCondition } from "./catalogCondition.ts";
import { collectorCondition } from "./collectorCondition.ts";
import { createObjective, type Objective } from "./objectiveCondition.ts";
import { noteReads, type Readings } from "./readings.ts";
import type { AlertRule } from "./rule.ts";

/** The rules of a collector. */
export interface Rules {
  readonly rules: readonly AlertRule[];
  /** Those whose long windows are sums of rates. */
  readonly objectives: readonly Objective[];
}

/** Settings of rules that the catalog does not have. */
export interface RulesOptions {
  /** The label `team` of alerts that name none. Default none. */
  readonly team?: string | undefined;
}

/**
 * Returns the rules that the collector can evaluate itself: those about objectives, those of the catalog, and those about the
 * collector. Their names, labels, thresholds and times are those of the rules that `rumkit generate` writes.
 */
export function rulesOf(readings: Readings, catalog: Catalog, options: RulesOptions = {}): Rules {
  const context: Context = { readings, catalog, team: options.team };
  const objectives = Object.entries(catalog.objectives ?? {}).map(([name, spec]) => {
    const noted = noteReads(readings);
    return {
      objective: createObjective(noted.readings, catalog, name, spec),
      reads: noted.reads,
      alerts: objectiveAlertsOf(name, spec),
    };
  });
  return {
    objectives: objectives.map(({ objective }) => objective),
    rules: [
      ...objectives.flatMap(({ objective, reads, alerts }) =>
        alerts.map((alert) => ({ ...objectiveRule(context, objective, alert), reads })),
      ),
      ...Object.entries(alertsOf(catalog)).map(([name, alert]) =>
        withReads(context, (noting) => catalogRule(noting, name, alert)),
      ),
      ...Object.entries(collectorAlertsOf((metric) => readings.descriptors.has(metric))).map(
        ([name, alert]) => withReads(context, (noting) => collectorRule(noting, name, alert)),
      ),
    ],
  };
}

interface Context {
  readonly readings: Readings;
  readonly catalog: Catalog;
  readonly team: string | undefined;
}

/** A rule that lacks what it reads. */
type Unread = Omit<AlertRule, "reads">;

function withReads(context: Context, create: (noting: Context) => Unread): AlertRule {
  const { readings, reads } = noteReads(context.readings);
  return { ...create({ ...context, readings }), reads };
}

function nameOf({ catalog }: Context, name: string): string {
  return toCamelCase(catalog.app) + name;
}

function labelsOf(
  { catalog, team }: Context,
  alert: { readonly severity?: string | undefined; readonly team?: string | undefined },
  others: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const own = alert.team ?? team;
  return {
    app: catalog.app,
    ...others,
    severity: alert.severity ?? "warning",
    ...(own !== undefined && { team: own }),
  };
}

function milliseconds(duration: AlertSpec["for"]): number {
  return duration === undefined ? 0 : secondsOf(duration) * 1000;
}

function objectiveRule(context: Context, objective: Objective, alert: ObjectiveAlert): Unread {
  const name = nameOf(context, alert.name);
  const { windows, kind, leastBad } = alert;
  return {
    ...alert,
    id: kind === "burn" ? `${name} ${windows.join("/")}` : name,
    name,
    declaredAs: objective.name,
    labels: labelsOf(context, alert, alert.labels),
    condition: objective.condition(alert),
    side: kind === "missed" && leastBad === 0 ? "below" : "above",
    unit: "ratio",
    format: "share",
    forMs: milliseconds(alert.for),
    keepFiringForMs: milliseconds(alert.keepFiringFor),
    noDataForMs: undefined,
  };
}

function catalogRule(context: Context, name: string, alert: AlertSpec): Unread {
  const { readings, catalog } = context;
  const { when } = alert;
  const conversion =
    "slowPagesCost" in when ? (when.conversion ?? primaryConversion(catalog)?.name) : undefined;
  const id = nameOf(context, toCamelCase(name));
  return {
    ...alertTexts(readings.descriptors, catalog, name, alert),
    id,
    name: id,
    declaredAs: name,
    labels: labelsOf(context, alert),
    condition: catalogCondition(readings, when, alert.clear, conversion),
    ...limitOf(when),
    forMs: milliseconds(alert.for),
    keepFiringForMs: milliseconds(alert.keepFiringFor),
    noDataForMs: alert.noData === "alert" ? milliseconds(alert.noDataFor ?? NO_DATA_FOR) : undefined,
  };
}

function limitOf(when: AlertCondition): Pick<AlertRule, "threshold" | "side"> {
  if ("absent" in when) return { threshold: 1, side: "below" };
  if (when.above !== undefined) return { threshold: when.above, side: "above" };
  return { threshold: "below" in when ? (when.below ?? 0) : 0, side: "below" };
}

function collectorRule(context: Context, name: string, alert: CollectorAlert): Unread {
  const { when, format } = alert;
  const id = nameOf(context, name);
  return {
    ...alert,
    id,
    name: id,
    declaredAs: undefined,
    labels: labelsOf(context, alert),
    condition: collectorCondition(context.readings, when),
    threshold: ("above" in when ? when.above : when.below) ?? 0,
    side: "above" in when && when.above !== undefined ? "above" : "below",
    unit: format === "share" ? "ratio" : format === "number" ? "none" : format,
    format,
    forMs: milliseconds(alert.for),
    keepFiringForMs: milliseconds(alert.keepFiringFor),
    noDataForMs: undefined,
    runbook: name,
    board: "collector",
  };
}
