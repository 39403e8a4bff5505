import { type Filled, fillVariables, interpolate } from "../../../test/support/boards/grafanaVariables.ts";
import type { QueryApi } from "../../../test/support/queryApi.ts";
import type { Dashboard, FilledPanel, FilledRow, Panel, Series, Span, Target } from "./dashboard.ts";

/** Points of a line: about one for two pixels of a half board. */
const POINTS = 180;

/** The answer of `query` and of `query_range`. */
interface Answer {
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      readonly metric: Record<string, string>;
      readonly value?: readonly [number, string];
      readonly values?: readonly (readonly [number, string])[];
    }[];
  };
}

/** Runs every query of a dashboard over a time. */
export async function fillBoard(dashboard: Dashboard, api: QueryApi, span: Span): Promise<FilledRow[]> {
  const variables = await fillVariables(dashboard, api);
  const rows: { title: string; panels: FilledPanel[] }[] = [];
  const fill = async (panel: Panel): Promise<void> => {
    if (panel.type === "row") {
      rows.push({ title: panel.title, panels: [] });
      for (const inner of panel.panels ?? []) await fill(inner);
      return;
    }
    if (rows.length === 0) rows.push({ title: "", panels: [] });
    const series: Series[] = [];
    for (const target of panel.targets ?? []) series.push(...(await ask(api, target, variables, span)));
    rows.at(-1)!.panels.push({ panel, series });
  };
  for (const panel of dashboard.panels) await fill(panel);
  return rows;
}

async function ask(
  api: QueryApi,
  target: Target,
  variables: Record<string, Filled>,
  { from, to }: Span,
): Promise<Series[]> {
  const windows = { range: `${Math.round(to - from)}s`, interval: "1m" };
  const query = encodeURIComponent(interpolate(target.expr, variables, windows));
  const step = (to - from) / POINTS;
  const path = target.instant
    ? `query?query=${query}&time=${to}`
    : `query_range?query=${query}&start=${from}&end=${to}&step=${step}`;
  const { data, error } = (await api.ask(path)) as Answer;
  if (!data) throw new Error(`${target.expr}: ${error}`);
  return data.result.map(({ metric, value, values = [value!] }) => ({
    refId: target.refId,
    name: nameOf(target.legendFormat, metric),
    labels: metric,
    points: values.map(([at, text]): [number, number] => [at, Number(text)]),
  }));
}

function nameOf(legend: string, labels: Record<string, string>): string {
  if (legend === "__auto" || legend === "") return Object.values(labels).join(" ") || "value";
  return legend.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, label: string) => labels[label] ?? "");
}
