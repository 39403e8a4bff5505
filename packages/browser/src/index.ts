/**
 * What a page sees and does, counted: page views, clicks, forms, Web Vitals, errors, API calls, actions,
 * conversions, measurements.
 *
 * @module
 */
export { clicks } from "./sources/clicks.ts";
export { pageLoad } from "./sources/pageLoad.ts";
export { apiTimings } from "./sources/apiTimings.ts";
// Bundles keep this order, and compress a little better for it: the core, then what stands on it.
export { longTasks } from "./sources/longTasks.ts";
export { workers } from "./sources/workers.ts";
export { errors } from "./sources/errors.ts";
export { heartbeat } from "./sources/heartbeat.ts";
export { pageViews } from "./sources/pageViews.ts";
export { createMetricsWith } from "./createMetricsWith.ts";
export type { ClientOptions, Consent, ErrorDetails, Metrics, MetricsOptions } from "./metrics.ts";
export { visibility } from "./sources/visibility.ts";
export { filter } from "./sources/filter.ts";
export { createMetrics } from "./createMetrics.ts";
export { funnels } from "./sources/funnels.ts";
export { apiCalls, type ApiCallsOptions } from "./sources/apiCalls.ts";
export { forms } from "./sources/forms.ts";
export { hashPath } from "./hashPath.ts";
export type {
  ActionName,
  Attributes,
  AttributeValue,
  Catalog,
  FeatureName,
  FunnelSteps,
  MeasurementName,
  PageConversionName,
  PageEvent,
  RouteOf,
} from "@rumkit/protocol";
export { sampling } from "./sources/sampling.ts";
export { heap } from "./sources/heap.ts";
export { restoredViews } from "./sources/restoredViews.ts";
export type { Hooks, NewEvent, Outbox, Source, SourceContext } from "./source.ts";
export { warnOfRejections } from "./delivery/warnOfRejections.ts";
export { storedOutbox } from "./sources/storedOutbox.ts";
export { dimensions } from "./sources/dimensions.ts";
export { standby } from "./sources/standby.ts";
export { createWorkerMetrics, type WorkerMetrics } from "./createWorkerMetrics.ts";
export { vitalCauses } from "./sources/vitalCauses.ts";
export { frustration } from "./sources/frustration.ts";
export { createRouteMatcher, templatePath } from "@rumkit/protocol";
export { consoleErrors } from "./sources/consoleErrors.ts";
export { historyPaths } from "./sources/historyPaths.ts";
export { resourceErrors } from "./sources/resourceErrors.ts";
export { type FindCauses, type VitalCause, vitals, type ViewVital } from "./sources/vitals.ts";
