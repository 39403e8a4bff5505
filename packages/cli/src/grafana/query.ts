import { isOneValue, type Query, type QueryPanel, refId } from "../boards/board.ts";
import type { PrometheusQuery } from "./sdk.ts";

/** The variable and not a fixed data source, so that a board works in any Grafana. */
export const DATASOURCE = { type: "prometheus", uid: "${datasource}" } as const;

/** Renders the queries of a panel, without their data source. */
export function renderQueries(panel: QueryPanel): (PrometheusQuery & { readonly refId: string })[] {
  return panel.queries.map((query, index) => renderQuery(panel, query, refId(index)));
}

/**
 * A panel with one value queries the end of the time range only. The last point of a range query would keep showing
 * the value of a collector that has died.
 */
function renderQuery(
  panel: QueryPanel,
  { expression, legend }: Query,
  name: string,
): PrometheusQuery & { readonly refId: string } {
  const instant = isOneValue(panel);
  return {
    refId: name,
    editorMode: "code",
    expr: expression.text,
    legendFormat: panel.kind === "heatmap" ? "{{le}}" : legend,
    range: !instant,
    instant,
    format: panel.kind === "table" || panel.kind === "heatmap" ? panel.kind : "time_series",
  };
}
