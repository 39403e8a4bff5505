import type { TargetLabels } from "../base/generateSettings.ts";
import { DEFAULT_LABELS } from "../base/generateSettings.ts";
import { scopeOfBoard, type TargetSelection, withSelector } from "../promql/scope.ts";
import type { Annotation, Variable } from "./board.ts";
import type { BoardFilter } from "./boardSpec.ts";

/**
 * Returns the choices of a board, each among what those before it leave: data source, app, cluster, environment, release,
 * job, instance, and the board's own.
 *
 * The instances are those of the app, of its chosen environment and release, listed one by one. Every query selects
 * them, so that numbers of another app, of staging, or of the same app under another job are never included.
 */
export function describeVariables(targets: TargetSelection, filters: readonly BoardFilter[]): Variable[] {
  const { app, labels = DEFAULT_LABELS, scrapeJobs: [job = app] = [] } = targets;
  const { cluster, environment } = labels;
  const chosen = [`${labels.app}="$app"`];
  const choice = (
    name: string,
    label: string,
    title: string,
    all: "listed" | "anything" | string[],
  ): Variable => {
    const query = `label_values(app_info{${withSelector(chosen.join(","), targets.selector)}}, ${label})`;
    chosen.push(`${label}=~"$${name}"`);
    return { kind: "query", name, label: title, query, all };
  };
  const { matchers } = scopeOfBoard(targets);
  return [
    { kind: "datasource" },
    { kind: "constant", name: "app", value: app },
    ...(cluster === undefined ? [] : [choice("cluster", cluster, "Cluster", "listed")]),
    choice("environment", environment, "Environment", "anything"),
    choice("release", "release", "Release", "anything"),
    choice("job", labels.job, "Job", [job]),
    choice("instance", labels.instance, "Instance", "listed"),
    ...filters.map(({ name, label, title, metric }): Variable => {
      const query = `label_values(${metric}{${matchers}}, ${label})`;
      return { kind: "query", name, label: title, query, all: "anything" };
    }),
  ];
}

/** Returns the events over the graphs: releases, and alerts of the app. */
export function describeAnnotations(app: string, labels: TargetLabels): Annotation[] {
  const { job, instance } = labels;
  const info = `app_info{${labels.app}="$app",${job}=~"$job",${instance}=~"$instance"}`;
  return [
    {
      name: "Releases",
      // A release that was not there five minutes ago has just been deployed.
      expr: `count by (release) (${info}) unless count by (release) (${info} offset 5m)`,
      title: "Release {{release}}",
      text: `${app} is deployed.`,
      color: "blue",
    },
    {
      name: "Alerts",
      expr: `count by (alertname, severity) (ALERTS{${job}=~"$job",app="$app",alertstate="firing"})`,
      title: "{{alertname}}",
      text: "{{severity}}",
      color: "red",
    },
  ];
}
