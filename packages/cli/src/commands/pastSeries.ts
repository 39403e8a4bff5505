import type { PastSeries } from "@rumkit/server/internal/replay";
import { askPrometheus } from "../base/askPrometheus.ts";

/** Points of a series in one answer: Prometheus allows 11,000. */
const MAX_POINTS = 10_000;

export interface PastQuery {
  /** The address of a Prometheus, with user and password if it asks for them. */
  readonly url: URL;
  /** Names of series. */
  readonly names: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  /** The app whose collectors are read: those with an `app_info` of it. */
  readonly app: string;
}

/** Reads series of the past from a Prometheus. Throws an `Error` that says what to do. */
export async function readPastSeries({
  url,
  names,
  from,
  to,
  stepMs,
  app,
}: PastQuery): Promise<PastSeries[]> {
  const found = new Map<
    string,
    { name: string; labels: Record<string, string>; samples: [number, number][] }
  >();
  for (const name of names) {
    // Of the targets of this app alone: another one may have metrics of the same names.
    const query = `{__name__=${JSON.stringify(name)}} and on (job, instance) app_info{app=${JSON.stringify(app)}}`;
    for (let start = from; start <= to; start += MAX_POINTS * stepMs) {
      const end = Math.min(to, start + (MAX_POINTS - 1) * stepMs);
      for (const { metric, values } of await queryRange(url, query, start, end, stepMs)) {
        const { __name__: _, ...labels } = metric;
        const key = JSON.stringify([name, Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
        const series = found.get(key) ?? { name, labels, samples: [] };
        found.set(key, series);
        for (const [seconds, value] of values) series.samples.push([seconds * 1_000, Number(value)]);
      }
    }
  }
  return [...found.values()];
}

interface RangeSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [seconds: number, value: string])[];
}

async function queryRange(
  url: URL,
  query: string,
  from: number,
  to: number,
  stepMs: number,
): Promise<readonly RangeSeries[]> {
  const range = { start: String(from / 1_000), end: String(to / 1_000), step: String(stepMs / 1_000) };
  return (await askPrometheus(url, "query_range", { query, ...range })) as readonly RangeSeries[];
}
