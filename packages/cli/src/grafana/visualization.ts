import { type Panel, type QueryPanel, type QueryPanelKind, refId } from "../boards/board.ts";
import { renderFieldConfig } from "./fieldConfig.ts";
import type { FieldConfigSource, VisualizationOptions } from "./sdk.ts";
import { grafanaUnit } from "./unit.ts";

/** The drawing of a panel, the same in both formats. */
export interface Visualization {
  /** The id of Grafana's plugin. */
  readonly kind: Panel["kind"];
  readonly options: unknown;
  readonly fieldConfig: FieldConfigSource;
  readonly transformations: readonly { readonly id: string; readonly options: unknown }[];
}

/** Renders everything of a panel that does not depend on the format. */
export function renderVisualization(panel: Panel): Visualization {
  if (panel.kind === "text") {
    const options: VisualizationOptions["text"] = { mode: "markdown", content: panel.content };
    return { kind: "text", options, fieldConfig: { defaults: {}, overrides: [] }, transformations: [] };
  }
  return {
    kind: panel.kind,
    options: optionsOf[panel.kind](panel),
    fieldConfig: renderFieldConfig(panel),
    transformations: panel.kind === "table" ? oneTable(panel) : [],
  };
}

const lastValue = { calcs: ["lastNotNull"], fields: "", values: false };
const tooltip = { mode: "multi", sort: "desc" } as const;
const noLegend = { calcs: [], displayMode: "list", placement: "bottom", showLegend: false } as const;

const optionsOf: {
  readonly [Kind in QueryPanelKind]: (panel: QueryPanel) => VisualizationOptions[Kind];
} = {
  stat: ({ queries }) => ({
    colorMode: "value",
    graphMode: "none",
    justifyMode: "auto",
    orientation: "auto",
    percentChangeColorMode: "standard",
    reduceOptions: lastValue,
    showPercentChange: false,
    // Grafana names a value that has company. One whose name is found by the query needs it as well.
    textMode: queries.some(({ legend }) => legend.includes("{{")) ? "value_and_name" : "auto",
    wideLayout: true,
  }),
  gauge: () => ({
    minVizHeight: 75,
    minVizWidth: 75,
    orientation: "auto",
    reduceOptions: lastValue,
    showThresholdLabels: false,
    showThresholdMarkers: true,
    sizing: "auto",
  }),
  bargauge: () => ({
    displayMode: "basic",
    legend: noLegend,
    maxVizHeight: 300,
    minVizHeight: 16,
    minVizWidth: 8,
    namePlacement: "left",
    orientation: "horizontal",
    reduceOptions: lastValue,
    showUnfilled: true,
    sizing: "auto",
    valueMode: "color",
  }),
  piechart: () => ({
    displayLabels: ["percent"],
    legend: { calcs: [], displayMode: "table", placement: "right", showLegend: true, values: ["value"] },
    orientation: "auto",
    pieType: "donut",
    reduceOptions: lastValue,
    tooltip,
  }),
  table: ({ queries }) => ({
    cellHeight: "sm",
    frameIndex: 0,
    showHeader: true,
    sortBy: [{ displayName: queries[0]!.legend, desc: true }],
  }),
  timeseries: () => ({
    legend: { calcs: ["lastNotNull", "max"], displayMode: "table", placement: "bottom", showLegend: true },
    tooltip,
  }),
  heatmap: (panel) => ({
    calculate: false,
    cellGap: 1,
    color: {
      exponent: 0.5,
      fill: "dark-orange",
      mode: "scheme",
      reverse: false,
      scale: "exponential",
      scheme: "Spectral",
      steps: 64,
    },
    exemplars: { color: "rgba(255,0,255,0.7)" },
    legend: { show: true },
    showValue: "never",
    tooltip: { mode: "single", yHistogram: true },
    yAxis: { unit: bucketUnit(panel), axisPlacement: "left" },
  }),
  "state-timeline": () => ({
    alignValue: "left",
    legend: { ...noLegend, showLegend: true },
    mergeValues: true,
    rowHeight: 0.9,
    showValue: "auto",
    tooltip,
  }),
};

/** The unit of the buckets, which are the rows of a heat map; its cells are counts. */
function bucketUnit({ queries }: QueryPanel): string {
  const [{ expression }] = queries as [QueryPanel["queries"][number]];
  const { unit } = expression.metric;
  return grafanaUnit({ ...expression, unit: unit === "none" || unit === "currency" ? "number" : unit });
}

/** One row for each label set, one column for each query. */
function oneTable({ queries }: QueryPanel): Visualization["transformations"] {
  const renamed = queries.map(({ legend }, index) => [
    queries.length === 1 ? "Value" : `Value #${refId(index)}`,
    legend,
  ]);
  return [
    { id: "merge", options: {} },
    {
      id: "organize",
      options: { excludeByName: { Time: true }, renameByName: Object.fromEntries(renamed) },
    },
  ];
}
