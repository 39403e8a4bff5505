import type { Expression } from "./expression.ts";
import type { PanelType } from "./grafanaTypes.ts";

/** The color from a value on, in the panel's unit. The first step starts at null. */
export interface ColourStep {
  readonly value: number | null;
  readonly color: "green" | "orange" | "red";
}

export interface PanelQuery {
  readonly expression: Expression;
  /** Grafana's legend: text with `{{label}}`. */
  readonly legend: string;
}

/** One panel, before it is rendered for Grafana. */
export interface PanelSpec {
  /**
   * 1–999, and never reused for another panel, because links and Grafana's migrations refer to it. The panel of a
   * currency has six more digits.
   */
  readonly id: number;
  readonly title: string;
  /** Full sentences: what is counted, by whom, and how to read it. */
  readonly description: string;
  /**
   * A `timeseries` shows values over time. The others show one value: the current one, or one of the whole time range.
   */
  readonly type: PanelType;
  /** Queries with the same unit. A panel without any is left out. */
  readonly queries: readonly PanelQuery[];
  readonly steps?: readonly ColourStep[];
}

/** Panels under one heading. */
export interface PanelSection {
  /** The id of the heading, which no panel has. */
  readonly id: number;
  readonly title: string;
  readonly panels: readonly PanelSpec[];
}
