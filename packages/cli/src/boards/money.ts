import type { MetricDescriptor } from "@rumkit/server";
import { type Expression, perMinute, sumBy } from "../promql/expression.ts";
import type { Promql } from "../promql/promql.ts";
import { RANGE, RATE_INTERVAL } from "../promql/window.ts";
import type { QueryPanel } from "./board.ts";
import type { BoardContext } from "./boardSpec.ts";

/** A panel of money. Its name and title are extended for each currency. */
interface MoneyPanel extends Omit<QueryPanel, "queries"> {
  readonly legend: string;
  readonly expression: (currency: string) => Expression;
}

/** Revenue over the time that is shown: one panel for each currency. */
export function revenueInTotal({ promql, descriptors }: BoardContext): QueryPanel[] {
  return byCurrency(descriptors, "revenue_total", (metric) => ({
    name: "revenue-in-total",
    title: "Revenue in total",
    description:
      "Money of conversions that the backend tracked in the time shown. Refunds are not subtracted.",
    kind: "stat",
    legend: "revenue",
    expression: (currency) => sumBy([], promql.increase(metric, RANGE, { currency })),
  }));
}

/** Revenue by conversion: one panel for each currency. */
export function revenuePerMinute({ promql, descriptors }: BoardContext): QueryPanel[] {
  return byCurrency(descriptors, "revenue_total", (metric) => ({
    name: "revenue-per-minute",
    title: "Revenue per minute",
    description: "Money of conversions that the backend tracked, in major units, by conversion.",
    kind: "timeseries",
    legend: "{{conversion}}",
    expression: moneyPerMinute(promql, metric, "conversion"),
  }));
}

/** Revenue by the experience of the session, if the catalog asks for it. */
export function revenueByExperience({ promql, descriptors }: BoardContext): QueryPanel[] {
  const revenue = descriptors.find(({ name }) => name === "revenue_total");
  if (!revenue?.labels.includes("experience")) return [];
  return byCurrency(descriptors, "revenue_total", (metric) => ({
    name: "revenue-by-experience",
    title: "Revenue per minute by experience",
    description:
      "Money by the worst rating of LCP, INP and CLS in the session, as the page reports in its baggage; unknown if it reports none.",
    kind: "timeseries",
    colors: { good: "green", needs_improvement: "orange", poor: "red" },
    legend: "{{experience}}",
    expression: moneyPerMinute(promql, metric, "experience"),
  }));
}

/** Refunds by conversion: one panel for each currency. */
export function refundsPerMinute({ promql, descriptors }: BoardContext): QueryPanel[] {
  return byCurrency(descriptors, "refunds_total", (metric) => ({
    name: "refunds-per-minute",
    title: "Refunds per minute",
    description: "Refunded money, in major units. It is not subtracted from revenue.",
    kind: "timeseries",
    legend: "{{conversion}}",
    expression: moneyPerMinute(promql, metric, "conversion"),
  }));
}

function moneyPerMinute(promql: Promql, metric: string, label: string): (currency: string) => Expression {
  return (currency) => perMinute(sumBy([label], promql.rate(metric, RATE_INTERVAL, { currency })));
}

/** Returns the panel for each currency of a metric, because an axis has only one; none without the metric. */
function byCurrency(
  descriptors: readonly MetricDescriptor[],
  metric: string,
  panelOf: (metric: string) => MoneyPanel,
): QueryPanel[] {
  return currenciesOf(descriptors, metric).map((currency) => {
    const { legend, expression, ...panel } = panelOf(metric);
    return {
      ...panel,
      name: `${panel.name}-${currency.toLowerCase()}`,
      title: `${panel.title}, ${currency}`,
      queries: [{ expression: expression(currency), legend }],
    };
  });
}

/** Returns the currencies of a metric, sorted; none if there is no such metric. */
function currenciesOf(descriptors: readonly MetricDescriptor[], metric: string): string[] {
  const known = descriptors.find(({ name }) => name === metric)?.known ?? [];
  return [...new Set(known.flatMap(({ currency }) => currency ?? []))].toSorted();
}
