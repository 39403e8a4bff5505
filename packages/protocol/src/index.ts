/**
 * The contract between page and collector: the catalogue, the wire, the vitals, the limits.
 *
 * @module
 */
export type * from "./answers.ts";
export type * from "./batch.ts";
export * from "./catalog.ts";
export type * from "./catalogCalls.ts";
export { type Amount, type DecimalObject, readAmount, type ReadAmount, toMinorUnits } from "./amount.ts";
export { currencyExponent } from "./currency.ts";
export type * from "./errorGroups.ts";
export type { ExactCatalog, Mistake } from "./exactCatalog.ts";
export * from "./ingest.ts";
export * from "./limits.ts";
export type * from "./live.ts";
export { createRouteMatcher, UNMATCHED_ROUTE } from "./route.ts";
export { templatePath } from "./templatePath.ts";
export * from "./webVitals.ts";
