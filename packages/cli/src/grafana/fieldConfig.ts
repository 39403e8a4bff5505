import { isOneValue, type Query, type QueryPanel, refId, type Threshold } from "../boards/board.ts";
import type { FieldConfigSource, GraphStyle } from "./sdk.ts";
import { grafanaUnit } from "./unit.ts";

type Override = FieldConfigSource["overrides"][number];

/** Renders unit, colors and thresholds of a panel. The unit is that of the first query; others are overrides. */
export function renderFieldConfig(panel: QueryPanel): FieldConfigSource {
  const { queries, thresholds, kind } = panel;
  const [unit, ...otherUnits] = queries.map(({ expression }) => grafanaUnit(expression));
  const isChange = queries.some(({ expression }) => expression.unit === "change");
  return {
    defaults: {
      unit: unit!,
      ...(!isChange && { min: 0 }),
      ...(kind === "gauge" && isShare(panel) && { max: 1 }),
      // Prometheus estimates an increase, so that 36 orders may be 36.4.
      ...(isOneValue(panel) &&
        queries.every(({ expression }) => expression.unit === "count") && { decimals: 0 }),
      color: { mode: thresholds ? "thresholds" : "palette-classic" },
      thresholds: { mode: "absolute", steps: thresholds ?? [{ value: null, color: "green" }] },
      ...statesOf(panel),
      ...customOf(panel),
    },
    overrides: [
      ...otherUnits.flatMap((other, index) => (other === unit ? [] : unitOverride(refId(index + 1), other))),
      ...queries.flatMap((query, index) => overridesOfQuery(panel, query, refId(index))),
      ...Object.entries(panel.colors ?? {}).map(([name, color]) => colorOverride(name, color)),
    ],
  };
}

function isShare({ queries }: QueryPanel): boolean {
  return queries.every(({ expression: { unit, highest } }) => unit === "ratio" && highest === 1);
}

function unitOverride(query: string, unit: string): Override {
  return { matcher: { id: "byFrameRefID", options: query }, properties: [{ id: "unit", value: unit }] };
}

/** A change is green or red by its sign, and another time is a dashed line. */
function overridesOfQuery({ kind }: QueryPanel, { expression }: Query, name: string): Override[] {
  const matcher = { id: "byFrameRefID", options: name };
  if (kind === "stat" && expression.unit === "change" && name !== "A")
    return [
      {
        matcher,
        properties: [
          { id: "decimals", value: 0 },
          { id: "color", value: { mode: "thresholds" } },
          { id: "thresholds", value: { mode: "absolute", steps: CHANGE_COLORS } },
        ],
      },
    ];
  if (kind === "timeseries" && expression.text.includes(" offset "))
    return [
      {
        matcher,
        properties: [
          { id: "custom.lineStyle", value: { fill: "dash", dash: [6, 6] } },
          { id: "custom.fillOpacity", value: 0 },
        ],
      },
    ];
  return [];
}

/** From a fifth less on, people should look. */
const CHANGE_COLORS: readonly Threshold[] = [
  { value: null, color: "red" },
  { value: -0.2, color: "text" },
  { value: 0, color: "green" },
];

function colorOverride(name: string, color: string): Override {
  const value = { mode: "fixed", fixedColor: color };
  return { matcher: { id: "byName", options: name }, properties: [{ id: "color", value }] };
}

function statesOf({ states }: QueryPanel): Pick<FieldConfigSource["defaults"], "mappings"> {
  if (!states) return {};
  const options = Object.fromEntries(
    Object.entries(states).map(([value, state], index) => [value, { ...state, index }]),
  );
  return { mappings: [{ type: "value", options }] };
}

function customOf(panel: QueryPanel): { custom?: unknown } {
  if (panel.kind === "timeseries") return { custom: graphStyle(panel) };
  if (panel.kind === "state-timeline") return { custom: { lineWidth: 0, fillOpacity: 80 } };
  return {};
}

function graphStyle({ thresholds, style = "lines" }: QueryPanel): GraphStyle {
  return {
    drawStyle: style === "bars" ? "bars" : "line",
    fillOpacity: style === "lines" ? 10 : 60,
    gradientMode: thresholds ? "scheme" : "none",
    lineWidth: 1,
    showPoints: "never",
    spanNulls: false,
    stacking: { mode: style === "stacked" ? "normal" : "none", group: "A" },
    thresholdsStyle: { mode: thresholds ? "dashed" : "off" },
  };
}
