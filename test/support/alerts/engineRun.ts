import type { Catalog } from "@rumkit/protocol";
import { describeMetrics } from "@rumkit/server";
import { type Alert, createEngine, createPastSource, type PastSeries } from "@rumkit/server/internal/testing";
import type { SeriesByName } from "../promtool.ts";
import { parseSeries } from "./seriesValues.ts";

const MINUTE = 60_000;

/** Any day, so that slots begin with samples. */
const START = Date.UTC(2026, 0, 5);

export interface Run {
  readonly catalog: Catalog;
  readonly series: SeriesByName;
  /** Minutes between two samples. */
  readonly every: number;
  /** Minutes between two evaluations. */
  readonly interval: number;
  /** The last minute. */
  readonly until: number;
}

/** The alerts of each minute at which they were evaluated. */
export type Timeline = ReadonlyMap<number, readonly Alert[]>;

/** Runs the collector's engine over series of promtool. */
export function runEngine({ catalog, series, every, interval, until }: Run): Timeline {
  let now = START;
  const metrics = describeMetrics(catalog);
  const source = createPastSource(toPast(series, every), metrics);
  const engine = createEngine({ catalog, metrics, source, steadyNow: () => now });
  const timeline = new Map<number, readonly Alert[]>();
  for (let minute = 0; minute <= until; minute += 1) {
    now = START + minute * MINUTE;
    source.moveTo(now);
    if (minute % every === 0) engine.sample();
    if (minute % interval !== 0) continue;
    engine.evaluate(now);
    timeline.set(minute, engine.current());
  }
  return timeline;
}

function toPast(series: SeriesByName, every: number): PastSeries[] {
  return Object.entries(series).map(([metric, values]) => {
    const { name, labels, samples } = parseSeries(metric, values);
    return {
      name,
      labels,
      samples: samples.flatMap((sample, index) =>
        sample === "gap"
          ? []
          : [[START + index * every * MINUTE, sample === "stale" ? Number.NaN : sample] as const],
      ),
    };
  });
}
