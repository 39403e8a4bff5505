import type { MetricDescriptor } from "./descriptor.ts";

/** Label sets of the HTTP families: 200 routes of a handful of methods, with a handful of status codes each. */
const MAX_HTTP_SERIES = 2_000;

/**
 * Seconds. The edges of OpenTelemetry's `http.server.request.duration` (semantic conventions, HTTP metrics:
 * 5 ms to 10 s), so that boards made for it fit.
 */
const HTTP_DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** The families that `httpMetrics()` fills, and what the process says about itself. */
export function describeBackendMetrics(): MetricDescriptor[] {
  return [
    backend("counter", "http_requests_total", "HTTP requests that were answered.", "none", [
      "method",
      "route",
      "status_code",
    ]),
    {
      ...backend("histogram", "http_request_duration_seconds", "Time to answer an HTTP request.", "seconds", [
        "method",
        "route",
      ]),
      buckets: HTTP_DURATION_BUCKETS,
    },
    {
      ...backend(
        "gauge",
        "http_requests_in_flight",
        "HTTP requests that are being answered now.",
        "none",
        [],
      ),
      known: [{}],
      maxSeries: 1,
    },
    {
      ...backend("gauge", "app_info", "The app and its release; always 1.", "none", ["app", "release"]),
      maxSeries: 1,
    },
  ];
}

function backend(
  type: MetricDescriptor["type"],
  name: string,
  help: string,
  unit: MetricDescriptor["unit"],
  labels: readonly string[],
): MetricDescriptor {
  return { name, type, help, unit, side: "backend", labels, known: [], maxSeries: MAX_HTTP_SERIES };
}
