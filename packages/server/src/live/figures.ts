import { type Catalog, currencyExponent, type LiveFigure, webVitals } from "@rumkit/protocol";
import type { Labels } from "../metrics/descriptor.ts";
import { httpNamesOf } from "../catalog/httpNames.ts";
import { learnedNamesAtMost } from "../catalog/learnedNames.ts";
import type { CountWindow, Windows } from "./windows.ts";

/** A number of the live page: its description, and its computation at the end of a second. */
export interface Figure {
  readonly description: LiveFigure;
  /** `elapsed` is the share of the second that has passed, 1 once it has ended. */
  readonly at: (second: number, elapsed: number) => number | null;
  /**
   * Returns true until something was counted for the figure, for figures that many collectors never need. Default:
   * never true.
   */
  readonly isEmpty?: () => boolean;
}

/** The sources of the figures. */
export interface FigureInputs {
  readonly windows: Windows;
  /** Returns the current value of a gauge. */
  readonly gauge: (metric: string) => number;
  /** Returns true once a series of the metric has counted anything, also before this start. */
  readonly hasCounted: (metric: string, labels?: Labels) => boolean;
}

/** Seconds: long enough for a steady rate, short enough to see a change at once. */
const RATE_WINDOW = 10;
const MINUTE = 60;
/** Seconds: a share or a percentile of fewer than some dozens of page views means little. */
const SHARE_WINDOW = 300;

/** The name of the figure that follows the business figures. */
export const ERROR_RATE = "error_rate";

/** The family of revenue. */
export const REVENUE = "revenue_total";

/** Three in a hundred page views with an error deserve attention, one in ten needs action now. */
const ERROR_THRESHOLDS = { warn: 0.03, bad: 0.1 };

/** Seconds. Under half a second users feel in control (Nielsen, Response Times, 1993: 0.1 s, 1 s, 10 s). */
const REQUEST_THRESHOLDS = { warn: 0.5, bad: 1 };

/**
 * Returns the figures of the live page, in its order. Every rate comes from counters, over the window that it names.
 */
export function describeFigures(catalog: Catalog, inputs: FigureInputs): Figure[] {
  const { windows, gauge } = inputs;
  const pageViews = windows.counts({ metric: "rum_page_views_total" });
  const lcp = windows.quantiles({ metric: webVitals.LCP.metric });
  return [
    {
      description: {
        name: "page_views_per_second",
        title: "Page views",
        unit: "per_second",
        windowSeconds: RATE_WINDOW,
        help: "Page views a second.",
      },
      at: (second, elapsed) => pageViews.count(second, RATE_WINDOW, elapsed) / RATE_WINDOW,
    },
    {
      description: {
        name: "active_sessions",
        title: "Active sessions",
        unit: "count",
        windowSeconds: SHARE_WINDOW,
        help: "Sessions that sent a batch lately.",
      },
      at: () => gauge("rum_active_sessions"),
    },
    ...conversionFigures(catalog, inputs),
    ...currenciesOf(catalog).map((currency) => revenueFigure(currency, inputs)),
    errorFigure(windows, pageViews),
    {
      description: {
        name: "lcp_p75",
        title: "LCP, 75th percentile",
        unit: "seconds",
        windowSeconds: SHARE_WINDOW,
        help: "Three in four page views painted their main content faster.",
        thresholds: { warn: webVitals.LCP.good, bad: webVitals.LCP.poor },
      },
      at: (second) => lcp.quantile(0.75, second, SHARE_WINDOW),
    },
    ...requestFigures(catalog, inputs),
  ];
}

/** The backend's answers and their durations. Empty until it has answered a request. */
function requestFigures(catalog: Catalog, { windows, hasCounted }: FigureInputs): Figure[] {
  const http = httpNamesOf(catalog);
  const requestsMetric = http.requests ?? http.duration;
  const requests = windows.counts({ metric: requestsMetric });
  const durations = windows.quantiles({ metric: http.durationInDetail });
  return [
    {
      description: {
        name: "requests_per_second",
        title: "Requests",
        unit: "per_second",
        windowSeconds: RATE_WINDOW,
        help: "HTTP requests that the backend answered, a second.",
      },
      at: (second, elapsed) => requests.count(second, RATE_WINDOW, elapsed) / RATE_WINDOW,
      isEmpty: () => !hasCounted(requestsMetric),
    },
    {
      description: {
        name: "request_duration_p95",
        title: "Request duration, 95th percentile",
        unit: "seconds",
        windowSeconds: MINUTE,
        help: "Nineteen in twenty requests were answered faster.",
        thresholds: REQUEST_THRESHOLDS,
      },
      at: (second) => durations.quantile(0.95, second, MINUTE),
      isEmpty: () => !hasCounted(http.durationInDetail),
    },
  ];
}

/**
 * Returns the main conversion of the business: the first of the server with money, else the first of the server, else
 * the first. A sum over all goals would count an order and the intent to order as two.
 */
function primaryConversion({
  conversions = {},
}: Catalog): [name: string, side: "page" | "server"] | undefined {
  const all = Object.entries(conversions);
  const ofServer = all.filter(([, { from }]) => from === "server");
  const [found] = [...ofServer.filter(([, { value }]) => value?.money), ...ofServer, ...all];
  return found && [found[0], found[1].from ?? "page"];
}

function conversionFigures(catalog: Catalog, inputs: FigureInputs): Figure[] {
  const primary = primaryConversion(catalog);
  if (primary) {
    const [name, side] = primary;
    const by = side === "server" ? "the backend" : "pages";
    return [
      conversionFigure(inputs, side, {
        name: "conversions_per_minute",
        title: `Conversions: ${name}`,
        help: `Conversions "${name}", as ${by} reported them.`,
        labels: { conversion: name },
      }),
    ];
  }
  const name = "conversions_per_minute";
  const ofPages = { name, title: "Conversions", help: "Conversions that pages report." };
  const title = "Conversions, backend";
  const ofServer = { name: `server_${name}`, title, help: "Conversions that the backend reports." };
  return [
    {
      ...conversionFigure(inputs, "page", ofPages),
      isEmpty: () => !inputs.hasCounted("rum_conversions_total"),
    },
    ...(learnedNamesAtMost(catalog) > 0 ? [conversionFigure(inputs, "server", ofServer)] : []),
  ];
}

interface ConversionFigure extends Pick<LiveFigure, "name" | "title" | "help"> {
  readonly labels?: Labels;
}

function conversionFigure(
  { windows, hasCounted }: FigureInputs,
  side: "page" | "server",
  { name, title, help, labels }: ConversionFigure,
): Figure {
  const metric = side === "server" ? "conversions_total" : "rum_conversions_total";
  const source = windows.counts({ metric, ...(labels && { labels }) });
  return {
    description: { name, title, unit: "per_minute", windowSeconds: MINUTE, help },
    at: (second, elapsed) => Math.round(source.count(second, MINUTE, elapsed)),
    ...(side === "server" && { isEmpty: () => !hasCounted(metric, labels) }),
  };
}

function errorFigure(windows: Windows, pageViews: CountWindow): Figure {
  const families = ["rum_js_errors_total", "rum_unhandled_rejections_total"];
  const errors = families.map((metric) => windows.counts({ metric }));
  return {
    description: {
      name: ERROR_RATE,
      title: "Error rate",
      unit: "ratio",
      windowSeconds: SHARE_WINDOW,
      help: "JavaScript errors and unhandled rejections for each page view.",
      thresholds: ERROR_THRESHOLDS,
    },
    at: (second) => {
      const views = pageViews.count(second, SHARE_WINDOW);
      return views === 0 ? null : sumOf(errors, second, SHARE_WINDOW) / views;
    },
  };
}

function sumOf(windows: readonly CountWindow[], second: number, seconds: number): number {
  return windows.reduce((sum, window) => sum + window.count(second, seconds), 0);
}

/** Returns the figure of the revenue in one currency. */
export function revenueFigure(currency: string, { windows, hasCounted }: FigureInputs): Figure {
  const unit = 10 ** currencyExponent(currency);
  const revenue = windows.counts({ metric: REVENUE, labels: { currency } });
  return {
    description: {
      name: `revenue_per_minute_${currency.toLowerCase()}`,
      title: `Revenue, ${currency}`,
      unit: "money_per_minute",
      currency,
      windowSeconds: MINUTE,
      help: "Money of conversions that the backend reported.",
    },
    // Rounded to minor units: the fraction of the second that leaves the window may end within one.
    at: (second, elapsed) => Math.round(revenue.count(second, MINUTE, elapsed)) / unit,
    isEmpty: () => !hasCounted(REVENUE, { currency }),
  };
}

/** The currencies of revenue: conversions that pages report are not revenue. */
export function currenciesOf(catalog: Catalog): string[] {
  const paid = Object.values(catalog.conversions ?? {}).filter((spec) => spec.from === "server");
  return [...new Set(paid.flatMap((spec) => spec.value?.money ?? []))];
}
