import { type Labels, labelOf } from "../metrics/descriptor.ts";

/** Label values that a series must have. A label that it lacks is the empty text, as in Prometheus. */
export interface Where {
  readonly label: string;
  readonly oneOf?: readonly string[];
  readonly not?: string;
  /** The first characters of a value of three: `5` for `5xx` and `503`. */
  readonly startsWith?: string;
}

/** The series of a metric that a condition reads, and the labels whose values it evaluates separately. */
export interface Selector {
  readonly metric: string;
  /** Of a histogram: only observations up to this bucket edge. Default: all. */
  readonly edge?: number | undefined;
  readonly where: readonly Where[];
  readonly by: readonly string[];
}

/** Numbers by the values of the selector's `by`, as text. */
export type Vector = ReadonlyMap<string, number>;

/** Two selectors with the same key select the same. */
export function keyOfSelector({ metric, edge, where, by }: Selector): string {
  return JSON.stringify([metric, edge ?? null, where, by]);
}

export function isSelected({ where }: Selector, labels: Labels): boolean {
  return where.every(({ label, oneOf, not, startsWith }) => {
    const value = labelOf(labels, label) ?? "";
    if (oneOf) return oneOf.includes(value);
    if (startsWith !== undefined) return value.length === 3 && value.startsWith(startsWith);
    return value !== not;
  });
}

/** Returns the values of the labels in `by` as one text. */
export function groupOf(by: readonly string[], labels: Labels): string {
  return by.length === 0 ? "" : JSON.stringify(by.map((label) => labelOf(labels, label) ?? ""));
}

/** Returns the labels of a group, without empty ones. */
export function labelsOfGroup(by: readonly string[], group: string): Record<string, string> {
  if (group === "") return {};
  const values = JSON.parse(group) as string[];
  return Object.fromEntries(
    by.map((label, index) => [label, values[index] ?? ""]).filter(([, value]) => value !== ""),
  );
}
