import type { Labels, MetricDescriptor } from "@rumkit/server";
import { sumBy } from "../promql/expression.ts";
import { topOf } from "../promql/ranking.ts";
import { RANGE } from "../promql/window.ts";
import type { QueryPanel } from "./board.ts";
import type { BoardContext } from "./boardSpec.ts";

/** The families whose entries have labels of the catalog, with the label of the entry's name. */
const FAMILIES = {
  conversions_total: "conversion",
  rum_conversions_total: "conversion",
  actions_total: "action",
  rum_actions_total: "action",
} as const;

/** Labels that are not the catalog's: other panels have them. */
const NOT_DECLARED = new Set(["experience"]);

/** A panel for each label of each conversion and action: `purchase by payment_method`. */
export function totalsByLabel({ promql, descriptors }: BoardContext): QueryPanel[] {
  return Object.entries(FAMILIES).flatMap(([family, named]) =>
    labelsByName(descriptors, family, named).map(({ name, label }) => ({
      name: `total-by-label-${family.replaceAll("_", "-")}-${name}-${label}`.replaceAll("_", "-"),
      title: `${name} by ${label} in total`,
      description: `How often ${name} was counted in the time shown, by its label ${label}: the ten most frequent values. When one value has nearly all of it, look at the recent activity of the live page for who it is.`,
      kind: "bargauge" as const,
      queries: [
        {
          expression: topOf(sumBy([label], promql.increase(family, RANGE, { [named]: name }))),
          legend: `{{${label}}}`,
        },
      ],
    })),
  );
}

/** The money of each conversion by each label that its `value.by` names: one panel for each currency. */
export function revenueByLabel({ promql, descriptors }: BoardContext): QueryPanel[] {
  const known = descriptors.find(({ name }) => name === "revenue_total")?.known ?? [];
  const panels = known.flatMap(({ conversion = "", currency = "", ...labels }) =>
    declaredOf(labels).map((label): [string, QueryPanel] => [
      `${conversion} ${label} ${currency}`,
      {
        name: `revenue-by-label-${conversion}-${label}-${currency.toLowerCase()}`.replaceAll("_", "-"),
        title: `${conversion} by ${label} in money, ${currency}`,
        description: `Money of ${conversion} in the time shown, by its label ${label}: the ten highest sums. When one value has nearly all of it, talk to those who use it first.`,
        kind: "bargauge",
        queries: [
          {
            expression: topOf(
              sumBy([label], promql.increase("revenue_total", RANGE, { conversion, currency })),
            ),
            legend: `{{${label}}}`,
          },
        ],
      },
    ]),
  );
  return [...new Map(panels).values()];
}

/** The declared labels of each entry of a family, in the order of the catalog. */
function labelsByName(
  descriptors: readonly MetricDescriptor[],
  family: string,
  named: string,
): { readonly name: string; readonly label: string }[] {
  const known = descriptors.find(({ name }) => name === family)?.known ?? [];
  const entries = Map.groupBy(known, (labels) => labels[named] ?? "");
  return [...entries].flatMap(([name, [first = {}]]) =>
    declaredOf(first)
      .filter((label) => label !== named)
      .map((label) => ({ name, label })),
  );
}

/** The labels of a series that its entry declares. */
function declaredOf(labels: Labels): string[] {
  return Object.keys(labels).filter((label) => !NOT_DECLARED.has(label));
}
