import { divide, quantile, type RawSeries, select, sumBy, times, type Values } from "./rawCounters.ts";

/** A panel whose value is worked out from what the counters grew by, without PromQL. */
export interface KeyPanel {
  /** The name of its board's file, its title and the query's refId, which is left out where `matching` is given. */
  readonly query: string;
  /** A matcher that only this query of the panel has, apart from that of last week. */
  readonly matching?: string;
  /** Returns the values that the query shows of a time of so many seconds. */
  readonly valueOf: (grown: readonly RawSeries[], seconds: number) => Values;
  /** True for a value per time, for which each engine chooses the time by which it divides. */
  readonly isPerTime?: true;
}

const requests = (grown: readonly RawSeries[], labels = {}) => select(grown, "http_requests_total", labels);

function failedShare(grown: readonly RawSeries[]): Values {
  const failed = requests(grown).filter(({ labels }) => labels["status"]?.startsWith("5"));
  return divide(sumBy(failed), sumBy(requests(grown)));
}

const revenue = (currency: string) => (grown: readonly RawSeries[]) =>
  sumBy(select(grown, "revenue_total", { currency }));

/** A board shows these of the shop, whatever else Prometheus scrapes. */
export const KEY_PANELS: readonly KeyPanel[] = [
  { query: "business: Revenue in total, EUR A", valueOf: revenue("EUR") },
  { query: "business: Revenue in total, USD A", valueOf: revenue("USD") },
  {
    query: "business: Conversions in total A",
    valueOf: (grown) => sumBy(select(grown, "conversions_total"), ["conversion"]),
  },
  {
    query: "business: Conversions in total B",
    valueOf: (grown) => sumBy(select(grown, "rum_conversions_total"), ["conversion"]),
  },
  {
    query: "business: Conversion rate",
    matching: 'conversion="purchase"',
    valueOf: (grown) =>
      divide(
        sumBy(select(grown, "conversions_total", { conversion: "purchase" })),
        sumBy(select(grown, "rum_sessions_total")),
      ),
  },
  ...["good", "needs_improvement", "poor"].map((experience) => ({
    query: "business: Conversion rate by experience: purchase",
    matching: `experience="${experience}"`,
    valueOf: (grown: readonly RawSeries[]) =>
      divide(
        sumBy(select(grown, "conversions_total", { conversion: "purchase", experience }), ["experience"]),
        sumBy(select(grown, "rum_sessions_rated_total", { experience }), ["experience"]),
      ),
  })),
  {
    query: "business: Estimated cost of slow pages in total: purchase, USD A",
    valueOf: (grown) => {
      const total = (name: string, labels: object): number =>
        Object.values(sumBy(select(grown, name, { ...labels })))[0] ?? 0;
      const sessions = (experience: string) => total("rum_sessions_rated_total", { experience });
      const spent = (experience: string) => total("revenue_total", { currency: "USD", experience });
      return { "[]": (sessions("poor") * spent("good")) / sessions("good") - spent("poor") };
    },
  },
  {
    query: "business: Revenue per minute by experience, USD A",
    isPerTime: true,
    valueOf: (grown, seconds) =>
      times(sumBy(select(grown, "revenue_total", { currency: "USD" }), ["experience"]), 60 / seconds),
  },
  ...["A", "B", "C", "D"].map((refId, index) => ({
    query: `business: Funnels, sessions by step ${refId}`,
    valueOf: (grown: readonly RawSeries[]) =>
      sumBy(select(grown, "rum_funnel_sessions_total", { step: String(index + 1) }), [
        "funnel",
        "step",
        "event",
      ]),
  })),
  {
    query: "page-experience: LCP of loaded documents, 75th percentile A",
    valueOf: (grown) => quantile(0.75, select(grown, "rum_lcp_seconds_bucket", { navigation: "hard" })),
  },
  {
    query: "page-experience: Share of good LCP by navigation A",
    valueOf: (grown) =>
      divide(
        sumBy(select(grown, "rum_lcp_seconds_bucket", { le: "2.5" }), ["navigation"]),
        sumBy(select(grown, "rum_lcp_seconds_count"), ["navigation"]),
      ),
  },
  {
    query: "page-experience: Share of good LCP by device A",
    valueOf: (grown) => {
      const rated = (labels = {}) => select(grown, "rum_vital_ratings_total", { vital: "LCP", ...labels });
      return divide(sumBy(rated({ rating: "good" }), ["device"]), sumBy(rated(), ["device"]));
    },
  },
  {
    query: "page-api: API error ratio by endpoint A",
    valueOf: (grown) => {
      const calls = (labels = {}) => select(grown, "rum_api_request_duration_seconds_count", labels);
      return divide(sumBy(calls({ status: "5xx" }), ["api_endpoint"]), sumBy(calls(), ["api_endpoint"]));
    },
  },
  { query: "backend: Error ratio A", valueOf: failedShare },
  {
    query: "backend: Request duration, 95th percentile A",
    valueOf: (grown) => quantile(0.95, select(grown, "http_request_duration_highr_seconds_bucket")),
  },
  { query: "objectives: Objective reliable_api A", valueOf: failedShare },
  {
    query: "objectives: Objective fast_pages A",
    valueOf: (grown) => {
      const hard = { navigation: "hard" };
      return divide(
        sumBy(select(grown, "rum_lcp_seconds_bucket", { ...hard, le: "2.5" })),
        sumBy(select(grown, "rum_lcp_seconds_count", hard)),
      );
    },
  },
];

/** The families of which these panels are made: an engine has to know them exactly. */
export const KEY_FAMILIES = [
  "(revenue|conversions|http_requests)_total",
  "rum_(conversions|sessions|sessions_rated|funnel_sessions)_total",
  "rum_lcp_seconds_(bucket|count)",
  "rum_vital_ratings_total",
  "rum_api_request_duration_seconds_count",
  "http_request_duration_highr_seconds_bucket",
].join("|");
