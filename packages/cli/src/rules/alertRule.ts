import { toCamelCase } from "@rumkit/server/internal/metrics";
import { boardUid } from "@rumkit/server/internal/metrics";
import { DEFAULT_SETTINGS, type GenerateSettings } from "../base/generateSettings.ts";
import type { Condition } from "../promql/condition.ts";
import { withLabelsOf } from "../promql/expression.ts";
import type { Duration } from "../promql/window.ts";
import type { YamlMap } from "../base/yaml.ts";

/** The parts of an alert, apart from its name and its app. */
export interface AlertSpec {
  readonly condition: Condition;
  /** The condition must hold for this time, a Prometheus duration. */
  readonly wait: Duration;
  /** The alert fires this much longer than its condition holds. Default: it ends with its condition. */
  readonly keepFiring?: Duration | undefined;
  readonly severity: "critical" | "warning" | "info";
  /** The team that the alert concerns. Default: the one of the settings. */
  readonly team?: string | undefined;
  /**
   * The threshold at which it ends once it fires. Default: the one of the condition.
   */
  readonly clear?: number | undefined;
  /** The problem in one line, which follows the app and the job. */
  readonly summary: string;
  /** The meaning of the alert, and the remedy. */
  readonly description: string;
  /** The page in docs/runbooks, or an address elsewhere. Default: the page with the alert's name. */
  readonly runbook?: string | undefined;
  /** The name of the board that shows more, such as `backend`. Default `collector`. */
  readonly board?: string;
  /** Labels in addition to app, severity and team. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** The settings that an alert depends on. */
export type AlertSettings = Pick<
  GenerateSettings,
  "labels" | "uidPrefix" | "runbookUrl" | "grafanaUrl" | "team"
>;

/** An alert with its name, labels and texts, as Prometheus or Grafana evaluates it. */
export interface Alert {
  /** Begins with the app's name, so that two apps in one Prometheus have no alert in common. */
  readonly name: string;
  readonly condition: Condition;
  readonly clear: number | undefined;
  readonly wait: Duration;
  readonly keepFiring: Duration | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * Creates an alert of an app. Its texts name targets as `$labels.job` and `$labels.instance`, whatever the labels are
 * called. Throws if a text names a label that the condition lacks.
 *
 * @param name The name without the app's: `CollectorDown`.
 */
export function createAlert(
  name: string,
  app: string,
  spec: AlertSpec,
  settings: AlertSettings = DEFAULT_SETTINGS,
): Alert {
  const { condition, wait, keepFiring, severity, summary, description } = spec;
  const { job, instance } = settings.labels;
  const team = spec.team ?? settings.team;
  const text = (template: string): string =>
    withLabelsOf(
      condition,
      template.replaceAll(
        /\$labels\.(job|instance)\b/g,
        (_, label) => `$labels.${label === "job" ? job : instance}`,
      ),
    );
  return {
    name: toCamelCase(app) + name,
    condition,
    clear: spec.clear,
    wait,
    keepFiring,
    labels: { app, ...spec.labels, severity, ...(team !== undefined && { team }) },
    annotations: {
      summary: text(`${app}, {{ $labels.job }}: ${summary}`),
      description: text(description),
      ...linksOf(spec.runbook ?? name, app, spec, settings),
    },
  };
}

/** Renders an alert as a rule of Prometheus. */
export function renderAlertRule(alert: Alert): YamlMap {
  const { name, wait, keepFiring, labels, annotations } = alert;
  return {
    alert: name,
    expr: expressionOf(alert),
    ...(!wait.startsWith("0") && { for: wait }),
    ...(keepFiring !== undefined && !keepFiring.startsWith("0") && { keep_firing_for: keepFiring }),
    labels,
    annotations,
  };
}

/**
 * The condition; while the alert fires, also the condition with the clear threshold. Prometheus shows what fires in the
 * series `ALERTS`.
 */
function expressionOf({ name, condition, clear }: Alert): string {
  const { text, labels, comparison } = condition;
  if (clear === undefined || !comparison) return text;
  const { value, operator, guards } = comparison;
  const firing = `ALERTS{alertname="${name}",alertstate="firing"}`;
  return `${text}\nor\n${value} ${operator} ${clear}${guards}\nand on (${labels.join(", ")})\n${firing}`;
}

/** The links of an alert: its runbook, and the board that shows more, of the job and instance that it is about. */
function linksOf(
  runbook: string,
  app: string,
  { board = "collector", condition }: AlertSpec,
  { uidPrefix, runbookUrl, grafanaUrl, labels }: AlertSettings,
): Record<string, string> {
  const isAddress = runbook.includes("://");
  const address = isAddress ? runbook : runbookUrl && `${withoutSlash(runbookUrl)}/${runbook}.md`;
  const chosen = (["job", "instance"] as const)
    .filter((variable) => condition.labels.includes(labels[variable]))
    .map((variable) => `var-${variable}={{ $labels.${labels[variable]} | urlquery }}`);
  const link =
    grafanaUrl && `${withoutSlash(grafanaUrl)}/d/${boardUid(app, board, uidPrefix)}?${chosen.join("&")}`;
  return {
    ...(address !== undefined && { runbook_url: address }),
    ...(link !== undefined && { dashboard_url: withLabelsOf(condition, link) }),
  };
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}
