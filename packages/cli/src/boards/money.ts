import type { MetricDescriptor } from "@rumkit/server";
import { perMinute, sumBy } from "../promql/expression.ts";
import { describeSlowPages } from "../promql/lostRevenue.ts";
import { RANGE, RATE_INTERVAL } from "../promql/window.ts";
import type { Query, QueryPanel } from "./board.ts";
import type { BoardContext } from "./boardSpec.ts";
import { CHANGE_WORDS, withChange, withLastWeek } from "./lastWeek.ts";

/** A panel of money. Its name and title are extended for each currency. */
interface MoneyPanel extends Omit<QueryPanel, "queries"> {
  readonly queries: (currency: string) => Query[];
}

/** Revenue over the time that is shown: one panel for each currency. */
export function revenueInTotal({ promql, descriptors }: BoardContext): QueryPanel[] {
  return byCurrency(descriptors, "revenue_total", (metric) => ({
    name: "revenue-in-total",
    title: "Revenue in total",
    description: `Money of conversions that the backend tracked in the time shown. Refunds are not subtracted. ${CHANGE_WORDS} When it is red, look for a step of the funnels that fewer sessions reach, and for errors of the payment.`,
    kind: "stat",
    queries: (currency) =>
      withChange(promql, "revenue", (at) => sumBy([], at.increase(metric, RANGE, { currency }))),
  }));
}

/** Revenue by conversion: one panel for each currency. */
export function revenuePerMinute({ promql, descriptors }: BoardContext): QueryPanel[] {
  return byCurrency(descriptors, "revenue_total", (metric) => ({
    name: "revenue-per-minute",
    title: "Revenue per minute",
    description:
      "Money of conversions that the backend tracked, in major units, by conversion. The dashed line is the same time last week. When it falls below that line, compare the marks of releases with the beginning, and look at Errors.",
    kind: "timeseries",
    queries: (currency) =>
      withLastWeek(promql, "{{conversion}}", (at) =>
        perMinute(sumBy(["conversion"], at.rate(metric, RATE_INTERVAL, { currency }))),
      ),
  }));
}

/** Revenue by the experience of the session, if the catalog asks for it. */
export function revenueByExperience({ promql, descriptors }: BoardContext): QueryPanel[] {
  if (!knowsExperience(descriptors)) return [];
  return byCurrency(descriptors, "revenue_total", (metric) => ({
    name: "revenue-by-experience",
    title: "Revenue per minute by experience",
    description:
      "Money by the worst rating of LCP, INP and CLS in the session, as the page reports in its baggage; unknown if it reports none. When poor grows, look at Page experience for the route that has become slow.",
    kind: "timeseries",
    style: "stacked",
    colors: { ...EXPERIENCE_COLORS, unknown: "text" },
    queries: (currency) => [
      {
        expression: perMinute(sumBy(["experience"], promql.rate(metric, RATE_INTERVAL, { currency }))),
        legend: "{{experience}}",
      },
    ],
  }));
}

/** Money that slow pages may have cost, for each conversion that the catalog counts by experience. */
export function lostRevenues({ promql, descriptors }: BoardContext): QueryPanel[] {
  const known = descriptors.find(({ name }) => name === "revenue_total")?.known ?? [];
  const rated = known.filter(({ experience }) => experience === "good");
  // Money that is counted by further labels is one sum here.
  const sums = new Map(
    rated.map(({ conversion = "", currency = "" }) => [
      `${conversion} ${currency}`,
      { conversion, currency },
    ]),
  );
  return [...sums.values()]
    .toSorted((a, b) => (a.conversion + a.currency < b.conversion + b.currency ? -1 : 1))
    .map(({ conversion, currency }) => ({
      name: `lost-revenue-${conversion}-${currency.toLowerCase()}`,
      title: `Estimated cost of slow pages in total: ${conversion}, ${currency}`,
      description:
        "What sessions with poor pages would have spent if they had spent as much as those with good pages, minus what they spent, in the time shown. An estimate: slow phones may belong to people who buy less anyway, and below some hundred sessions of each it is chance. When it is red, make the routes of Page experience fast that most sessions see; below 0, speed is not what costs.",
      kind: "stat",
      thresholds: [
        { value: null, color: "green" },
        { value: 1, color: "red" },
      ],
      queries: [
        {
          expression: describeSlowPages(promql, RANGE, [], { conversion, currency }).lost,
          legend: "lost",
        },
      ],
    }));
}

/** Refunds by conversion: one panel for each currency. */
export function refundsPerMinute({ promql, descriptors }: BoardContext): QueryPanel[] {
  return byCurrency(descriptors, "refunds_total", (metric) => ({
    name: "refunds-per-minute",
    title: "Refunds per minute",
    description:
      "Refunded money, in major units, by conversion. It is not subtracted from revenue. When it rises above last week's dashed line, ask support for the reason that customers give.",
    kind: "timeseries",
    queries: (currency) =>
      withLastWeek(promql, "{{conversion}}", (at) =>
        perMinute(sumBy(["conversion"], at.rate(metric, RATE_INTERVAL, { currency }))),
      ),
  }));
}

/** Refunds over the time that is shown: one panel for each currency. */
export function refundsInTotal({ promql, descriptors }: BoardContext): QueryPanel[] {
  return byCurrency(descriptors, "refunds_total", (metric) => ({
    name: "refunds-in-total",
    title: "Refunds in total",
    description:
      "Money that was refunded in the time shown, for purchases of any time. When it is high against revenue, look at the refunds by conversion below.",
    kind: "stat",
    queries: (currency) => [
      { expression: sumBy([], promql.increase(metric, RANGE, { currency })), legend: "refunds" },
    ],
  }));
}

/** The colors of ratings, which are the same on every board. */
export const EXPERIENCE_COLORS = { good: "green", needs_improvement: "orange", poor: "red" } as const;

function knowsExperience(descriptors: readonly MetricDescriptor[]): boolean {
  return descriptors.some(({ name, labels }) => name === "revenue_total" && labels.includes("experience"));
}

/** Returns the panel for each currency of a metric, because an axis has only one; none without the metric. */
function byCurrency(
  descriptors: readonly MetricDescriptor[],
  metric: string,
  panelOf: (metric: string) => MoneyPanel,
): QueryPanel[] {
  return currenciesOf(descriptors, metric).map((currency) => {
    const { queries, ...panel } = panelOf(metric);
    return {
      ...panel,
      name: `${panel.name}-${currency.toLowerCase()}`,
      title: `${panel.title}, ${currency}`,
      queries: queries(currency),
    };
  });
}

/** Returns the currencies of a metric, sorted; an empty list if the metric is missing. */
function currenciesOf(descriptors: readonly MetricDescriptor[], metric: string): string[] {
  const known = descriptors.find(({ name }) => name === metric)?.known ?? [];
  return [...new Set(known.flatMap(({ currency }) => currency ?? []))].toSorted();
}
