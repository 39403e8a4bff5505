/** The parts of a classic dashboard that are drawn. */

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly templating: { readonly list: [] };
  readonly panels: readonly Panel[];
}

export interface Panel {
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
  readonly fieldConfig?: { readonly defaults: Defaults; readonly overrides: readonly Override[] };
  readonly options?: {
    readonly content?: string;
    /** Of a stat. */
    readonly textMode?: string;
    /** Of a heat map: the unit of the buckets. */
    readonly yAxis?: { readonly unit?: string };
    /** Of a table. */
    readonly sortBy?: readonly { readonly displayName: string; readonly desc: boolean }[];
  };
  /** Panels of a collapsed row. */
  readonly panels?: readonly Panel[];
}

export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  readonly instant: boolean;
}

interface Defaults {
  readonly unit?: string;
  readonly decimals?: number;
  readonly max?: number;
  readonly color?: { readonly mode: string };
  readonly thresholds?: {
    readonly steps: readonly { readonly value: number | null; readonly color: string }[];
  };
  readonly custom?: { readonly drawStyle?: string; readonly stacking?: { readonly mode: string } };
  readonly mappings?: readonly {
    readonly options: Readonly<Record<string, { readonly text?: string; readonly color?: string }>>;
  }[];
}

interface Override {
  readonly matcher: { readonly id: string; readonly options: unknown };
  readonly properties: readonly { readonly id: string; readonly value: unknown }[];
}

/** One line of a graph, or one value: what a query returned for a label set. */
export interface Series {
  readonly refId: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Times in Unix seconds, and values. Of an instant query, one. */
  readonly points: readonly (readonly [at: number, value: number])[];
}

/** A panel with the data that Prometheus returned for it. */
export interface FilledPanel {
  readonly panel: Panel;
  readonly series: readonly Series[];
}

/** A row of a dashboard, with its panels. */
export interface FilledRow {
  readonly title: string;
  readonly panels: readonly FilledPanel[];
}

/** The time that is drawn, in Unix seconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Returns the last value of a series. */
export function lastOf({ points }: Series): number {
  return points.at(-1)?.[1] ?? Number.NaN;
}
