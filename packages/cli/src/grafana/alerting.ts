import { boardUid } from "@rumkit/server/internal/metrics";
import type { GenerateSettings } from "../base/generateSettings.ts";
import { renderYaml, type YamlMap } from "../base/yaml.ts";
import type { Condition } from "../promql/condition.ts";
import type { Alert } from "../rules/alertRule.ts";
import type { Rules } from "../rules/rules.ts";

/** Grafana's pseudo data source of expressions. */
const EXPRESSIONS = "__expr__";

/** The time between two evaluations of a group, as Prometheus has it by default. A multiple of Grafana's base of 10 s. */
const INTERVAL = "1m";

/** Seconds before now that the instant query may look at; the windows of its ranges are in its text. */
const LOOK_BACK = 600;

type AlertingSettings = Pick<GenerateSettings, "folder" | "uidPrefix" | "datasourceUid">;

/**
 * Renders the alerts as a file that provisions alert rules that Grafana evaluates itself (grafana.com/docs/grafana,
 * "Use configuration files to provision alerting resources"), for Grafana 10 and newer. They are the same alerts as in
 * the rules of Prometheus, and read the series that those record.
 */
export function renderGrafanaAlerting({ groups }: Rules, app: string, settings: AlertingSettings): string {
  return renderYaml({
    apiVersion: 1,
    groups: groups
      .filter(({ alerts }) => alerts.length > 0)
      .map(({ name, alerts }) => ({
        orgId: 1,
        name,
        folder: escapeVariables(settings.folder),
        interval: INTERVAL,
        rules: alerts.map((alert) => renderRule(alert, app, settings)),
      })),
  });
}

function renderRule(alert: Alert, app: string, settings: AlertingSettings): YamlMap {
  const { name, wait, keepFiring, labels, annotations } = alert;
  // Titles are unique in a folder: the alerts of one objective differ in their windows.
  const windows = labels["long"] === undefined ? "" : ` ${labels["long"]}/${labels["short"]}`;
  const cause = labels["cause"] === undefined ? "" : " without data";
  return {
    uid: boardUid(app, (name + windows + cause).replaceAll(/\W/g, "-"), settings.uidPrefix),
    title: name + windows + cause,
    condition: "B",
    data: dataOf(alert.condition, alert.clear, settings.datasourceUid),
    // No series fulfills the rest of the condition: all is well. A collector that is gone has a separate alert.
    noDataState: "OK",
    execErrState: "Error",
    for: wait,
    ...(keepFiring !== undefined && { keepFiringFor: keepFiring }),
    annotations: mapValues(annotations, withValues),
    labels: mapValues(labels, escapeVariables),
    isPaused: false,
  };
}

/** Query A has the value, with what narrows it; expression B compares it. */
function dataOf(
  { comparison, text }: Condition,
  clear: number | undefined,
  datasourceUid: string,
): YamlMap[] {
  return [
    {
      refId: "A",
      relativeTimeRange: { from: LOOK_BACK, to: 0 },
      datasourceUid,
      model: {
        ...MODEL,
        refId: "A",
        datasource: { type: "prometheus", uid: datasourceUid },
        editorMode: "code",
        expr: comparison ? comparison.value + comparison.guards : text,
        instant: true,
        range: false,
      },
    },
    compareA(comparison ?? { operator: ">", threshold: 0 }, clear),
  ];
}

const MODEL = { intervalMs: 1000, maxDataPoints: 43_200 };

function compareA(
  { operator, threshold }: Pick<NonNullable<Condition["comparison"]>, "operator" | "threshold">,
  clear: number | undefined,
): YamlMap {
  return {
    refId: "B",
    relativeTimeRange: { from: 0, to: 0 },
    datasourceUid: EXPRESSIONS,
    model: {
      ...MODEL,
      refId: "B",
      type: "threshold",
      datasource: { type: EXPRESSIONS, uid: EXPRESSIONS },
      expression: "A",
      conditions: [
        {
          type: "query",
          evaluator: { type: evaluatorOf(operator), params: [threshold] },
          ...(clear !== undefined && { unloadEvaluator: unloadedBy(operator, clear) }),
          operator: { type: "and" },
          query: { params: ["B"] },
          reducer: { type: "last", params: [] },
        },
      ],
    },
  };
}

/** Grafana 10 has no "at least": the first comparison of an alert is always strict. */
function evaluatorOf(operator: string): "gt" | "lt" {
  if (operator === ">") return "gt";
  if (operator === "<") return "lt";
  throw new Error(`[rumkit] Grafana cannot compare by "${operator}". Use isAbove() or isBelow() first.`);
}

/** The threshold at which a firing alert ends, Grafana's "recovery threshold". */
function unloadedBy(operator: string, clear: number): YamlMap {
  return { type: evaluatorOf(operator) === "gt" ? "lt" : "gt", params: [clear] };
}

/** In Grafana `$value` is a text about all values; the number is in `$values`. Annotations are not interpolated. */
function withValues(annotation: string): string {
  return annotation.replaceAll(/\$value\b/g, "$values.A.Value");
}

/** Grafana replaces `$NAME` by an environment variable everywhere except in annotations and queries. */
function escapeVariables(text: string): string {
  return text.replaceAll("$", "$$$$");
}

function mapValues(
  map: Readonly<Record<string, string>>,
  change: (value: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}
