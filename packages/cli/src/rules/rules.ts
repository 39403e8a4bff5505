import type { ObjectiveSpec } from "@rumkit/protocol";
import type { AlertSettings } from "./alertRule.ts";
import { renderAlert } from "./alerts.ts";
import { renderAliases } from "./aliases.ts";
import { renderCollectorAlerts } from "./collectorAlerts.ts";
import { createPromql } from "../promql/promql.ts";
import { describeRecordings } from "./recordings.ts";
import { scopeOfRules, type TargetSelection } from "../promql/scope.ts";
import { renderYaml } from "../base/yaml.ts";
import type { MetricDescriptor } from "@rumkit/server";

export interface RulesOptions extends TargetSelection {
  /** Each objective becomes one alert, in addition to the alerts about the collector itself. Default none. */
  readonly objectives?: Readonly<Record<string, ObjectiveSpec>> | undefined;
  /** Names of labels, and addresses to which alerts link. Default: those of Prometheus, no links. */
  readonly settings?: AlertSettings | undefined;
}

/**
 * Renders a rules file for Prometheus: recordings, one alert for each objective, the alerts about the collector
 * itself, and aliases for older dashboards. The same input gives the same text.
 *
 * Every rule reads only series of the app's jobs, and keeps the label of the job. Names of rules and groups begin with the
 * app's name. Throws for an invalid job or selector.
 */
export function renderRules(
  descriptors: readonly MetricDescriptor[],
  { objectives = {}, settings, ...targets }: RulesOptions,
): string {
  const { app } = targets;
  const promql = createPromql(descriptors, scopeOfRules({ labels: settings?.labels, ...targets }));
  const recordings = describeRecordings(promql, app, Object.values(objectives));
  const rules = [
    ...recordings.map(({ name, expression }) => ({ record: name, expr: expression.text })),
    ...Object.entries(objectives).map((objective) => renderAlert(promql, app, objective, settings)),
  ];
  const groups = [
    { name: app, rules },
    { name: `${app}_collector`, rules: renderCollectorAlerts(promql, app, settings) },
    { name: `${app}_aliases`, rules: renderAliases(promql) },
  ];
  return renderYaml({ groups });
}
