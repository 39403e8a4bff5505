/**
 * Joins the values of several processes, in the order of their start, by a rule of `prom-client`: `sum` (default), `first`,
 * `min`, `max`, `average` or `omit`. Undefined if they have none.
 */
export function joinValues(rule: string | undefined, values: readonly number[]): number | undefined {
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length === 0 || rule === "omit") return undefined;
  const sum = known.reduce((total, value) => total + value, 0);
  if (rule === "first") return known[0];
  if (rule === "min") return Math.min(...known);
  if (rule === "max") return Math.max(...known);
  return rule === "average" ? sum / known.length : sum;
}
