import { type Catalog, currencyExponent, type LiveFigure, webVitals } from "@rumkit/protocol";
import { httpNamesOf } from "../metrics/httpNames.ts";
import type { CountWindow, Windows } from "./windows.ts";

/** A number of the live page: what it says of itself, and how it is made at the end of a second. */
export interface Figure {
  readonly description: LiveFigure;
  /** `elapsed` is the share of the second that has passed, 1 once it has ended. */
  readonly at: (second: number, elapsed: number) => number | null;
}

/** What the figures are made of. */
export interface FigureInputs {
  readonly windows: Windows;
  /** The value of a gauge now. */
  readonly gauge: (metric: string) => number;
}

/** Seconds: long enough for a steady rate, short enough to see a change at once. */
const RATE_WINDOW = 10;
const MINUTE = 60;
/** Seconds: a share or a percentile of fewer than some dozens of page views says little. */
const SHARE_WINDOW = 300;

/** Three in a hundred page views with an error is worth a look, one in ten needs somebody now. */
const ERROR_THRESHOLDS = { warn: 0.03, bad: 0.1 };

/** Seconds. Under half a second users feel in control (Nielsen, Response Times, 1993: 0.1 s, 1 s, 10 s). */
const REQUEST_THRESHOLDS = { warn: 0.5, bad: 1 };

/** The figures of the live page, in its order. Every rate comes from counters, over the window that it names. */
export function describeFigures(catalog: Catalog, inputs: FigureInputs): Figure[] {
  const { windows, gauge } = inputs;
  const pageViews = windows.counts({ metric: "rum_page_views_total" });
  const http = httpNamesOf(catalog);
  const requests = windows.counts({ metric: http.requests ?? http.duration });
  const durations = windows.quantiles({ metric: http.durationInDetail });
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
        help: "Sessions that were heard from.",
      },
      at: () => gauge("rum_active_sessions"),
    },
    conversionsFigure(catalog, windows),
    ...currenciesOf(catalog).map((currency) => revenueFigure(currency, windows)),
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
    {
      description: {
        name: "requests_per_second",
        title: "Requests",
        unit: "per_second",
        windowSeconds: RATE_WINDOW,
        help: "HTTP requests that the backend answered, a second.",
      },
      at: (second, elapsed) => requests.count(second, RATE_WINDOW, elapsed) / RATE_WINDOW,
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
    },
  ];
}

/**
 * The conversion that the business is about: the first of the server with money, else the first of the server, else the
 * first. A sum of unlike goals would count an order and the intent to order as two.
 */
function primaryConversion({
  conversions = {},
}: Catalog): [name: string, side: "page" | "server"] | undefined {
  const all = Object.entries(conversions);
  const ofServer = all.filter(([, { from }]) => from === "server");
  const [found] = [...ofServer.filter(([, { value }]) => value?.money), ...ofServer, ...all];
  return found && [found[0], found[1].from ?? "page"];
}

function conversionsFigure(catalog: Catalog, windows: Windows): Figure {
  const primary = primaryConversion(catalog);
  const source =
    primary === undefined
      ? windows.counts({ metric: "rum_conversions_total" })
      : windows.counts({
          metric: primary[1] === "server" ? "conversions_total" : "rum_conversions_total",
          labels: { conversion: primary[0] },
        });
  return {
    description: {
      name: "conversions_per_minute",
      title: primary === undefined ? "Conversions" : `Conversions: ${primary[0]}`,
      unit: "per_minute",
      windowSeconds: MINUTE,
      help:
        primary === undefined
          ? "Conversions that pages report."
          : `Conversions "${primary[0]}", as ${primary[1] === "server" ? "the backend" : "pages"} reported them.`,
    },
    at: (second, elapsed) => Math.round(source.count(second, MINUTE, elapsed)),
  };
}

function errorFigure(windows: Windows, pageViews: CountWindow): Figure {
  const families = ["rum_js_errors_total", "rum_unhandled_rejections_total"];
  const errors = families.map((metric) => windows.counts({ metric }));
  return {
    description: {
      name: "error_rate",
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

function revenueFigure(currency: string, windows: Windows): Figure {
  const unit = 10 ** currencyExponent(currency);
  const revenue = windows.counts({ metric: "revenue_total", labels: { currency } });
  return {
    description: {
      name: `revenue_per_minute_${currency.toLowerCase()}`,
      title: `Revenue, ${currency}`,
      unit: "money_per_minute",
      currency,
      windowSeconds: MINUTE,
      help: "Money of conversions that the backend reported.",
    },
    // Whole minor units: a share of the second that leaves the window has none of its own.
    at: (second, elapsed) => Math.round(revenue.count(second, MINUTE, elapsed)) / unit,
  };
}

/** The currencies of revenue: what pages claim is none. */
function currenciesOf(catalog: Catalog): string[] {
  const paid = Object.values(catalog.conversions ?? {}).filter((spec) => spec.from === "server");
  return [...new Set(paid.flatMap((spec) => spec.value?.money ?? []))];
}
