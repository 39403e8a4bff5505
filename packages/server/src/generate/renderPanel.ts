import { withLabelsOf } from "./expression.ts";
import { grafanaUnit } from "./grafanaUnit.ts";
import type { DatasourceRef, GridPos, Panel, Target } from "./grafanaTypes.ts";
import type { PanelQuery, PanelSpec } from "./panelSpec.ts";

/** The template variable, never a data source of one Grafana: the board works in any. */
const DATASOURCE: DatasourceRef = { type: "prometheus", uid: "${datasource}" };

/** Grafana's panel. Throws where its queries differ in unit, or a legend names a label that is not there. */
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
    targets: spec.queries.map(renderTarget),
  };
}

const statOptions = {
  colorMode: "value",
  graphMode: "area",
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

function renderTarget({ expression, legend }: PanelQuery, index: number): Target {
  return {
    refId: refId(index),
    datasource: DATASOURCE,
    expr: expression.text,
    legendFormat: withLabelsOf(expression, legend),
    range: true,
  };
}

/** A to Z, then AA: as Grafana names queries. */
function refId(index: number): string {
  const letter = String.fromCodePoint(65 + (index % 26));
  return index < 26 ? letter : `${refId(Math.floor(index / 26) - 1)}${letter}`;
}
