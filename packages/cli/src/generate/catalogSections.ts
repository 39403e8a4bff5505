import type { Catalog } from "@rumkit/protocol";
import type { PanelSection, PanelSpec } from "./panelSpec.ts";
import { type Promql, RATE_INTERVAL } from "./promql.ts";
import { ifKnown } from "./rateQueries.ts";
import { familyName } from "@rumkit/server/internal/metrics";

type Measurements = NonNullable<Catalog["measurements"]>;

/** The percentile of measured values: one in twenty is higher. */
const JUDGED_SHARE = 0.95;

const units = { seconds: 101, bytes: 102, ratio: 103 } as const;

/** Returns the panels of the catalog's measurements: one for each unit, because an axis has only one. */
export function describeMeasurements(promql: Promql, measurements: Measurements = {}): PanelSection {
  const panels = Object.entries(units).map(([unit, id]): PanelSpec => ({
    id,
    title: `Measurements in ${unit}, 95th percentile`,
    description: "One in twenty of the values was higher than this, by the measurement of the catalog.",
    type: "timeseries",
    queries: Object.entries(measurements)
      .filter(([, spec]) => spec.unit === unit)
      .flatMap(([name, { from }]) =>
        ifKnown(promql, familyName(from === "server" ? "backend" : "page", `${name}_${unit}`), (metric) => ({
          expression: promql.histogramQuantile(JUDGED_SHARE, metric, RATE_INTERVAL),
          legend: from === "server" ? `${name} (backend)` : name,
        })),
      ),
  }));
  return { id: 10, title: "Measurements", panels };
}
