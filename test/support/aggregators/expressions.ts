import type { Catalog } from "@rumkit/protocol";
import { describeMetrics } from "@rumkit/server";
import { dashboardExpressions, describeBoards, describeRules, renderClassic } from "rumkit/generate";
import { withVariables } from "../promtool.ts";

/** The windows of boards, of which some are in the past. */
export interface Windows {
  readonly range: string;
  readonly interval: string;
  /** In place of a week. */
  readonly past: string;
}

/**
 * Returns every query of the boards of a catalog, every recording of its rules, and the parts of its alerts: the value
 * of each, and what each of its guards compares. A comparison would hide what does not hold.
 */
export function expressionsOf(
  catalog: Catalog,
  { range, interval, past }: Windows,
): ReadonlyMap<string, string> {
  const metrics = describeMetrics(catalog);
  const { recordings, groups } = describeRules(metrics, catalog);
  const queries = describeBoards(metrics, catalog).flatMap((board) => {
    const { title, ...rest } = renderClassic(board) as { readonly title: string };
    return dashboardExpressions(rest).map(
      ({ panel, refId, expr }) =>
        [
          `${title}: ${panel} ${refId}`,
          withVariables(expr, { range, interval }).replaceAll("offset 1w", `offset ${past}`),
        ] as const,
    );
  });
  const recorded = recordings.map(({ name, expression }) => [name, expression.text] as const);
  const alerts = groups.flatMap(({ alerts: ofGroup }) =>
    ofGroup.flatMap(({ name, condition, labels }) =>
      condition.text
        .split(/\nand(?: on \([\w, ]+\))?\n/)
        .map((part, index) => [alertPart(name, labels, index), withoutComparison(part)] as const),
    ),
  );
  const all = [...queries, ...recorded, ...alerts];
  return new Map(all.map(([name, expression]) => [name, betweenObservations(expression)]));
}

/**
 * A quantile whose rank is a whole number lies at the edge of a bucket. If the next bucket is empty, the last digit of a sum
 * decides between two edges: also over one process, where Prometheus adds series in any order.
 */
function betweenObservations(expression: string): string {
  return expression.replaceAll(/histogram_quantile\((0\.\d+),/g, "histogram_quantile($1007,");
}

/** `ShopApiBudgetBurn 1h/5m`, and `ShopApiBudgetBurn 1h/5m, guard 1`. */
function alertPart(name: string, labels: Readonly<Record<string, string>>, index: number): string {
  const { long, short, cause } = labels;
  const windows = long === undefined ? "" : ` ${long}/${short}`;
  const without = cause === undefined ? "" : ` ${cause}`;
  return `${name}${windows}${without}${index === 0 ? "" : `, guard ${index}`}`;
}

function withoutComparison(part: string): string {
  return part.trim().replace(/\s(?:>=?|<)\s-?[\d.e+-]+$/, "");
}
