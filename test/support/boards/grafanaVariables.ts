import type { QueryApi } from "../queryApi.ts";

/** A variable in a classic dashboard. */
interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query: string | { readonly query: string };
  readonly current?: { readonly value: string | readonly string[] };
  readonly allValue?: string;
}

/** The values that a variable offers, and the text that it stands for in an expression. */
export interface Filled {
  readonly offered: readonly string[];
  readonly text: string;
}

/**
 * Fills the variables of a dashboard in its own order, as Grafana does when it is opened: it asks the data source for the
 * values of each query, and writes several of them as a regular expression.
 *
 * @param chosen Values that a reader chooses, by variable.
 */
export async function fillVariables(
  dashboard: { readonly templating: { readonly list: readonly Variable[] } },
  api: QueryApi,
  chosen: Readonly<Record<string, string>> = {},
): Promise<Record<string, Filled>> {
  const filled: Record<string, Filled> = {};
  for (const variable of dashboard.templating.list.filter(({ type }) => type !== "datasource")) {
    const query = typeof variable.query === "string" ? variable.query : variable.query.query;
    if (variable.type === "query") {
      const offered = await valuesOf(interpolate(query, filled), api);
      filled[variable.name] = { offered, text: chosen[variable.name] ?? textOf(variable, offered) };
    } else {
      const text = String(variable.current?.value ?? query);
      filled[variable.name] = { offered: [text], text };
    }
  }
  return filled;
}

function textOf({ current, allValue }: Variable, offered: readonly string[]): string {
  const selected = [current?.value ?? []].flat();
  const values = selected.includes("$__all") ? offered : selected;
  if (values === offered && allValue !== undefined) return allValue;
  const escaped = values.map((value) => value.replaceAll(/[$()*+./?[\\\]^{|}-]/g, String.raw`\\$&`));
  return escaped.length === 1 ? escaped[0]! : `(${escaped.join("|")})`;
}

async function valuesOf(query: string, api: QueryApi): Promise<readonly string[]> {
  const [, selector = "", label = ""] = /^label_values\((.*), (\w+)\)$/.exec(query) ?? [];
  if (label === "") throw new Error(`Not a query of label values: ${query}`);
  const match = encodeURIComponent(selector);
  return ((await api.ask(`label/${label}/values?match[]=${match}`)) as { data: string[] }).data;
}

/** The windows of a graph: its whole range, and the time of one point. */
export interface Windows {
  readonly range: string;
  readonly interval: string;
}

/** Writes the values of variables, and the windows of a graph, into an expression. Throws where one is not known. */
export function interpolate(
  expression: string,
  filled: Readonly<Record<string, Filled>>,
  { range, interval }: Windows = { range: "30m", interval: "30m" },
): string {
  return expression.replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced: string, plain: string) => {
    const name = braced ?? plain;
    if (name === "__range") return range;
    if (name === "__rate_interval" || name === "__interval") return interval;
    const text = filled[name]?.text;
    if (text === undefined) throw new Error(`No such variable: $${name} in ${expression}`);
    return text;
  });
}
