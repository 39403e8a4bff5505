import type { Expression } from "./expression.ts";

/** More lines than this cannot be distinguished in a graph. */
const SHOWN = 10;

/** The ten series with the highest values, of many by route or element: all of them would be a carpet. */
export function topOf(expression: Expression): Expression {
  return { ...expression, text: `topk(${SHOWN}, ${expression.text})` };
}

/** Sorts the series of single values, the highest first: Prometheus returns them in no order. */
export function highestFirst(expression: Expression): Expression {
  return { ...expression, text: `sort_desc(${expression.text})` };
}

/** Sorts the series of single values, the lowest first. */
export function lowestFirst(expression: Expression): Expression {
  return { ...expression, text: `sort(${expression.text})` };
}

/** The highest value of all series: of a state of several processes, that of the one that is worst off. */
export function highestOf(expression: Expression): Expression {
  return { ...expression, text: `max(${expression.text})`, labels: [] };
}

/** True if the order of the series is that of their values, or if there is one series at most. */
export function isRanked({ text, labels }: Expression): boolean {
  return (
    /^(?:sort|sort_desc|topk|bottomk)\(/.test(text) || labels.every((label) => text.includes(`${label}="`))
  );
}
