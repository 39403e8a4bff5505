import type { Catalog } from "@rumkit/protocol";
import { describeBackendMetrics } from "../instrument/describeBackendMetrics.ts";
import { describeCatalogMetrics } from "../catalog/describeCatalogMetrics.ts";
import { describeCollectorMetrics } from "./describeCollectorMetrics.ts";
import { describeIngestedMetrics } from "../ingest/describeIngestedMetrics.ts";
import { describeJournalMetrics } from "../journal/journalMetrics.ts";
import { withLearnedNames } from "../catalog/describeLearnedMetrics.ts";
import { describePageMetrics } from "../pages/describePageMetrics.ts";
import { describeSeriesMetrics } from "../metrics/describeSeriesMetrics.ts";
import { CatalogError } from "../catalog/catalogError.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { lintCatalog } from "../catalog/lintCatalog.ts";
import { lintDescriptors } from "../catalog/lintDescriptors.ts";
import type { SeriesBudget } from "../metrics/seriesBudget.ts";

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
  const descriptors = [
    ...describePageMetrics(catalog),
    ...describeCatalogMetrics(catalog),
    ...describeBackendMetrics(catalog),
    ...describeIngestedMetrics(catalog.ingested),
    ...describeCollectorMetrics(),
    ...describeJournalMetrics(),
  ];
  const withNames = withLearnedNames(descriptors, catalog);
  const all = [...withNames, ...describeSeriesMetrics(withNames)];
  return { descriptors: all, faults: lintDescriptors(all, budget) };
}
