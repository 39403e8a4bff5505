/**
 * The generators of `rumkit generate`: a Grafana dashboard, Prometheus rules and a reference of all metrics, from
 * the descriptors that `describeMetrics` of `@rumkit/server` returns.
 *
 * @module
 */
export { dashboardExpressions, renderBusinessDashboard } from "./dashboard.ts";
export { renderMetricsDoc } from "./metricsDoc.ts";
export { renderRules } from "./rules.ts";
