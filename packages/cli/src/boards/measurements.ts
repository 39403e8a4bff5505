import { measurementFamilyName } from "@rumkit/server/internal/metrics";
import { RATE_INTERVAL } from "../promql/window.ts";
import type { QueryPanel } from "./board.ts";
import type { BoardContext } from "./boardSpec.ts";
import { queryOf } from "./rateQueries.ts";

/** The percentile of measured values: one in twenty is higher. */
const JUDGED_SHARE = 0.95;

const UNITS = ["seconds", "bytes", "ratio"] as const;

/**
 * Returns the panels of the measurements that one side reports: one for each unit, because an axis has only one.
 *
 * @param side The reporter: pages, or the backend.
 */
export function measurements({ promql, catalog }: BoardContext, side: "page" | "server"): QueryPanel[] {
  const declared = Object.entries(catalog.measurements ?? {}).filter(
    ([, { from = "page" }]) => from === side,
  );
  return UNITS.map((unit) => ({
    name: `measurements-${unit}`,
    title: `Measurements in ${unit}, 95th percentile${side === "server" ? " (backend)" : ""}`,
    description:
      "One in twenty of the values was higher than this, by the measurement of the catalog. When one rises, compare its beginning with the marks of releases, and with the number of values.",
    kind: "timeseries",
    queries: declared
      .filter(([, spec]) => spec.unit === unit)
      .flatMap(([name, spec]) =>
        queryOf(promql, measurementFamilyName(name, spec), name, (metric) =>
          promql.histogramQuantile(JUDGED_SHARE, metric, RATE_INTERVAL),
        ),
      ),
  }));
}
