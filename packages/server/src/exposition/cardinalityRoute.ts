import type { Handler } from "hono";
import type { SeriesReport } from "./seriesReport.ts";

/** `GET /api/cardinality`: the number of series, their limits, and the labels that create them. */
export function createCardinalityRoute(series: SeriesReport): Handler {
  return (c) => c.json(series.read(), 200, { "cache-control": "no-store" });
}
