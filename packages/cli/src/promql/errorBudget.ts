import type { Expression } from "./expression.ts";

/**
 * The part of an objective's error budget that is left: 1 with nothing bad, 0 once all that the objective allows was
 * bad, negative beyond.
 *
 * @param bad The share of bad events, of all events in the window.
 * @param allowed The share that the objective allows, above 0, as `allowedShareOf` returns it.
 * @throws If the share is not one of a whole, or nothing is allowed.
 */
export function budgetLeft(bad: Expression, allowed: number): Expression {
  const { text, ...rest } = burnRate(bad, allowed);
  return { ...rest, text: `1 - ${text}`, unit: "change", highest: 1 };
}

/**
 * The speed at which an objective's error budget is spent: 1 if it lasts exactly as long as the objective's time.
 *
 * It is the share of bad events divided by the share that is allowed, never the share itself.
 */
export function burnRate(bad: Expression, allowed: number): Expression {
  if (bad.unit !== "ratio" || bad.highest !== 1)
    throw new Error(`[rumkit] Only a share of a whole spends a budget: ${bad.text}. Use ratioOf().`);
  if (!(allowed > 0 && allowed < 1))
    throw new Error(`[rumkit] An objective allows a share between 0 and 1: ${allowed}. Take its rest.`);
  return { ...bad, text: `(${bad.text}) / ${allowed}`, unit: "number", highest: 1 / allowed };
}

/** The lowest of several values, with its name as a label. Each value needs to have no labels. */
export function lowestOf(label: string, values: Readonly<Record<string, Expression>>): Expression {
  const named = Object.entries(values).map(
    ([name, { text }]) => `label_replace(${text}, ${JSON.stringify(label)}, ${JSON.stringify(name)}, "", "")`,
  );
  const [first] = Object.values(values);
  if (!first || Object.values(values).some(({ labels }) => labels.length > 0))
    throw new Error(`[rumkit] The lowest of ${named.length} values has no name. Give values without labels.`);
  return { ...first, text: `bottomk(1, ${named.join(" or ")})`, labels: [label] };
}
