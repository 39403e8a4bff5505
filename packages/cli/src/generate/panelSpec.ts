import type { Expression } from "./expression.ts";
import type { PanelType } from "./grafanaTypes.ts";

/** From this value on, in the panel's unit, what is shown has the color. The first step starts at null. */
export interface ColourStep {
  readonly value: number | null;
  readonly color: "green" | "orange" | "red";
}

export interface PanelQuery {
  readonly expression: Expression;
  /** Grafana's legend: text with `{{label}}`. */
  readonly legend: string;
}

/** One panel, before it has Grafana's form. */
export interface PanelSpec {
  /**
   * 1–999 and never given to another panel: links to a panel and Grafana's migrations go by it. A panel for each of
   * several currencies has six digits more.
   */
  readonly id: number;
  readonly title: string;
  /** Full sentences: what is counted, by whom, and how to read it. */
  readonly description: string;
  /** A `timeseries` shows what happened when, the others one value: of now, or of all the time that is shown. */
  readonly type: PanelType;
  /** Queries with the same unit. A panel without any is left out. */
  readonly queries: readonly PanelQuery[];
  readonly steps?: readonly ColourStep[];
}

/** Panels under one heading. */
export interface PanelSection {
  /** Of the heading: unique among panels too. */
  readonly id: number;
  readonly title: string;
  readonly panels: readonly PanelSpec[];
}
