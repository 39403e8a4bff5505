/**
 * Grafana's models as `@grafana/grafana-foundation-sdk` declares them, with the values of its enums in their place. Types
 * only, so that nothing of the SDK is loaded or installed with this package. No other file names the SDK.
 */
import type * as bargauge from "@grafana/grafana-foundation-sdk/bargauge";
import type { GraphFieldConfig } from "@grafana/grafana-foundation-sdk/common";
import type * as classic from "@grafana/grafana-foundation-sdk/dashboard";
import type * as v2 from "@grafana/grafana-foundation-sdk/dashboardv2";
import type * as gauge from "@grafana/grafana-foundation-sdk/gauge";
import type * as heatmap from "@grafana/grafana-foundation-sdk/heatmap";
import type * as piechart from "@grafana/grafana-foundation-sdk/piechart";
import type { Dataquery } from "@grafana/grafana-foundation-sdk/prometheus";
import type { Manifest } from "@grafana/grafana-foundation-sdk/resource";
import type * as stat from "@grafana/grafana-foundation-sdk/stat";
import type * as statetimeline from "@grafana/grafana-foundation-sdk/statetimeline";
import type * as table from "@grafana/grafana-foundation-sdk/table";
import type * as text from "@grafana/grafana-foundation-sdk/text";
import type * as timeseries from "@grafana/grafana-foundation-sdk/timeseries";
import type { PanelKind } from "../boards/board.ts";

/** A type with the values of enums in place of the enums, which a module without their code cannot name. */
type Plain<T> = 0 extends 1 & T
  ? unknown
  : T extends string
    ? `${T}`
    : T extends number
      ? `${T}` extends `${infer N extends number}`
        ? N
        : T
      : T extends readonly (infer Item)[]
        ? readonly Plain<Item>[]
        : T extends object
          ? { readonly [Key in keyof T]: Plain<T[Key]> }
          : T;

/** A query of Prometheus. */
export type PrometheusQuery = Plain<Omit<Dataquery, "_implementsDataqueryVariant">>;

/** Options of each visualization. */
export interface VisualizationOptions extends Record<PanelKind, unknown> {
  stat: Plain<stat.Options>;
  gauge: Plain<gauge.Options>;
  bargauge: Plain<bargauge.Options>;
  piechart: Plain<piechart.Options>;
  table: Plain<table.Options>;
  timeseries: Plain<timeseries.Options>;
  heatmap: Plain<heatmap.Options>;
  "state-timeline": Plain<statetimeline.Options>;
  text: Plain<text.Options>;
}

export type GraphStyle = Plain<GraphFieldConfig>;

/** Both models have the same standard options. */
export type FieldConfigSource = Plain<classic.FieldConfigSource> & Plain<v2.FieldConfigSource>;

/** The classic model. */
export type ClassicPanel = Omit<Plain<classic.Panel>, "targets"> & {
  readonly targets?: readonly PrometheusQuery[];
};
export type ClassicRow = Omit<Plain<classic.RowPanel>, "panels"> & {
  readonly panels: readonly ClassicPanel[];
};
export type ClassicVariable = Plain<classic.VariableModel>;
export type ClassicAnnotation = Omit<Plain<classic.AnnotationQuery>, "target"> & {
  readonly target: PrometheusQuery;
};
export type ClassicDashboard = Omit<Plain<classic.Dashboard>, "panels" | "annotations"> & {
  readonly annotations: { readonly list: readonly ClassicAnnotation[] };
  readonly panels: readonly (ClassicPanel | ClassicRow)[];
};

/** The V2 resource. */
type V2Dashboard = Plain<v2.Dashboard>;
export type V2Panel = Plain<v2.PanelKind>;
export type V2Row = Plain<v2.RowsLayoutRowKind>;
export type V2Variable = Plain<v2.VariableKind>;
export type V2Query = Plain<v2.DataQueryKind>;
export type V2Annotation = Plain<v2.AnnotationQueryKind>;
export type V2Resource = Omit<Plain<Manifest>, "spec"> & { readonly spec: V2Dashboard };
