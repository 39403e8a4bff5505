import type { Catalog } from "@rumkit/protocol";
import type { MetricDescriptor } from "@rumkit/server";
import { closedValues, openLabels } from "@rumkit/server/internal/metrics";

/**
 * Values of a label that a site usually has, where they are not those of the catalog: an estimate, calibrated with the
 * example shop and its visitors. 0 is for values that a sound setup does not have.
 */
const USUAL_VALUES: Readonly<Record<string, number>> = {
  // Pages
  navigation: 2,
  device: 2,
  browser: 4,
  connection: 2,
  element: 30,
  form: 4,
  part: 2,
  party: 1,
  rating: 2,
  kind: 2,
  type: 2,
  directive: 1,
  disposition: 1,
  // Requests: most endpoints have one method, and are answered well or with one kind of error.
  method: 1,
  http_request_method: 1,
  status: 2,
  http_response_status_code: 2,
  // Instruments of the backend
  operation: 2,
  table: 6,
  outcome: 2,
  pool: 1,
  // Few apps stream answers of models.
  stream: 0,
  model: 1,
  cache: 1,
  queue: 1,
  error_type: 4,
  exception_type: 3,
  severity: 1,
  origin: 1,
  // One process is one release of one app.
  app: 1,
  release: 1,
  service_name: 1,
  service_version: 1,
  version: 1,
  // Values of services that the catalog does not declare.
  name: 0,
};

/** Values of an open label without an estimate. */
const OPEN_VALUES = 10;

/** Routes of a backend whose endpoints the catalog does not name. */
const BACKEND_ROUTES = 20;

/** Metrics that only a fault fills. */
const OF_FAULTS: ReadonlySet<string> = new Set(["rum_series_folded_total", "rum_metric_read_failures_total"]);

/** Returns the number of label sets that a metric usually has: those of the start, and what visitors usually add. */
export function usualSeries(descriptor: MetricDescriptor, { endpoints = [] }: Catalog): number {
  const { name, labels, known, maxSeries } = descriptor;
  if (known.length >= maxSeries || OF_FAULTS.has(name)) return known.length;
  const open = openLabels(descriptor);
  const counts = labels.map((label) => {
    if (open.includes(label) && /^(?:http_)?route$/.test(label)) return endpoints.length || BACKEND_ROUTES;
    const estimate = Object.hasOwn(USUAL_VALUES, label) ? USUAL_VALUES[label] : undefined;
    if (open.includes(label)) return estimate ?? OPEN_VALUES;
    const all = closedValues(descriptor, label).length;
    return descriptor.side === "backend" && !isInstrument(name) ? all : Math.min(estimate ?? all, all);
  });
  const product = counts.reduce((sets, count) => sets * count, 1);
  return Math.max(known.length, Math.min(maxSeries, product));
}

/** True for metrics whose closed labels are the instruments' own and not those of a catalog. */
function isInstrument(name: string): boolean {
  return /^(?:http|database|stream|streams|cache|app|job|rum)_/.test(name);
}
