import type { Recorder } from "../metrics/recorder.ts";
import { POSITION, REWOUND } from "./describeAggregateMetrics.ts";

/** Returns the position of a partition that the journal has kept; 0 for one that it never counted. */
export function keptPosition({ families }: Pick<Recorder, "families">, partition: number): number {
  const valueOf = (metric: string): number => {
    const family = families.find(({ descriptor }) => descriptor.name === metric);
    // Made here, whatever the budgets say: a position must not fold into another one's.
    const series = family?.knownSeries({ partition: String(partition) });
    return series?.kind === "count" ? series.value : 0;
  };
  return valueOf(POSITION) - valueOf(REWOUND);
}
