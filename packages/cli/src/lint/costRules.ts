import { DEFAULT_BUDGET, linesPerSeries } from "@rumkit/server/internal/metrics";
import type { MetricDescriptor } from "@rumkit/server";
import { ownersOf } from "./owners.ts";
import type { Problem, Rule } from "./rule.ts";

/** Series of one metric of the catalog from which it costs more than everything else that the catalog declares. */
const MANY_LINES = 500;

/** Share of the budget from which a few more routes exceed it. */
const NEARLY = 0.8;

export const costRules: readonly Rule[] = [
  {
    id: "metric-cost",
    reason: "A label set of a histogram is a series for each bucket, in every scrape.",
    find: ({ catalog, descriptors }) =>
      descriptors.flatMap((descriptor): Problem[] => {
        const [path] = ownersOf(catalog, descriptor.name);
        const lines = linesOf(descriptor);
        if (!path || lines <= MANY_LINES) return [];
        return [
          {
            path,
            what: `costs up to ${lines} series of Prometheus: ${descriptor.maxSeries} label sets with ${linesPerSeries(descriptor)} lines each.`,
            fix: "Use fewer buckets or fewer label values.",
          },
        ];
      }),
  },
  {
    id: "series-budget-near",
    reason: "Past the budget of series, the collector refuses to start.",
    find: ({ descriptors }) => {
      const series = descriptors.reduce((sum, { maxSeries }) => sum + maxSeries, 0);
      const { perProcess } = DEFAULT_BUDGET;
      return series > perProcess * NEARLY && series <= perProcess
        ? [
            {
              path: [],
              what: `has up to ${series} series, and ${perProcess} is the limit of a process.`,
              fix: "rumkit check --all shows which metrics take them.",
            },
          ]
        : [];
    },
  },
];

function linesOf(descriptor: MetricDescriptor): number {
  return descriptor.maxSeries * linesPerSeries(descriptor);
}
