import { type Expression, haveSameLabels, type Labeled, withLabelsOf } from "./expression.ts";

/** A comparison. It returns the series of an expression for which it holds. */
export interface Condition {
  readonly text: string;
  readonly labels: readonly string[];
  /** The parts of the text, for tools that compare by themselves. Undefined if the text compares nothing. */
  readonly comparison?: Comparison;
}

/** The parts of a condition. */
interface Comparison {
  /** The expression whose value is compared, and is the value of an alert. */
  readonly value: string;
  readonly operator: ">" | "<" | ">=";
  readonly threshold: number;
  /** PromQL that follows the comparison, and narrows it: `\nand\n…`, or nothing. */
  readonly guards: string;
}

/** Holds while the value is above the threshold. Throws if it never can be. */
export function isAbove(expression: Expression, threshold: number): Condition {
  if (!(threshold < expression.highest)) {
    throw new Error(
      `[rumkit] ${expression.text} can never be above ${threshold}: it ends at ${expression.highest}. Take a lower threshold.`,
    );
  }
  return compare(expression, ">", threshold);
}

/** Holds while the value is below the threshold. Throws if it never can be, because no value is negative. */
export function isBelow(expression: Expression, threshold: number): Condition {
  if (!(threshold > 0)) {
    throw new Error(`[rumkit] ${expression.text} can never be below ${threshold}. Take a higher threshold.`);
  }
  return compare(expression, "<", threshold);
}

/** Holds while the value is the threshold or more. */
export function isAtLeast(expression: Expression, threshold: number): Condition {
  return compare(expression, ">=", threshold);
}

/** The expression where the condition holds, and nothing elsewhere. Throws if their labels differ. */
export function onlyIf(expression: Expression, condition: Condition): Expression {
  checkSameLabels(expression, condition);
  return { ...expression, text: `${expression.text} and ${condition.text}` };
}

function checkSameLabels(first: Labeled, stranger: Labeled): void {
  if (haveSameLabels(first, stranger)) return;
  throw new Error(
    `[rumkit] "and" needs the same labels: [${first.labels.join(", ")}] and [${stranger.labels.join(", ")}]. Sum both by the same labels.`,
  );
}

function compare(
  { text: value, labels }: Expression,
  operator: Comparison["operator"],
  threshold: number,
): Condition {
  return {
    text: `${value} ${operator} ${threshold}`,
    labels,
    comparison: { value, operator, threshold, guards: "" },
  };
}

/** Adds PromQL after a condition. */
function narrow(condition: Condition, guards: string): Condition {
  const { text, labels, comparison } = condition;
  return {
    text: text + guards,
    labels,
    ...(comparison && { comparison: { ...comparison, guards: comparison.guards + guards } }),
  };
}

/**
 * Holds while all conditions hold, and has the value of the first. Throws if their labels differ, because no series
 * would match.
 */
export function allOf(first: Condition, ...others: readonly Condition[]): Condition {
  for (const other of others) checkSameLabels(first, other);
  return narrow(first, others.map(({ text }) => `\nand\n${text}`).join(""));
}

/**
 * Holds while the first condition holds, and the second for the same value of a label. Throws if one of them lacks the
 * label.
 */
export function andOn(first: Condition, label: string, second: Condition): Condition {
  for (const condition of [first, second]) withLabelsOf(condition, `{{${label}}}`);
  return narrow(first, `\nand on (${label})\n${second.text}`);
}

/**
 * Holds while the first condition holds and no series of the second has the same label. Throws if one of them lacks
 * the label.
 */
export function unless(first: Condition, label: string, second: Condition): Condition {
  for (const condition of [first, second]) withLabelsOf(condition, `{{${label}}}`);
  return narrow(first, `\nunless on (${label})\n${second.text}`);
}
