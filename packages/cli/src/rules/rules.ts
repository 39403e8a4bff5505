import type { Catalog, ObjectiveSpec } from "@rumkit/protocol";
import type { MetricDescriptor } from "@rumkit/server";
import { type Alert, type AlertSettings, createAlert, renderAlertRule } from "./alertRule.ts";
import { renderAliases } from "./aliases.ts";
import { catalogAlerts } from "./catalogAlerts.ts";
import { collectorAlerts } from "./collectorAlerts.ts";
import { type NamedAlert, objectiveAlerts } from "./objectiveAlerts.ts";
import { createPromql, type Promql } from "../promql/promql.ts";
import { describeRecordings, type Recording } from "./recordings.ts";
import { scopeOfRules, type TargetSelection } from "../promql/scope.ts";
import { createSlo } from "./slo.ts";
import type { GenerateSettings } from "../base/generateSettings.ts";
import { renderYaml, type YamlMap } from "../base/yaml.ts";

export interface RulesOptions extends TargetSelection, Pick<Catalog, "conversions" | "alerts"> {
  /** Each objective has alerts on its error budget. Default none. */
  readonly objectives?: Readonly<Record<string, ObjectiveSpec>> | undefined;
  /** Names of labels, the team, and addresses to which alerts link. Default: those of Prometheus, no team, no links. */
  readonly settings?: (AlertSettings & Partial<Pick<GenerateSettings, "aliases">>) | undefined;
}

/** The rules of an app: what Prometheus records, and the alerts that Prometheus or Grafana evaluates. */
export interface Rules {
  readonly recordings: readonly Recording[];
  readonly groups: readonly AlertGroup[];
}

/** Alerts that are evaluated together. */
interface AlertGroup {
  readonly name: string;
  readonly alerts: readonly Alert[];
}

/**
 * Renders a rules file for Prometheus: recordings, the alerts of the objectives, those of the catalog, and those about
 * the collector itself. The same input gives the same text.
 *
 * Every rule reads only series of the app's jobs, and keeps the label of the job. Names of rules and groups begin with the
 * app's name. Throws for an invalid job or selector.
 */
export function renderRules(descriptors: readonly MetricDescriptor[], options: RulesOptions): string {
  const { app, settings } = options;
  const { recordings, groups } = describeRules(descriptors, options);
  const recorded: YamlMap[] = recordings.map(({ name, expression }) => ({
    record: name,
    expr: expression.text,
  }));
  const older = settings?.aliases
    ? [{ name: `${app}_aliases`, rules: renderAliases(promqlOf(descriptors, options)) }]
    : [];
  return renderYaml({
    groups: [
      ...groups.map(({ name, alerts }, index) => ({
        name,
        // What alerts read is recorded before them, in the same group.
        rules: [...(index === 0 ? recorded : []), ...alerts.map(renderAlertRule)],
      })),
      ...older,
    ],
  });
}

/** Describes the rules of an app. Throws for an invalid job or selector. */
export function describeRules(descriptors: readonly MetricDescriptor[], options: RulesOptions): Rules {
  const { app, objectives = {}, settings } = options;
  const promql = promqlOf(descriptors, options);
  const slos = Object.entries(objectives).map(([name, objective]) => ({
    objective,
    slo: createSlo(promql, app, name, objective),
  }));
  const create = (alerts: readonly NamedAlert[]): Alert[] =>
    alerts.map(([name, spec]) => createAlert(name, app, spec, settings));
  const groups = [
    {
      name: app,
      alerts: create(slos.flatMap(({ slo, objective }) => objectiveAlerts(promql, app, slo, objective))),
    },
    { name: `${app}_catalog`, alerts: create(catalogAlerts(promql, descriptors, options)) },
    { name: `${app}_collector`, alerts: create(collectorAlerts(promql, app)) },
  ];
  return {
    recordings: describeRecordings(
      promql,
      app,
      Object.values(objectives),
      slos.map(({ slo }) => slo),
    ),
    groups: groups.filter(({ alerts }, index) => index === 0 || alerts.length > 0),
  };
}

function promqlOf(descriptors: readonly MetricDescriptor[], { settings, ...targets }: RulesOptions): Promql {
  return createPromql(descriptors, scopeOfRules({ labels: settings?.labels, ...targets }));
}
