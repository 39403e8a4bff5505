import { isOneValue, type Query, type QueryPanel, refId, type Threshold } from "../boards/board.ts";
import type { FieldConfigSource, GraphStyle } from "./sdk.ts";
import { grafanaUnit } from "./unit.ts";

type Override = FieldConfigSource["overrides"][number];

/** Renders unit, colors and thresholds of a panel. The unit is that of the first query; others are overrides. */
export function renderFieldConfig(panel: QueryPanel): FieldConfigSource {
  const { queries, thresholds } = panel;
  const [unit, ...otherUnits] = queries.map(({ expression }) => grafanaUnit(expression));
  return {
    defaults: {
      unit: unit!,
      ...limitsOf(panel),
      ...(queries.every((query) => isEstimatedCount(panel, query)) && { decimals: 0 }),
      color: { mode: thresholds ? "thresholds" : "palette-classic" },
      thresholds: { mode: "absolute", steps: thresholds ?? [{ value: null, color: "green" }] },
      ...statesOf(panel),
      ...customOf(panel),
    },
    overrides: [
      ...otherUnits.flatMap((other, index) =>
        other === unit ? [] : override(matcherOf(panel, index + 1), { unit: other }),
      ),
      ...queries.flatMap((query, index) => overridesOfQuery(panel, query, index)),
      ...Object.entries(panel.colors ?? {}).map(([name, color]) => colorOverride(name, color)),
      ...(panel.hidesZeros ? [WITHOUT_ZEROS] : []),
    ],
  };
}

/**
 * The ends of the axis. Bars and gauges of a share end at the whole: else Grafana takes the highest value for it, and a
 * single bar is always full.
 */
function limitsOf({ kind, queries }: QueryPanel): { readonly min?: number; readonly max?: number } {
  const isScale = kind === "gauge" || kind === "bargauge";
  if (isScale && queries.every(({ expression }) => expression.highest === 1)) return { min: 0, max: 1 };
  return queries.some(({ expression }) => expression.unit === "change") ? {} : { min: 0 };
}

/** True for a number of events, which is shown without decimals: Prometheus estimates that 36 orders are 36.4. */
function isEstimatedCount(panel: QueryPanel, { expression }: Query): boolean {
  return isOneValue(panel) && expression.unit === "count";
}

/** The columns of a table have the names of their queries: merged to one frame, they belong to no query. */
function matcherOf({ kind, queries }: QueryPanel, index: number): Override["matcher"] {
  return kind === "table"
    ? { id: "byName", options: queries[index]!.legend }
    : { id: "byFrameRefID", options: refId(index) };
}

function override(matcher: Override["matcher"], values: Readonly<Record<string, unknown>>): Override[] {
  return [{ matcher, properties: Object.entries(values).map(([id, value]) => ({ id, value })) }];
}

/** Of fifty reasons, the legend names those that occurred. */
const WITHOUT_ZEROS: Override = {
  matcher: { id: "byValue", options: { reducer: "allIsZero", op: "gte", value: 0 } },
  properties: [{ id: "custom.hideFrom", value: { legend: true, tooltip: true, viz: false } }],
};

/** A change is green or red by its sign, and another time is a dashed line. */
function overridesOfQuery(panel: QueryPanel, query: Query, index: number): Override[] {
  const { kind, queries } = panel;
  const { expression } = query;
  const matcher = matcherOf(panel, index);
  if (kind === "stat" && expression.unit === "change" && index > 0)
    return override(matcher, {
      decimals: 0,
      color: { mode: "thresholds" },
      thresholds: { mode: "absolute", steps: CHANGE_COLORS },
    });
  if (kind === "timeseries" && expression.text.includes(" offset "))
    return override(matcher, {
      "custom.lineStyle": { fill: "dash", dash: [6, 6] },
      "custom.fillOpacity": 0,
    });
  const isMixed = !queries.every((each) => isEstimatedCount(panel, each));
  return isMixed && isEstimatedCount(panel, query) ? override(matcher, { decimals: 0 }) : [];
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
