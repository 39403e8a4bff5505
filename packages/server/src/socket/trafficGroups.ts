import type { StreamDurations, StreamErrors, StreamThroughput } from "@rumkit/protocol";
import { type HttpNames, UNANSWERED_ERROR_TYPES } from "../catalog/httpNames.ts";
import type { Labels } from "../metrics/descriptor.ts";
import type { Series } from "../metrics/seriesStore.ts";
import { type Distribution, quantile } from "./distributions.ts";
import type { GroupOf } from "./group.ts";
import { endpointOf } from "./subscription.ts";
import { groupSeries, round, type View } from "./view.ts";

/**
 * Requests and answers by endpoint. Streamed answers are requests that the HTTP metrics have counted, so they count only
 * where the filters select no request: by model, which a request does not have.
 */
export function throughputOf(names: HttpNames): GroupOf<StreamThroughput> {
  return (view) => {
    const requests = firstOf(view, names.requests ?? names.headers, "streams_started_total");
    const responses = firstOf(view, names.duration, "stream_duration_seconds");
    const tokens = view.of("stream_items_total");
    const totals = {
      total_requests_per_sec: round(view.rate(requests)),
      total_responses_per_sec: round(view.rate(responses)),
      total_tokens_per_sec: round(view.rate(tokens)),
    };
    const data = (): StreamThroughput => ({
      requests_per_sec: ratesByEndpoint(view, requests),
      responses_per_sec: ratesByEndpoint(view, responses),
      tokens_per_sec: ratesByEndpoint(view, tokens),
      ...totals,
    });
    return { totals, data };
  };
}

/** Durations of answers to their last byte, by endpoint. */
export function latencyOf(names: HttpNames): GroupOf<Record<string, StreamDurations>> {
  return (view) => {
    const series = firstOf(view, names.duration, "stream_duration_seconds");
    const data = (): Record<string, StreamDurations> => {
      const rows = [...groupSeries(series, endpointOf)].flatMap(([endpoint, group]) => {
        const durations = durationsOf(view.window(group));
        return durations ? [[endpoint, durations] as const] : [];
      });
      return Object.fromEntries(rows);
    };
    return { totals: { ...durationsOf(view.window(series)) }, data };
  };
}

/** The families of errors of pages. */
export const PAGE_ERRORS = ["rum_js_errors_total", "rum_unhandled_rejections_total"];

/** Requests that the backend failed to answer, errors of pages, and errors that the app reported. */
export function errorOf(names: HttpNames): GroupOf<StreamErrors> {
  return (view) => {
    const answers = view.of(names.requests ?? names.duration);
    const failed = answers.filter(({ labels }) => hasFailed(labels, names));
    const pages = PAGE_ERRORS.flatMap((metric) => view.of(metric));
    const reported = view.of("app_errors_total");
    if (answers.length + pages.length + reported.length === 0) return undefined;
    const totals = {
      total_errors_per_sec: round(view.rate(failed)),
      total_page_errors_per_sec: round(view.rate(pages)),
      app_errors_per_sec: round(view.rate(reported)),
    };
    const data = (): StreamErrors => ({
      errors_per_sec: ratesByEndpoint(view, failed),
      page_errors_per_sec: ratesByEndpoint(view, pages),
      ...totals,
    });
    return { totals, data };
  };
}

/** A failure of the backend. A client that left is not a failure (`client_closed`, 499). */
function hasFailed(labels: Labels, { statusLabel }: HttpNames): boolean {
  const { error_type: errorType } = labels;
  const isUnanswered = errorType !== undefined && FAILURES.has(errorType);
  return isUnanswered || (labels[statusLabel] ?? "").startsWith("5");
}

const FAILURES: ReadonlySet<string> = new Set(
  UNANSWERED_ERROR_TYPES.filter((errorType) => errorType !== "client_closed"),
);

function firstOf(view: View, metric: string, otherwise: string): readonly Series[] {
  const series = view.of(metric);
  return series.length > 0 ? series : view.of(otherwise);
}

function ratesByEndpoint(view: View, series: readonly Series[]): Record<string, number> {
  const groups = [...groupSeries(series, endpointOf)];
  return Object.fromEntries(groups.map(([endpoint, group]) => [endpoint, round(view.rate(group))]));
}

/** Seconds as milliseconds; `scale` 1 for values in another unit. Null without an observation. */
export function durationsOf(window: Distribution, scale = 1000): StreamDurations | null {
  const { count, sum, min, max } = window;
  if (count === 0) return null;
  const at = (q: number): number => round(quantile(window, q) * scale);
  return {
    avg: round((sum / count) * scale),
    min: round(min * scale),
    max: round(max * scale),
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
  };
}
