/** One query of a dashboard. */
export interface DashboardExpression {
  /** The panel's title. */
  readonly panel: string;
  readonly refId: string;
  /**
   * PromQL with variables: Grafana's `$__rate_interval` and `$__range`, and the board's own, such as `$job`, `$instance`
   * and `$route`.
   */
  readonly expr: string;
}

interface PanelWithQueries {
  readonly title?: string;
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
  /** Panels of a collapsed row. */
  readonly panels?: readonly PanelWithQueries[];
}

/** Returns every query of a classic dashboard, in the order of its panels: one that `renderClassic` returned, or its JSON. */
export function dashboardExpressions(dashboard: Readonly<Record<string, unknown>>): DashboardExpression[] {
  const { panels = [] } = dashboard as { readonly panels?: readonly PanelWithQueries[] };
  return panels.flatMap(({ title = "", targets = [], panels: inner = [] }) => [
    ...targets.map(({ refId, expr }) => ({ panel: title, refId, expr })),
    ...dashboardExpressions({ panels: inner }),
  ]);
}
