import { z } from "zod";
import type { DescribedMetric, MetricsJson } from "../description/describeForMachines.ts";

const number = z.number().int().min(0);

const metricSchema = z.object({
  name: z.string().describe("The family in Prometheus, with its unit and _total."),
  type: z.enum(["counter", "gauge", "histogram"]),
  unit: z.enum(["seconds", "bytes", "ratio", "currency", "none"]),
  side: z.enum(["page", "backend", "collector"]).describe("The side that counts it."),
  help: z.string(),
  meaning: z.string().describe("How to read a value, and how far to trust it."),
  labels: z.array(
    z.object({
      name: z.string(),
      values: z.array(z.string()).exactOptional().describe("Every value. Absent for an open label."),
    }),
  ),
  combinations: z
    .array(z.record(z.string(), z.array(z.string())))
    .describe("Label sets that can exist, each as a product of values."),
  buckets: z.array(z.number()).exactOptional().describe("Upper edges, without +Inf. Histograms only."),
  maxSeries: number.describe("Label sets at most."),
  maxLines: number.describe("Series in Prometheus at most."),
  queries: z.array(z.object({ question: z.string(), promql: z.string() })),
}) satisfies z.ZodType<DescribedMetric>;

export const metricsJsonSchema = z.object({
  version: z.literal(1),
  app: z.string(),
  origin: z.string(),
  totals: z.object({ metrics: number, series: number, lines: number }),
  placeholders: z
    .record(z.string(), z.string())
    .describe("Label values that stand for something else, with their meaning."),
  metrics: z.array(metricSchema),
  runtimeMetrics: z.array(z.string()).describe("Families that prom-client adds on Linux."),
}) satisfies z.ZodType<MetricsJson>;
