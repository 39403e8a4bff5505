/**
 * The client for other services. It loads neither server code nor modules of Node.js, so it runs in edge runtimes, too.
 *
 * @module
 */
export { createMetricsClient, type MetricsClientOptions } from "./reporting/createMetricsClient.ts";
export { MetricsClient } from "./reporting/metricsClient.ts";
export type {
  ClientDropReason,
  ClientStatus,
  JobOptions,
  ReportingClient,
  Tags,
} from "./reporting/reportingClient.ts";
