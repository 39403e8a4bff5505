import type { Handler } from "hono";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { describeForMachines } from "./describeForMachines.ts";

/**
 * `GET /api/rumkit/metrics.json`: every metric for machines and agents, as `rumkit generate --metrics-json` writes it for a
 * scrape job with the app's name. Rendered at the first request.
 */
export function createMetricsJsonRoute(app: string, descriptors: readonly MetricDescriptor[]): Handler {
  let text: string | undefined;
  return (c) => {
    text ??= JSON.stringify(
      describeForMachines(descriptors, {
        app,
        matchers: `job=${JSON.stringify(app)}`,
        origin: `Served by the collector of ${app}.`,
      }),
    );
    return c.body(text, 200, { "content-type": "application/json", "cache-control": "no-store" });
  };
}
