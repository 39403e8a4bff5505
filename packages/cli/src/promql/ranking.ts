import type { Expression } from "./expression.ts";

/** More lines than this cannot be distinguished in a graph. */
const SHOWN = 10;

/** The ten series with the highest values, of many by route or element: all of them would be a carpet. */
export function topOf(expression: Expression): Expression {
  return { ...expression, text: `topk(${SHOWN}, ${expression.text})` };
}
