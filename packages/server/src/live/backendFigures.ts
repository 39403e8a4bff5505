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

const BACKEND = { group: "backend", mayBeEmpty: true } as const;

/** The backend's answers and their durations. Empty until it has answered a request. */
export function backendFigures(catalog: Catalog, kinds: FigureKinds): Figure[] {
  const [requests, errors] = answerFigures(catalog, kinds);
  return [
    requests,
    errorRatioFigure(catalog, kinds, errors, requests),
    errors,
    durationFigure(catalog, kinds),
  ];
}

function answerFigures(catalog: Catalog, kinds: FigureKinds): [requests: Figure, errors: Figure] {
  const { requests, failed, isHistogram } = requestSources(catalog);
  return [
    kinds.sum(
      {
        name: "requests_per_second",
        title: "Requests",
        ...BACKEND,
        unit: "per_second",
        decimals: 1,
        windowSeconds: RATE_WINDOW,
        help: "HTTP requests that the backend answered, a second.",
      },
      [requests],
      isHistogram,
    ),
    kinds.sum(
      {
        name: "request_errors",
        title: "Failed requests",
        ...BACKEND,
        unit: "count",
        decimals: 0,
        windowSeconds: SHARE_WINDOW,
        help: "HTTP requests that the backend answered with 5xx.",
      },
      [failed],
      isHistogram,
    ),
  ];
}

function errorRatioFigure(catalog: Catalog, kinds: FigureKinds, errors: Figure, requests: Figure): Figure {
  const limit = errorLimit(catalog);
  return kinds.ratio(
    {
      name: "request_error_ratio",
      title: "Request error ratio",
      ...BACKEND,
      unit: "ratio",
      decimals: 1,
      windowSeconds: SHARE_WINDOW,
      help: "Answers 5xx for each request.",
      ...(limit !== undefined && { thresholds: { warn: limit, bad: limit } }),
    },
    errors,
    requests,
  );
}

function durationFigure(catalog: Catalog, kinds: FigureKinds): Figure {
  return kinds.quantile(
    {
      name: "request_duration_p95",
      title: "Request duration, 95th percentile",
      ...BACKEND,
      unit: "milliseconds",
      decimals: 0,
      windowSeconds: 60,
      help: "Nineteen in twenty requests were answered faster.",
    },
    0.95,
    { metric: httpNamesOf(catalog).durationInDetail },
    1_000,
  );
}

/** The lowest limit of the objectives about requests. */
function errorLimit({ objectives = {} }: Catalog): number | undefined {
  const limits = Object.values(objectives).flatMap((spec) => ("http" in spec ? spec.http.errorsBelow : []));
  return limits.length > 0 ? Math.min(...limits) : undefined;
}
