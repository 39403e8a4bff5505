import { withLabelsOf } from "../promql/expression.ts";
import { isRanked } from "../promql/ranking.ts";
import { RANGE, RATE_INTERVAL } from "../promql/window.ts";
import { hasAxis, isOneValue, type Panel, type QueryPanel } from "./board.ts";

/**
 * Throws for a panel that would mislead: queries of several units or currencies on one axis, single values in no order,
 * a legend with a label that the expression lacks, or a window that does not suit the kind of the panel.
 */
export function checkPanel(panel: Panel): void {
  if (panel.kind === "text") return;
  checkUnits(panel);
  for (const { expression, legend } of panel.queries) {
    withLabelsOf(expression, legend);
    checkWindow(panel, expression.text);
  }
  checkOrder(panel);
}

function checkUnits(panel: QueryPanel): void {
  if (!hasAxis(panel)) return;
  const units = new Set(
    panel.queries.map(({ expression: { unit, currency } }) =>
      currency === undefined ? unit : `${unit} (${currency})`,
    ),
  );
  if (units.size > 1)
    throw new Error(
      `[rumkit] Panel "${panel.title}" needs one unit: ${[...units].join(", ")}. Split it into panels of one unit each.`,
    );
}

/** Values beside or below each other, whose order is that of Prometheus' answer. A table has a sorted column. */
function checkOrder(panel: QueryPanel): void {
  if (!isOneValue(panel) || panel.kind === "table") return;
  const unsorted = panel.queries.find(({ expression }) => !isRanked(expression));
  if (unsorted)
    throw new Error(
      `[rumkit] Panel "${panel.title}" has series in no order: ${unsorted.expression.text}. Take highestFirst(), lowestFirst(), or one query for each.`,
    );
}

/**
 * In a graph, `$__range` would look back before the time range at each point; a single value over less than a minute
 * would be random.
 */
function checkWindow(panel: QueryPanel, text: string): void {
  const wrong = isOneValue(panel) ? RATE_INTERVAL : RANGE;
  if (text.includes(wrong))
    throw new Error(`[rumkit] Panel "${panel.title}" is a ${panel.kind}, and asks for ${wrong}: ${text}.`);
}
