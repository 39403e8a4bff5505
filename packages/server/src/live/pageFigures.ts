import { type WebVitalName, webVitals } from "@rumkit/protocol";
import { type Figure, type FigureKinds, RATE_WINDOW, SHARE_WINDOW } from "./figure.ts";

/** The families of errors of the app's own code. */
export const ERROR_SOURCES = [
  { metric: "rum_js_errors_total" },
  { metric: "rum_unhandled_rejections_total" },
] as const;

/** The Core Web Vitals, with the sentence that explains each. */
export const CORE_VITALS = {
  LCP: "Three in four page views painted their main content faster.",
  INP: "Three in four page views answered their slowest click, tap or key faster.",
  CLS: "Three in four page views moved less while they loaded and were used.",
} as const satisfies Partial<Record<WebVitalName, string>>;

export type CoreVital = keyof typeof CORE_VITALS;

/** The name of the figure of a vital. */
export function vitalFigureName(vital: CoreVital): string {
  return `${vital.toLowerCase()}_p75`;
}

/** Returns the figures of the visitors' experience. Page views come first. */
export function experienceFigures(kinds: FigureKinds): [views: Figure, ...vitals: Figure[]] {
  const views = kinds.sum(
    {
      name: "page_views_per_second",
      title: "Page views",
      group: "experience",
      unit: "per_second",
      decimals: 1,
      windowSeconds: RATE_WINDOW,
      help: "Page views a second.",
    },
    [{ metric: "rum_page_views_total" }],
  );
  return [views, ...(Object.keys(CORE_VITALS) as CoreVital[]).map((vital) => vitalFigure(kinds, vital))];
}

/** INP is shown in milliseconds; CLS is a score. */
function vitalFigure(kinds: FigureKinds, vital: CoreVital): Figure {
  const { metric, good, poor } = webVitals[vital];
  const scale = vital === "INP" ? 1_000 : 1;
  const unit = vital === "LCP" ? "seconds" : vital === "INP" ? "milliseconds" : "score";
  return kinds.quantile(
    {
      name: vitalFigureName(vital),
      title: `${vital}, 75th percentile`,
      group: "experience",
      unit,
      decimals: vital === "INP" ? 0 : 2,
      windowSeconds: SHARE_WINDOW,
      help: CORE_VITALS[vital],
      thresholds: { warn: good * scale, bad: poor * scale },
      mayBeEmpty: vital !== "LCP",
    },
    0.75,
    { metric },
    scale,
  );
}

const COUNTED = { group: "errors", unit: "count", decimals: 0, windowSeconds: SHARE_WINDOW } as const;
const SHARED = { group: "errors", unit: "ratio", decimals: 1, windowSeconds: SHARE_WINDOW } as const;

/** The figures of errors. `hasApi`: pages report the requests that they send to an API. */
export function errorFigures(kinds: FigureKinds, views: Figure, hasApi: boolean): Figure[] {
  const errors = kinds.sum(
    { name: "errors", title: "Errors", ...COUNTED, help: "JavaScript errors and unhandled rejections." },
    ERROR_SOURCES,
  );
  const rate = kinds.ratio(
    {
      name: "error_rate",
      title: "Error rate",
      ...SHARED,
      help: "JavaScript errors and unhandled rejections for each page view.",
    },
    errors,
    views,
  );
  return hasApi ? [rate, errors, ...apiFigures(kinds)] : [rate, errors];
}

/** The figures of the requests that pages send to an API. */
function apiFigures(kinds: FigureKinds): Figure[] {
  const help = "Requests of pages to the API";
  const calls = kinds.sum(
    { name: "api_calls", title: "API calls", ...COUNTED, help: `${help}.`, mayBeEmpty: true },
    [{ metric: "rum_api_request_duration_seconds" }],
    true,
  );
  const failures = kinds.sum(
    {
      name: "api_failures",
      title: "Failed API calls",
      ...COUNTED,
      help: `${help} that failed or were answered with an error.`,
      mayBeEmpty: true,
    },
    [{ metric: "rum_api_errors_total" }],
  );
  const ratio = kinds.ratio(
    {
      name: "api_error_ratio",
      title: "API error ratio",
      ...SHARED,
      help: "Failed requests to the API for each one, as pages saw them.",
      mayBeEmpty: true,
    },
    failures,
    calls,
  );
  return [ratio, calls, failures];
}
