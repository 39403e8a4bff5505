/**
 * The client of other services. It loads no server code and no module of Node.js, so it runs in edge runtimes too.
 *
 * @module
 */
export { createMetricsClient, type MetricsClientOptions } from "./reporting/createMetricsClient.ts";
export { MetricsClient } from "./reporting/metricsClient.ts";
export type { ClientDropReason, ClientStatus, ReportingClient, Tags } from "./reporting/reportingClient.ts";
