import type { Condition } from "./condition.ts";
import type { ValueFormat } from "../catalog/alertTexts.ts";
import type { Selector } from "./selector.ts";

/** Series that a rule reads. */
export interface Read {
  readonly type: "counter" | "gauge";
  readonly selector: Selector;
}

/** A rule as the engine evaluates it. All times are milliseconds. */
export interface AlertRule {
  /** The name, and the windows of a burn rate: `ShopApiBudgetBurn 1h/5m`. Unique. */
  readonly id: string;
  /** The name as in the generated rules of Prometheus: `ShopCheckoutErrors`. */
  readonly name: string;
  readonly declaredAs: string | undefined;
  /** Labels that every alert of the rule has. */
  readonly labels: Readonly<Record<string, string>>;
  readonly condition: Condition;
  /** The series that the condition reads. */
  readonly reads: readonly Read[];
  readonly threshold: number;
  readonly side: "above" | "below";
  readonly unit: string;
  readonly format: ValueFormat;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  /** Milliseconds without any value after which the rule fires for that. Undefined: never. */
  readonly noDataForMs: number | undefined;
  /** `{value}` is the value, any other name in braces a label. */
  readonly summary: string;
  readonly description: string;
  /** A page of docs/runbooks, or a URL. */
  readonly runbook: string;
  /** The name of the board that shows more, such as `backend`. */
  readonly board: string;
}
