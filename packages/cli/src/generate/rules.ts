import type { ObjectiveSpec } from "@rumkit/protocol";
import { renderAlert } from "./alerts.ts";
import { renderAliases } from "./aliases.ts";
import { renderCollectorAlerts } from "./collectorAlerts.ts";
import { createPromql } from "./promql.ts";
import { describeRecordings } from "./recordings.ts";
import { scopeOfRules, type TargetSelection } from "./scope.ts";
import { renderYaml } from "./yaml.ts";
import type { MetricDescriptor } from "@rumkit/server";

export interface RulesOptions extends TargetSelection {
  /** Each objective becomes one alert, in addition to the alerts about the collector itself. Default none. */
  readonly objectives?: Readonly<Record<string, ObjectiveSpec>> | undefined;
}

/**
 * Renders a rules file for Prometheus: recordings, one alert for each objective, the alerts about the collector
 * itself, and aliases for older dashboards. The same input gives the same text.
 *
 * Every rule reads only series of the app's jobs, and keeps the label `job`. Names of rules and groups begin with the
 * app's name. Throws for an invalid job or selector.
 */
export function renderRules(
  descriptors: readonly MetricDescriptor[],
  { objectives = {}, ...targets }: RulesOptions,
): string {
  const { app } = targets;
  const promql = createPromql(descriptors, scopeOfRules(targets));
  const recordings = describeRecordings(promql, app, Object.values(objectives));
  const rules = [
    ...recordings.map(({ name, expression }) => ({ record: name, expr: expression.text })),
    ...Object.entries(objectives).map(([name, objective]) => renderAlert(promql, app, name, objective)),
  ];
  const groups = [
    { name: app, rules },
    { name: `${app}_collector`, rules: renderCollectorAlerts(promql, app) },
    { name: `${app}_aliases`, rules: renderAliases(promql) },
  ];
  return renderYaml({ groups });
}
