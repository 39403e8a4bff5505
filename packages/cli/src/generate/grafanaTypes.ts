/** The part of Grafana's classic dashboard model (v1, schemaVersion 42) that rumkit uses. */
export interface Dashboard {
  readonly id: null;
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly panels: readonly (Panel | Row)[];
  readonly [key: string]: unknown;
}

export interface DatasourceRef {
  readonly type: "prometheus";
  readonly uid: string;
}

/** Columns are 0–24, a unit of height is 30 px. */
export interface GridPos {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Target {
  readonly refId: string;
  readonly datasource: DatasourceRef;
  readonly expr: string;
  readonly legendFormat: string;
  /** True for a value at each point of a graph, false for one value at the end of the time range. */
  readonly range: boolean;
  readonly instant: boolean;
}

/** The visualizations that rumkit uses. */
export type PanelType = "timeseries" | "stat" | "bargauge";

export interface Panel {
  readonly id: number;
  readonly type: PanelType;
  readonly title: string;
  readonly description: string;
  readonly datasource: DatasourceRef;
  readonly gridPos: GridPos;
  readonly fieldConfig: {
    readonly defaults: { readonly unit: string; readonly [key: string]: unknown };
    readonly overrides: readonly never[];
  };
  readonly options: Readonly<Record<string, unknown>>;
  readonly targets: readonly Target[];
}

/** A heading over the panels that follow it. */
export interface Row {
  readonly id: number;
  readonly type: "row";
  readonly title: string;
  readonly collapsed: false;
  readonly gridPos: GridPos;
  readonly panels: readonly never[];
}
