import type { Catalog } from "@rumkit/protocol";
import { describeHttpMetrics } from "./describeHttpMetrics.ts";
import type { MetricDescriptor } from "./descriptor.ts";

/** Everything that the backend says besides what the catalogue names: its requests, and what it is. */
export function describeBackendMetrics(catalog: Catalog): MetricDescriptor[] {
  return [...describeHttpMetrics(catalog), appInfo];
}

const appInfo: MetricDescriptor = {
  name: "app_info",
  type: "gauge",
  help: "The app and its release; always 1.",
  unit: "none",
  side: "backend",
  labels: ["app", "release"],
  known: [],
  maxSeries: 1,
};
