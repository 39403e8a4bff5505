import type { Catalog } from "@rumkit/protocol";
import { CatalogError, lintCatalog } from "../catalog/lintCatalog.ts";
import { withLearnedNames } from "../catalog/describeLearnedMetrics.ts";
import { lintDescriptors } from "../catalog/lintDescriptors.ts";
import { describeSeriesMetrics } from "../metrics/describeSeriesMetrics.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import type { SeriesBudget } from "../metrics/seriesBudget.ts";
import { PARTS } from "./parts.ts";

/**
 * Describes every metric that a collector of this catalog exposes.
 *
 * Throws a `CatalogError` that lists everything that is wrong with the catalog, with a remedy for each fault.
 */
export function describeMetrics(catalog: Catalog, budget: SeriesBudget = {}): MetricDescriptor[] {
  const { descriptors, faults } = draftMetrics(catalog, budget);
  if (faults.length > 0) throw new CatalogError(faults);
  return descriptors;
}

/** The metrics of a catalog and its faults. No metrics if the catalog itself is invalid. */
export function draftMetrics(
  catalog: Catalog,
  budget: SeriesBudget = {},
): { readonly descriptors: MetricDescriptor[]; readonly faults: readonly string[] } {
  const faults = lintCatalog(catalog).map(({ text }) => text);
  if (faults.length > 0) return { descriptors: [], faults };
  const descriptors = PARTS.flatMap(({ describe }) => describe?.(catalog) ?? []);
  const withNames = withLearnedNames(descriptors, catalog);
  const all = [...withNames, ...describeSeriesMetrics(withNames)];
  return { descriptors: all, faults: lintDescriptors(all, budget) };
}
