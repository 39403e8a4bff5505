import { withLabelsOf } from "./expression.ts";
import { grafanaUnit } from "./grafanaUnit.ts";
import type { DatasourceRef, GridPos, Panel, Target } from "./grafanaTypes.ts";
import type { PanelQuery, PanelSpec } from "./panelSpec.ts";
import { RANGE, RATE_INTERVAL } from "./promql.ts";

/** The template variable and not a fixed data source, so that the dashboard works in any Grafana. */
const DATASOURCE: DatasourceRef = { type: "prometheus", uid: "${datasource}" };

/**
 * Renders a panel for Grafana. Throws if the units of its queries differ, if a legend names a missing label, or if a
 * window does not suit the type of the panel.
 */
export function renderPanel(spec: PanelSpec, gridPos: GridPos): Panel {
  return {
    id: spec.id,
    type: spec.type,
    title: spec.title,
    description: spec.description,
    datasource: DATASOURCE,
    gridPos,
    fieldConfig: { defaults: fieldDefaults(spec), overrides: [] },
    options: options[spec.type],
    targets: spec.queries.map((query, index) => renderTarget(spec, query, index)),
  };
}

const statOptions = {
  colorMode: "value",
  graphMode: "none",
  justifyMode: "auto",
  orientation: "auto",
  reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
  textMode: "auto",
};
const timeseriesOptions = {
  legend: { calcs: [], displayMode: "list", placement: "bottom", showLegend: true },
  tooltip: { mode: "multi", sort: "desc" },
};

const bargaugeOptions = {
  displayMode: "basic",
  namePlacement: "left",
  orientation: "horizontal",
  reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
  showUnfilled: true,
};
const options = { stat: statOptions, timeseries: timeseriesOptions, bargauge: bargaugeOptions };

function fieldDefaults(spec: PanelSpec): Panel["fieldConfig"]["defaults"] {
  return {
    unit: unitOf(spec),
    min: 0,
    // Prometheus estimates an increase, so that 36 orders may be 36.4.
    ...(isOneValue(spec) && spec.queries.every(({ expression }) => expression.unit === "count")
      ? { decimals: 0 }
      : {}),
    color: { mode: spec.steps ? "thresholds" : "palette-classic" },
    thresholds: { mode: "absolute", steps: spec.steps ?? [{ value: null, color: "green" }] },
    ...(spec.type === "timeseries" ? { custom: lineStyle(spec) } : {}),
  };
}

function lineStyle({ steps }: PanelSpec): Record<string, unknown> {
  return {
    drawStyle: "line",
    fillOpacity: 10,
    gradientMode: steps ? "scheme" : "none",
    lineWidth: 1,
    showPoints: "never",
    spanNulls: false,
    thresholdsStyle: { mode: steps ? "dashed" : "off" },
  };
}

function unitOf({ title, queries }: PanelSpec): string {
  const [unit, ...others] = new Set(queries.map(({ expression }) => grafanaUnit(expression)));
  if (unit === undefined || others.length > 0) {
    const found = [unit, ...others].join(", ");
    throw new Error(
      `[rumkit] Panel "${title}" needs one unit: ${found}. Split it into panels of one unit each.`,
    );
  }
  return unit;
}

/**
 * A panel with one value queries the end of the time range only. The last point of a range query would keep showing
 * the value of a collector that has died.
 */
function renderTarget(spec: PanelSpec, { expression, legend }: PanelQuery, index: number): Target {
  const instant = isOneValue(spec);
  checkWindow(spec, expression.text);
  return {
    refId: refId(index),
    datasource: DATASOURCE,
    expr: expression.text,
    legendFormat: withLabelsOf(expression, legend),
    range: !instant,
    instant,
  };
}

function isOneValue({ type }: PanelSpec): boolean {
  return type !== "timeseries";
}

/**
 * Checks that the window suits the panel. In a graph, `$__range` would look back before the time range at each point;
 * a single value over less than a minute would be random.
 */
function checkWindow(spec: PanelSpec, text: string): void {
  const wrong = isOneValue(spec) ? RATE_INTERVAL : RANGE;
  if (text.includes(wrong))
    throw new Error(`[rumkit] Panel "${spec.title}" is a ${spec.type}, and asks for ${wrong}: ${text}.`);
}

/** Returns the name of a query as in Grafana: A to Z, then AA. */
function refId(index: number): string {
  const letter = String.fromCodePoint(65 + (index % 26));
  return index < 26 ? letter : `${refId(Math.floor(index / 26) - 1)}${letter}`;
}
