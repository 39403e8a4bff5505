/**
 * Client for pages: counts page views, clicks, forms, Web Vitals, errors, API calls, actions, conversions and
 * measurements.
 *
 * @module
 */
// Bundles keep this order. It was found by trial and compresses best (`test/bundle.test.ts` has the limits).
export { errorKinds } from "./sources/errorKinds.ts";
export { heap } from "./sources/heap.ts";
export { frustration } from "./sources/frustration.ts";
export { forms } from "./sources/forms.ts";
export { vitalCauses } from "./sources/vitalCauses.ts";
export { visibility } from "./sources/visibility.ts";
export { createRouteMatcher, templatePath } from "@rumkit/protocol";
export { dimensions } from "./sources/dimensions.ts";
export { workers } from "./sources/workers.ts";
export { restoredViews } from "./sources/restoredViews.ts";
export { createMetrics } from "./start/createMetrics.ts";
export { longTasks } from "./sources/longTasks.ts";
export { consoleErrors } from "./sources/consoleErrors.ts";
export { createWorkerMetrics, type WorkerMetrics } from "./start/createWorkerMetrics.ts";
export { clicks } from "./sources/clicks.ts";
export { funnels } from "./sources/funnels.ts";
export { resourceErrors } from "./sources/resourceErrors.ts";
export { pageViews } from "./sources/pageViews.ts";
export { sampling } from "./sources/sampling.ts";
export { warnOfRejections } from "./delivery/warnOfRejections.ts";
export { errors } from "./sources/errors.ts";
export { heartbeat } from "./sources/heartbeat.ts";
export { apiTimings } from "./sources/apiTimings.ts";
export { type FindCauses, type VitalCause, vitals, type ViewVital } from "./sources/vitals.ts";
export { limits } from "./sources/limits.ts";
export { apiCalls, type ApiCallsOptions } from "./sources/apiCalls.ts";
export { embeddedPages } from "./sources/embeddedPages.ts";
export { earlyErrors, earlySnippet } from "./sources/earlyErrors.ts";
export { createMetricsWith } from "./client/createMetricsWith.ts";
export { historyPaths } from "./sources/historyPaths.ts";
export { pageLoad } from "./sources/pageLoad.ts";
export { standby } from "./sources/standby.ts";
export { storedOutbox } from "./sources/storedOutbox.ts";
export { hashPath } from "./sources/hashPath.ts";
export { filter } from "./sources/filter.ts";
export type { ClientOptions, Consent, ErrorDetails, Metrics, MetricsOptions } from "./contract/metrics.ts";
export type { Hooks, NewEvent, Outbox, Source, SourceContext } from "./contract/source.ts";
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
