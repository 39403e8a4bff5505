import type { Catalog } from "@rumkit/protocol";
import { gaugeFamilyName, ingestedFamilyName, measurementFamilyName } from "@rumkit/server/internal/metrics";
import type { Path } from "./rule.ts";

/**
 * Returns the entries of a catalog that have a metric for themselves: measurements, gauges and values of other services. Two
 * entries with one metric cannot both be counted.
 */
export function ownersOf({ measurements = {}, gauges = {}, ingested = {} }: Catalog, metric: string): Path[] {
  const named = [
    ...Object.entries(measurements).map(
      ([name, spec]) => [["measurements", name], measurementFamilyName(name, spec)] as const,
    ),
    ...Object.entries(gauges).map(([name, spec]) => [["gauges", name], gaugeFamilyName(name, spec)] as const),
    ...Object.entries(ingested).map(
      ([name, spec]) => [["ingested", name], ingestedFamilyName(name, spec)] as const,
    ),
  ];
  return named.filter(([, family]) => family === metric).map(([path]) => path);
}
