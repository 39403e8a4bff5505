/**
 * The generators of `rumkit generate`: Grafana boards, Prometheus rules and a reference of all metrics, from the
 * descriptors that `describeMetrics` of `@rumkit/server` returns.
 *
 * @module
 */
export type { GenerateSettings, TargetLabels } from "../base/generateSettings.ts";
export { DEFAULT_SETTINGS } from "../base/generateSettings.ts";
export type { Board } from "../boards/board.ts";
export { type BoardOptions, describeBoards } from "../boards/describeBoards.ts";
export { type ClassicBoard, renderClassic } from "../grafana/classic.ts";
export { type DashboardExpression, dashboardExpressions } from "../grafana/expressions.ts";
export { renderGrafanaAlerting } from "../grafana/alerting.ts";
export { renderV2, type V2Board } from "../grafana/v2.ts";
export { describeRules, renderRules, type Rules, type RulesOptions } from "../rules/rules.ts";
export { renderMetricsDoc } from "./metricsDoc.ts";
export { describeForMachines, type DescribedMetric, type MetricsJson } from "./metricsJson.ts";
export { scrapeLimits, type ScrapeLimits } from "./scrapeLimits.ts";
