/**
 * The contract between page and collector: the catalog, the wire, the vitals, the limits.
 *
 * @module
 */
export type * from "./wire/answers.ts";
export * from "./wire/audit.ts";
export type * from "./wire/batch.ts";
export type * from "./catalog/alertSpec.ts";
export * from "./catalog/catalog.ts";
export type * from "./catalog/catalogCalls.ts";
export type * from "./catalog/entrySpecs.ts";
export type * from "./catalog/gaugeCalls.ts";
export type * from "./catalog/liveSpec.ts";
export {
  type Amount,
  type DecimalObject,
  readAmount,
  type ReadAmount,
  toMinorUnits,
} from "./values/amount.ts";
export { currencyExponent } from "./values/currency.ts";
export * from "./wire/envelope.ts";
export * from "./wire/errorGroups.ts";
export * from "./wire/events.ts";
export type * from "./wire/field.ts";
export type { ExactCatalog } from "./catalog/exactCatalog.ts";
export type { Mistake } from "./catalog/mistake.ts";
export * from "./wire/ingest.ts";
export * from "./wire/limits.ts";
export * from "./wire/live.ts";
export type * from "./wire/liveAlerts.ts";
export type * from "./wire/liveBoard.ts";
export type * from "./wire/liveDurations.ts";
export type * from "./wire/liveHistory.ts";
export * from "./wire/liveLink.ts";
export type * from "./wire/liveVitals.ts";
export * from "./wire/rejections.ts";
export * from "./wire/stream.ts";
export { createRouteMatcher, UNMATCHED_ROUTE } from "./routes/route.ts";
export { templatePath, withoutParameters } from "./routes/templatePath.ts";
export * from "./values/webVitals.ts";
export * from "./wire/words.ts";
