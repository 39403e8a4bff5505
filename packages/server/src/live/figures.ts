import { type Catalog, currencyExponent, type LiveFigure, webVitals } from "@rumkit/protocol";
import type { Windows } from "./windows.ts";

/** A number of the live page: what it says of itself, and how it is made at the end of a second. */
export interface Figure {
  readonly description: LiveFigure;
  readonly at: (second: number) => number | null;
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
export function describeFigures(catalog: Catalog, { windows, gauge }: FigureInputs): Figure[] {
  const counted = (metrics: readonly string[], second: number, seconds: number): number =>
    metrics.reduce((sum, metric) => sum + windows.count(metric, second, seconds), 0);

  return [
    figure(
      "page_views_per_second",
      "Page views",
      "per_second",
      RATE_WINDOW,
      "Page views a second.",
      (second) => windows.count("rum_page_views_total", second, RATE_WINDOW) / RATE_WINDOW,
    ),
    figure(
      "active_sessions",
      "Active sessions",
      "count",
      SHARE_WINDOW,
      "Sessions that were heard from.",
      () => gauge("rum_active_sessions"),
    ),
    figure(
      "conversions_per_minute",
      "Conversions",
      "per_minute",
      MINUTE,
      "Conversions of pages and backend.",
      (second) => counted(["rum_conversions_total", "conversions_total"], second, MINUTE),
    ),
    ...currenciesOf(catalog).map((currency) => revenueFigure(currency, windows)),
    {
      ...figure(
        "error_rate",
        "Error rate",
        "ratio",
        SHARE_WINDOW,
        "JavaScript errors and unhandled rejections for each page view.",
        (second) => {
          const views = windows.count("rum_page_views_total", second, SHARE_WINDOW);
          const errors = counted(
            ["rum_js_errors_total", "rum_unhandled_rejections_total"],
            second,
            SHARE_WINDOW,
          );
          return views === 0 ? null : errors / views;
        },
        ERROR_THRESHOLDS,
      ),
    },
    figure(
      "lcp_p75",
      "LCP, 75th percentile",
      "seconds",
      SHARE_WINDOW,
      "Three in four page views painted their main content faster.",
      (second) => windows.quantile(webVitals.LCP.metric, 0.75, second, SHARE_WINDOW),
      { warn: webVitals.LCP.good, bad: webVitals.LCP.poor },
    ),
    figure(
      "requests_per_second",
      "Requests",
      "per_second",
      RATE_WINDOW,
      "HTTP requests that the backend answered, a second.",
      (second) => windows.count("http_requests_total", second, RATE_WINDOW) / RATE_WINDOW,
    ),
    figure(
      "request_duration_p95",
      "Request duration, 95th percentile",
      "seconds",
      MINUTE,
      "Nineteen in twenty requests were answered faster.",
      (second) => windows.quantile("http_request_duration_seconds", 0.95, second, MINUTE),
      REQUEST_THRESHOLDS,
    ),
  ];
}

function figure(
  name: string,
  title: string,
  unit: LiveFigure["unit"],
  windowSeconds: number,
  help: string,
  at: Figure["at"],
  thresholds?: LiveFigure["thresholds"],
): Figure {
  return { description: { name, title, unit, windowSeconds, help, ...(thresholds && { thresholds }) }, at };
}

function revenueFigure(currency: string, windows: Windows): Figure {
  const unit = 10 ** currencyExponent(currency);
  return {
    description: {
      name: `revenue_per_minute_${currency.toLowerCase()}`,
      title: `Revenue, ${currency}`,
      unit: "money_per_minute",
      currency,
      windowSeconds: MINUTE,
      help: "Money of conversions that the backend reported.",
    },
    at: (second) => windows.count("revenue_total", second, MINUTE, { currency }) / unit,
  };
}

/** The currencies of revenue: what pages claim is none. */
function currenciesOf(catalog: Catalog): string[] {
  const paid = Object.values(catalog.conversions ?? {}).filter((spec) => spec.from === "server");
  return [...new Set(paid.flatMap((spec) => spec.value?.money ?? []))];
}
