import type { Catalog } from "@rumkit/protocol";
import { labelSets, type MetricDescriptor } from "../metrics/descriptor.ts";
import {
  type HttpNames,
  httpNamesOf,
  OPEN_TELEMETRY_OTHER,
  UNANSWERED_ERROR_TYPES,
} from "../catalog/httpNames.ts";
import { METHODS, OTHER_VALUE, STATUS_CLASSES } from "../metrics/labelValues.ts";

/** Maximum label sets of the HTTP families: 200 routes with a few methods each, and a few statuses each. */
const MAX_HTTP_SERIES = 2_000;

/**
 * Seconds. A family without labels has only one series, so it can have many buckets: from an answer out of a cache to
 * the minute after which proxies give up (nginx's `proxy_read_timeout`).
 */
const DETAILED_BUCKETS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.35, 0.5, 0.75, 1, 1.5, 2.5, 5, 7.5, 10,
  30, 60,
];

/** Seconds. The defaults of Prometheus' own clients (`DefBuckets` of client_golang): from 5 ms to 10 s. */
const FEW_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Seconds. The buckets that the semantic conventions recommend for `http.server.request.duration`. */
const OPEN_TELEMETRY_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** Bytes: powers of ten from a short answer to a film. */
const SIZE_BUCKETS = [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/** The statuses that an answer can have (RFC 9110, section 15), and one value for all other numbers. */
const STATUSES: readonly string[] = [
  ...Array.from({ length: 500 }, (_, index) => String(100 + index)),
  OTHER_VALUE,
];

/**
 * Describes the families that `httpMetrics()` and `nodeHttpMetrics()` fill, under the names that the catalog chooses.
 */
export function describeHttpMetrics(catalog: Catalog): MetricDescriptor[] {
  const names = httpNamesOf(catalog);
  const detailLabels = names.answersApart ? names.answerLabels : names.endpointLabels;
  const buckets =
    catalog.http?.buckets ?? (catalog.http?.names === "opentelemetry" ? OPEN_TELEMETRY_BUCKETS : FEW_BUCKETS);
  const seconds = { type: "histogram", unit: "seconds" } as const;
  const bytes = { type: "histogram", unit: "bytes", buckets: SIZE_BUCKETS } as const;
  const statuses = catalog.http?.status === "code" ? STATUSES : [...STATUS_CLASSES, OTHER_VALUE];
  return [
    ...(names.requests === undefined
      ? []
      : [family(names.requests, "HTTP requests that were answered.", names.answerLabels, statuses)]),
    {
      ...family(names.duration, "Time until the last byte of the answer was sent.", detailLabels),
      ...seconds,
      buckets,
    },
    {
      ...family(names.durationInDetail, "The same over all routes, in finer steps.", []),
      ...seconds,
      buckets: DETAILED_BUCKETS,
      known: [{}],
      maxSeries: 1,
    },
    {
      ...family(names.headers, "Time until the headers of the answer were sent.", names.endpointLabels),
      ...seconds,
      buckets,
    },
    {
      ...family(names.requestSize, "Bytes of request bodies, as they were transferred.", detailLabels),
      ...bytes,
    },
    {
      ...family(names.responseSize, "Bytes of response bodies, as they were transferred.", detailLabels),
      ...bytes,
    },
    inFlightFamily(names),
  ];
}

/** The only gauge: all of its series exist from the start, because its labels do not depend on the app. */
function inFlightFamily({ inFlight, inFlightLabels, otherMethod }: HttpNames): MetricDescriptor {
  const [method = "", scheme = ""] = inFlightLabels;
  const known =
    inFlightLabels.length === 0
      ? [{}]
      : labelSets({ [method]: [...METHODS, otherMethod], [scheme]: ["http", "https"] });
  return {
    ...family(inFlight, "HTTP requests that are being answered now.", inFlightLabels),
    type: "gauge",
    known,
    maxSeries: known.length,
  };
}

/** The labels with closed sets. Only routes depend on the app. */
const CLOSED_SETS = {
  method: [...METHODS, OTHER_VALUE],
  http_request_method: [...METHODS, OPEN_TELEMETRY_OTHER],
  url_scheme: ["http", "https"],
  http_response_status_code: STATUSES,
  error_type: [...STATUSES.filter((status) => status.startsWith("5")), ...UNANSWERED_ERROR_TYPES],
} as const;

function family(
  name: string,
  help: string,
  labels: readonly string[],
  statuses: readonly string[] = [],
): MetricDescriptor {
  return {
    name,
    type: "counter",
    help,
    unit: "none",
    side: "backend",
    labels,
    known: [],
    values: { ...CLOSED_SETS, status: statuses },
    maxSeries: MAX_HTTP_SERIES,
  };
}
