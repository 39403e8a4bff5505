import type { Catalog } from "@rumkit/protocol";
import { httpNamesOf } from "../catalog/httpNames.ts";
import { type Figure, type FigureKinds, RATE_WINDOW, SHARE_WINDOW } from "./figure.ts";
import type { WindowSource } from "./windows.ts";

/**
 * Matchers of answers that are failures of the server, by the label of the status, and by the label of the error type.
 */
const FAILED_STATUS = "5..";
const FAILED_TYPE = "5..|server_closed|timeout";

/** The sources of all requests of the backend, and of its failures. */
export interface RequestSources {
  readonly requests: WindowSource;
  readonly failed: WindowSource;
  /** True if the requests are counted by a histogram. */
  readonly isHistogram: boolean;
}

export function requestSources(catalog: Catalog): RequestSources {
  const { requests, duration, statusLabel } = httpNamesOf(catalog);
  const metric = requests ?? duration;
  const matching =
    requests === undefined
      ? { label: "error_type", pattern: FAILED_TYPE }
      : { label: statusLabel, pattern: FAILED_STATUS };
  return { requests: { metric }, failed: { metric, matching }, isHistogram: requests === undefined };
}

/** The backend's answers and their durations. Empty until it has answered a request. */
export function backendFigures(catalog: Catalog, kinds: FigureKinds): Figure[] {
  const { requests: all, failed, isHistogram } = requestSources(catalog);
  const base = { group: "backend", mayBeEmpty: true } as const;
  const requests = kinds.sum(
    {
      name: "requests_per_second",
      title: "Requests",
      ...base,
      unit: "per_second",
      decimals: 1,
      windowSeconds: RATE_WINDOW,
      help: "HTTP requests that the backend answered, a second.",
    },
    [all],
    isHistogram,
  );
  const errors = kinds.sum(
    {
      name: "request_errors",
      title: "Failed requests",
      ...base,
      unit: "count",
      decimals: 0,
      windowSeconds: SHARE_WINDOW,
      help: "HTTP requests that the backend answered with 5xx.",
    },
    [failed],
    isHistogram,
  );
  const limit = errorLimit(catalog);
  const ratio = kinds.ratio(
    {
      name: "request_error_ratio",
      title: "Request error ratio",
      ...base,
      unit: "ratio",
      decimals: 1,
      windowSeconds: SHARE_WINDOW,
      help: "Answers 5xx for each request.",
      ...(limit !== undefined && { thresholds: { warn: limit, bad: limit } }),
    },
    errors,
    requests,
  );
  const duration = kinds.quantile(
    {
      name: "request_duration_p95",
      title: "Request duration, 95th percentile",
      ...base,
      unit: "milliseconds",
      decimals: 0,
      windowSeconds: 60,
      help: "Nineteen in twenty requests were answered faster.",
    },
    0.95,
    { metric: httpNamesOf(catalog).durationInDetail },
    1_000,
  );
  return [requests, ratio, errors, duration];
}

/** The lowest limit of the objectives about requests. */
function errorLimit({ objectives = {} }: Catalog): number | undefined {
  const limits = Object.values(objectives).flatMap((spec) => ("http" in spec ? spec.http.errorsBelow : []));
  return limits.length > 0 ? Math.min(...limits) : undefined;
}
