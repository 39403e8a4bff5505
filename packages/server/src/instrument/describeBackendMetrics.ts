import type { Catalog } from "@rumkit/protocol";
import { describeAppMetrics } from "./describeAppMetrics.ts";
import { describeDatabaseMetrics } from "./describeDatabaseMetrics.ts";
import { describeHttpMetrics } from "./describeHttpMetrics.ts";
import { describeJobMetrics } from "../catalog/describeJobMetrics.ts";
import { describeStandardMetrics } from "../catalog/describeStandardMetrics.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";

/** Describes the metrics of the backend that the catalog does not name: requests, jobs, queries, caches, errors. */
export function describeBackendMetrics(catalog: Catalog): MetricDescriptor[] {
  return [
    ...describeHttpMetrics(catalog),
    ...describeStandardMetrics(catalog),
    ...describeJobMetrics(catalog),
    ...describeDatabaseMetrics(),
    ...describeAppMetrics(),
  ];
}
