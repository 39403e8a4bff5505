/**
 * What a page sees and does, counted: page views, clicks, Web Vitals, errors, actions, conversions.
 *
 * @module
 */
export type {
  ActionName,
  Attributes,
  AttributeValue,
  Catalog,
  MeasurementName,
  PageConversionName,
  RouteOf,
} from "@rumkit/protocol";
export { clicks } from "./clicks.ts";
export { createMetrics } from "./createMetrics.ts";
export { createMetricsWith } from "./createMetricsWith.ts";
export { errors } from "./errors.ts";
export type { ErrorDetails, Metrics, MetricsOptions } from "./metrics.ts";
export { pageViews } from "./pageViews.ts";
export type { NewEvent, Source, SourceContext } from "./source.ts";
export { vitals } from "./vitals.ts";
