import { createMetricsClient, type MetricsClientOptions } from "./createMetricsClient.ts";
import type { ReportingClient } from "./reportingClient.ts";

/**
 * `createMetricsClient` as a class: `new MetricsClient(url)`. Its functions are safe to destructure.
 *
 * @example
 * const metrics = new MetricsClient("https://metrics.example");
 * metrics.record("api.response_time", 0.12, { endpoint: "/users" });
 */
export class MetricsClient implements ReportingClient {
  readonly record: ReportingClient["record"];
  readonly increment: ReportingClient["increment"];
  readonly time: ReportingClient["time"];
  readonly trackJob: ReportingClient["trackJob"];
  readonly timed: ReportingClient["timed"];
  readonly flush: ReportingClient["flush"];
  readonly close: ReportingClient["close"];
  readonly status: ReportingClient["status"];

  constructor(url: string | URL, options: Omit<MetricsClientOptions, "url"> = {}) {
    const client = createMetricsClient({ ...options, url });
    this.record = client.record;
    this.increment = client.increment;
    this.time = client.time;
    this.trackJob = client.trackJob;
    this.timed = client.timed;
    this.flush = client.flush;
    this.close = client.close;
    this.status = client.status;
  }
}
