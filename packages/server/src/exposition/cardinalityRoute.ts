import type { Handler } from "hono";
import type { SeriesReport } from "./seriesReport.ts";

/** `GET /api/cardinality`: how many series there are, against their limits, and which labels make them. */
export function createCardinalityRoute(series: SeriesReport): Handler {
  return (c) => c.json(series.read(), 200, { "cache-control": "no-store" });
}
