import { type Expression, perMinute, sumBy } from "./expression.ts";
import type { PanelSpec } from "./panelSpec.ts";
import { type Promql, RANGE, RATE_INTERVAL } from "./promql.ts";
import type { MetricDescriptor } from "@rumkit/server";

/** A panel of money. Title and id are extended for each currency. */
interface MoneySpec extends Omit<PanelSpec, "queries"> {
  readonly legend: string;
  readonly expression: (currency: string) => Expression;
}

/**
 * Returns the panels of revenue per minute, of revenue over the time range, and of refunds: one for each currency,
 * because an axis has only one.
 */
export function revenuePanels(promql: Promql, descriptors: readonly MetricDescriptor[]): PanelSpec[] {
  const revenue = descriptors.find(({ name }) => name === "revenue_total");
  if (!revenue) return [];
  const { name } = revenue;
  return [
    ...byCurrency(revenue, {
      id: 14,
      title: "Revenue per minute",
      description: "Money of conversions that the backend tracked, in major units, by conversion.",
      type: "timeseries",
      legend: "{{conversion}}",
      expression: (currency) =>
        perMinute(sumBy(["conversion"], promql.rate(name, RATE_INTERVAL, { currency }))),
    }),
    ...byCurrency(revenue, {
      id: 18,
      title: "Revenue in total",
      description:
        "Money of conversions that the backend tracked in the time shown. Refunds are not subtracted.",
      type: "stat",
      legend: "revenue",
      expression: (currency) => sumBy([], promql.increase(name, RANGE, { currency })),
    }),
    ...(revenue.labels.includes("experience") ? byExperience(promql, revenue) : []),
  ];
}

/** Returns the panels of revenue by experience, if the catalog asks for it. */
function byExperience(promql: Promql, revenue: MetricDescriptor): PanelSpec[] {
  return byCurrency(revenue, {
    id: 16,
    title: "Revenue per minute by experience",
    description:
      "Money by the worst rating of LCP, INP and CLS in the session, as the page reports in its baggage; unknown if it reports none.",
    type: "timeseries",
    legend: "{{experience}}",
    expression: (currency) =>
      perMinute(sumBy(["experience"], promql.rate(revenue.name, RATE_INTERVAL, { currency }))),
  });
}

/** Refunds. */
export function refundPanels(promql: Promql, descriptors: readonly MetricDescriptor[]): PanelSpec[] {
  const refunds = descriptors.find(({ name }) => name === "refunds_total");
  if (!refunds) return [];
  return byCurrency(refunds, {
    id: 92,
    title: "Refunds per minute",
    description: "Refunded money, in major units. It is not subtracted from revenue.",
    type: "timeseries",
    legend: "{{conversion}}",
    expression: (currency) =>
      perMinute(sumBy(["conversion"], promql.rate(refunds.name, RATE_INTERVAL, { currency }))),
  });
}

function byCurrency({ known }: MetricDescriptor, { legend, expression, ...spec }: MoneySpec): PanelSpec[] {
  const currencies = [...new Set(known.flatMap((labels) => labels["currency"] ?? []))];
  return currencies.toSorted().map((currency) => ({
    ...spec,
    id: idOf(spec.id, currency),
    title: `${spec.title}, ${currency}`,
    queries: [{ expression: expression(currency), legend }],
  }));
}

/**
 * Returns the panel's id with two digits for each letter of the currency, so that a currency keeps its id when others
 * are added or removed.
 */
function idOf(id: number, currency: string): number {
  return Array.from(currency).reduce((sum, letter) => sum * 100 + (letter.charCodeAt(0) - 64), id);
}
