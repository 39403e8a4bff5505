import { boardUid } from "../base/boardUid.ts";
import { DEFAULT_SETTINGS, type GenerateSettings } from "../base/generateSettings.ts";
import { type Condition, withLabelsOf } from "../promql/expression.ts";
import type { YamlMap } from "../base/yaml.ts";

/** The parts of an alert, apart from its name and its app. */
export interface AlertSpec {
  readonly condition: Condition;
  /** The condition must hold for this time, a Prometheus duration. */
  readonly wait: string;
  readonly severity: "critical" | "warning";
  /** The problem in one line, which follows the app and the job. */
  readonly summary: string;
  /** The meaning of the alert, and the remedy. */
  readonly description: string;
  /** The name of the board that shows more, such as `backend`. Default `collector`. */
  readonly board?: string;
}

/** The settings that an alert depends on. */
export type AlertSettings = Pick<GenerateSettings, "labels" | "uidPrefix" | "runbookUrl" | "grafanaUrl">;

/**
 * Renders an alert as a rule of Prometheus. Its name begins with the app's, so that two apps in one Prometheus have no
 * alert in common. Its texts name targets as `$labels.job` and `$labels.instance`, whatever the labels are called.
 *
 * Throws if a text names a label that the condition lacks.
 */
export function renderAlertRule(
  name: string,
  labels: { readonly app: string; readonly objective?: string },
  { condition, wait, severity, summary, description, board = "collector" }: AlertSpec,
  settings: AlertSettings = DEFAULT_SETTINGS,
): YamlMap {
  const alert = toCamelCase(labels.app) + name;
  const { job, instance } = settings.labels;
  const text = (template: string): string =>
    withLabelsOf(
      condition,
      template.replaceAll(
        /\$labels\.(job|instance)\b/g,
        (_, label) => `$labels.${label === "job" ? job : instance}`,
      ),
    );
  return {
    alert,
    expr: condition.text,
    for: wait,
    labels: { ...labels, severity },
    annotations: {
      summary: text(`${labels.app}, {{ $labels.job }}: ${summary}`),
      description: text(description),
      ...linksOf(name, labels.app, board, settings),
    },
  };
}

/** The links of an alert: its runbook, by the name without the app, and the board that shows more. */
function linksOf(
  name: string,
  app: string,
  board: string,
  { uidPrefix, runbookUrl, grafanaUrl }: AlertSettings,
): Record<string, string> {
  return {
    ...(runbookUrl !== undefined && { runbook_url: `${withoutSlash(runbookUrl)}/${name}.md` }),
    ...(grafanaUrl !== undefined && {
      dashboard_url: `${withoutSlash(grafanaUrl)}/d/${boardUid(app, board, uidPrefix)}`,
    }),
  };
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}

/** `fast_pages` as `FastPages`. */
export function toCamelCase(name: string): string {
  return name.replaceAll(/(?:^|_)([a-z0-9]?)/g, (_, letter: string) => letter.toUpperCase());
}
