import type { Catalog, LiveDurations, LiveDurationTable, LiveHeat } from "@rumkit/protocol";
import { httpNamesOf } from "../catalog/httpNames.ts";
import type { SketchWindow } from "./sketchWindow.ts";
import { WINDOW_SECONDS, type Windows } from "./windows.ts";

/** Seconds of a step: the windows by label keep sketches of ten seconds. */
export const DURATION_STEP = 10;

/** Rows of a table: more are not readable. */
const MAX_ROWS = 100;

/** Limits of the heat strip in seconds: the steps in which people judge an answer, from a cache to a timeout. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Histograms beside those of HTTP, each by the label that names what took long. */
const SOURCES = [
  { metric: "rum_api_request_duration_seconds", label: "api_endpoint" },
  { metric: "job_duration_seconds", label: "job_name" },
  { metric: "stream_duration_seconds", label: "stream" },
  { metric: "database_query_duration_seconds", label: "table" },
] as const;

/** The durations of the last 15 minutes, by label and over time. */
export interface Durations {
  /** Reads the last `windowSeconds` up to the current second; `of` chooses one value of the label for the heat strip. */
  read(second: number, windowSeconds: number, of: string | undefined): LiveDurations;
}

/** Opens the windows. They count from now on. */
export function createDurations(catalog: Catalog, windows: Windows): Durations {
  const { duration, endpointLabels } = httpNamesOf(catalog);
  const route = endpointLabels.find((label) => label.endsWith("route")) ?? "route";
  const all = [{ metric: duration, label: route }, ...SOURCES].map(({ metric, label }) => ({
    metric,
    label,
    byValue: windows.quantilesBy(label, { metric }),
  }));
  return {
    read: (second, windowSeconds, of) => {
      const to = (Math.floor(second / DURATION_STEP) + 1) * DURATION_STEP;
      const from = to - Math.min(windowSeconds, WINDOW_SECONDS);
      const tables = all.map(({ metric, label, byValue }): LiveDurationTable => ({
        metric,
        label,
        rows: rowsOf(byValue, from, to - 1),
      }));
      return {
        from,
        to,
        step: DURATION_STEP,
        tables: tables.filter(({ rows }) => rows.length > 0),
        heat: heatOf(all[0]!, from, to, of),
      };
    },
  };
}

interface Source {
  readonly metric: string;
  readonly label: string;
  readonly byValue: ReadonlyMap<string, SketchWindow>;
}

function rowsOf(byValue: Source["byValue"], from: number, to: number): LiveDurationTable["rows"] {
  const rows = [...byValue].map(([value, window]) => {
    const seen = window.between(from, to);
    const quantile = (q: number): number => seen.quantile(q) ?? 0;
    return { value, count: seen.count, p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) };
  });
  return rows
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, MAX_ROWS);
}

function heatOf(
  { metric, label, byValue }: Source,
  from: number,
  to: number,
  of: string | undefined,
): LiveHeat | null {
  if (byValue.size === 0) return null;
  const columns = Array.from({ length: (to - from) / DURATION_STEP }, () =>
    Array.from({ length: BOUNDS.length + 1 }, () => 0),
  );
  const chosen =
    of === undefined ? [...byValue.values()] : [byValue.get(of)].filter((one) => one !== undefined);
  for (const window of chosen) {
    window.each(from, to - 1, (second, value, times) => {
      const bound = BOUNDS.findIndex((limit) => value <= limit);
      const column = columns[(second - from) / DURATION_STEP]!;
      column[bound === -1 ? BOUNDS.length : bound]! += times;
    });
  }
  return { metric, ...(of !== undefined && { of: { label, value: of } }), bounds: BOUNDS, columns };
}
