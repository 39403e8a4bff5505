/** The vitals that a page view has. FID is retired: INP took its place in March 2024. */
export type WebVitalName = "LCP" | "INP" | "CLS" | "FCP" | "TTFB";

/** The rating of a value by the thresholds of its vital. */
export type WebVitalRating = "good" | "needs_improvement" | "poor";

export interface WebVitalSpec {
  /** The Prometheus histogram that holds it. */
  readonly metric: string;
  readonly help: string;
  /** `"none"` for CLS, which is a ratio of areas and has no unit. */
  readonly unit: "seconds" | "none";
  /** Largest good value, in `unit`. */
  readonly good: number;
  /** Largest value that is not poor, in `unit`. */
  readonly poor: number;
  /** Upper bucket edges in `unit`. Both thresholds are edges, so that the share of good is exact. */
  readonly buckets: readonly number[];
  /** Largest accepted value, in `unit`: no page view lasts longer, or shifts more. */
  readonly highest: number;
}

/**
 * No page view that a user sees takes ten minutes to paint or to respond: a larger value comes from a broken clock.
 */
const TEN_MINUTES = 600;

/**
 * Names, units and thresholds.
 *
 * Thresholds: web.dev/articles/defining-core-web-vitals-thresholds (LCP, INP, CLS), web.dev/articles/fcp,
 * web.dev/articles/ttfb; the same numbers are exported by the `web-vitals` package as `LCPThresholds` etc.
 */
export const webVitals: Readonly<Record<WebVitalName, WebVitalSpec>> = {
  LCP: {
    metric: "rum_lcp_seconds",
    help: "Largest Contentful Paint: when the main content of a page view was painted.",
    unit: "seconds",
    good: 2.5,
    poor: 4,
    buckets: [0.25, 0.5, 1, 1.5, 2, 2.5, 3, 4, 6, 10, 20],
    highest: TEN_MINUTES,
  },
  INP: {
    metric: "rum_inp_seconds",
    help: "Interaction to Next Paint: the slowest answer to a click, tap or key of a page view.",
    unit: "seconds",
    good: 0.2,
    poor: 0.5,
    buckets: [0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 1, 2.5, 5],
    highest: TEN_MINUTES,
  },
  CLS: {
    metric: "rum_cls_score",
    help: "Cumulative Layout Shift: how much of a page view moved without the user asking for it.",
    unit: "none",
    good: 0.1,
    poor: 0.25,
    buckets: [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.5, 1],
    highest: 1000,
  },
  FCP: {
    metric: "rum_fcp_seconds",
    help: "First Contentful Paint: when a page view first showed anything.",
    unit: "seconds",
    good: 1.8,
    poor: 3,
    buckets: [0.1, 0.25, 0.5, 1, 1.8, 2.5, 3, 4, 6, 10],
    highest: TEN_MINUTES,
  },
  TTFB: {
    metric: "rum_ttfb_seconds",
    help: "Time to First Byte: from the start of the navigation to the first byte of the document.",
    unit: "seconds",
    good: 0.8,
    poor: 1.8,
    buckets: [0.05, 0.1, 0.2, 0.4, 0.8, 1.2, 1.8, 3, 6, 10],
    highest: TEN_MINUTES,
  },
};
