import type { UndeclaredPart } from "../base/generateSettings.ts";
import type { Duration } from "../promql/window.ts";
import type { Expression } from "../promql/expression.ts";

/** Grafana's visualizations that boards use, by the ids of their plugins. */
export type PanelKind = QueryPanelKind | "text";
export type QueryPanelKind =
  | "stat"
  | "gauge"
  | "bargauge"
  | "piechart"
  | "table"
  | "timeseries"
  | "heatmap"
  | "state-timeline";

/** Colors by meaning, so that Grafana's themes choose the shade. */
type Color = "green" | "orange" | "red" | "blue" | "purple" | "text";

/** The color from a value on, in the panel's unit. The first step starts at null. */
export interface Threshold {
  readonly value: number | null;
  readonly color: Color;
}

/** One query of a panel. Its refId, its unit and the kind of query (range or instant) follow from the panel. */
export interface Query {
  readonly expression: Expression;
  /** Grafana's legend: text with `{{label}}`. In a table, the heading of the column. */
  readonly legend: string;
}

interface PanelBase {
  /**
   * Unique on the board, in kebab-case, and never given to another panel: the panel's number follows from it, and links
   * refer to that.
   */
  readonly name: string;
  readonly title: string;
  /** Full sentences: what is counted, by whom, how to read it, and what to do when it is red. */
  readonly description: string;
}

/** A panel that shows queries. */
export interface QueryPanel extends PanelBase {
  readonly kind: QueryPanelKind;
  /**
   * A panel without any is left out. `timeseries`, `heatmap` and `state-timeline` show values over time, with
   * `$__rate_interval`; the others one value, of now or of the whole range (`$__range`). Panels with an axis need one
   * unit.
   */
  readonly queries: readonly Query[];
  /** Default none: green. */
  readonly thresholds?: readonly Threshold[];
  /** Fixed colors by the shown name of a series, such as `{ good: "green" }`. Default: Grafana's palette. */
  readonly colors?: Readonly<Record<string, Color>>;
  /** Texts of values, such as `{ "1": { text: "up", color: "green" } }`. */
  readonly states?: Readonly<Record<string, { readonly text: string; readonly color: Color }>>;
  /** Of a `stat`: as large as a wall needs. Default false. */
  readonly large?: boolean;
  /** Of a `timeseries`: the legend leaves out series that are 0 all the time. Default false. */
  readonly hidesZeros?: boolean;
  /** Of a `timeseries`. Default lines; `bars` for counts, `stacked` where series add up to a whole. */
  readonly style?: "lines" | "bars" | "stacked";
}

/** Words on a board: Markdown. */
interface TextPanel extends PanelBase {
  readonly kind: "text";
  readonly content: string;
}

export type Panel = QueryPanel | TextPanel;

/** Panels under one heading, line by line. The panels of a line share its width and have one height. */
export interface Section {
  readonly title: string;
  readonly rows: readonly (readonly Panel[])[];
  /** The part of the app that it is about, if no catalog declares that: settings may leave it out. */
  readonly about?: UndeclaredPart;
  /** True if only its heading is shown at first, and its queries are not sent. Default false. */
  readonly collapsed?: boolean;
}

/** The choice of a board's reader. */
export type Variable = { readonly kind: "datasource" } | ConstantVariable | QueryVariable;

export interface ConstantVariable {
  readonly kind: "constant";
  readonly name: string;
  readonly value: string;
}

export interface QueryVariable {
  readonly kind: "query";
  readonly name: string;
  readonly label: string;
  /** Grafana's `label_values(…)`. */
  readonly query: string;
  /**
   * A list: these values at first, and no "All". `listed`: all that the query returns. `anything`: all, series without
   * the label as well.
   */
  readonly all: readonly string[] | "listed" | "anything";
}

/** Events that are drawn over every graph. */
export interface Annotation {
  readonly name: string;
  /** PromQL: an event begins where it has a value. */
  readonly expr: string;
  /** Text with `{{label}}`. */
  readonly title: string;
  readonly text: string;
  readonly color: Color;
}

/** A board, independent of the format in which Grafana reads it. */
export interface Board {
  /** In kebab-case, unique in an app: the end of the uid and of the file's name. */
  readonly name: string;
  /** At most 40 characters, unique in Grafana. */
  readonly uid: string;
  /** Unique in Grafana: with two boards of one title in a folder, Grafana stops to provision any. */
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly timezone: string;
  /** The time that is shown at first, up to now. */
  readonly range: Duration;
  /** Time between two loads of all queries. */
  readonly refresh: Duration;
  readonly variables: readonly Variable[];
  readonly annotations: readonly Annotation[];
  /** Tags of the boards to which it links, with the same time and variables. */
  readonly linkTags: readonly string[];
  readonly sections: readonly PlacedSection[];
}

/** Columns are 0–24, a unit of height is 30 px. */
interface GridPos {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** A panel with its number and its place in the grid of the board. */
export interface PlacedPanel {
  readonly id: number;
  readonly gridPos: GridPos;
  readonly panel: Panel;
}

/** A section with the number and the place of its heading. */
export interface PlacedSection {
  readonly id: number;
  readonly title: string;
  readonly collapsed: boolean;
  readonly gridPos: GridPos;
  readonly panels: readonly PlacedPanel[];
}

/** True for a panel that shows one value of each series, not values over time. */
export function isOneValue({ kind }: Pick<Panel, "kind">): boolean {
  return kind !== "timeseries" && kind !== "heatmap" && kind !== "state-timeline";
}

/** True for a panel with an axis, which has one unit. */
export function hasAxis({ kind }: Pick<Panel, "kind">): boolean {
  return kind === "timeseries" || kind === "heatmap" || kind === "bargauge" || kind === "piechart";
}

/** Returns the name of a query as in Grafana: A to Z, then AA. */
export function refId(index: number): string {
  const letter = String.fromCodePoint(65 + (index % 26));
  return index < 26 ? letter : `${refId(Math.floor(index / 26) - 1)}${letter}`;
}
