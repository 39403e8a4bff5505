import type { Catalog } from "@rumkit/protocol";
import { describeBackendMetrics } from "./describeBackendMetrics.ts";
import { describeCatalogMetrics } from "./describeCatalogMetrics.ts";
import { describeCollectorMetrics } from "./describeCollectorMetrics.ts";
import { describeIngestedMetrics } from "./describeIngestedMetrics.ts";
import { describeJournalMetrics } from "./describeJournalMetrics.ts";
import { describePageMetrics } from "./describePageMetrics.ts";
import { describeSeriesMetrics } from "./describeSeriesMetrics.ts";
import type { MetricDescriptor } from "./descriptor.ts";
import { lintCatalog } from "./lintCatalog.ts";
import { lintDescriptors } from "./lintDescriptors.ts";
import type { SeriesBudget } from "./seriesBudget.ts";

/**
 * Every metric that a collector of this catalogue exposes.
 *
 * Throws a `CatalogError` that lists everything that is wrong with the catalogue, with what to do.
 */
export function describeMetrics(catalog: Catalog, budget: SeriesBudget = {}): MetricDescriptor[] {
  const { descriptors, faults } = draftMetrics(catalog, budget);
  if (faults.length > 0) throw new CatalogError(faults);
  return descriptors;
}

/** The metrics of a catalogue and what is wrong with them. None where the catalogue itself is at fault. */
export function draftMetrics(
  catalog: Catalog,
  budget: SeriesBudget = {},
): { readonly descriptors: MetricDescriptor[]; readonly faults: readonly string[] } {
  const faults = findFaults(catalog);
  if (faults.length > 0) return { descriptors: [], faults };
  const descriptors = [
    ...describePageMetrics(catalog),
    ...describeCatalogMetrics(catalog),
    ...describeBackendMetrics(catalog),
    ...describeIngestedMetrics(catalog.ingested),
    ...describeCollectorMetrics(),
    ...describeJournalMetrics(),
  ];
  const all = [...descriptors, ...describeSeriesMetrics(descriptors)];
  return { descriptors: all, faults: lintDescriptors(all, budget) };
}

/** Plain JavaScript may pass anything: what is no catalogue at all is a fault too, not a crash. */
function findFaults(catalog: Catalog): string[] {
  try {
    return lintCatalog(catalog);
  } catch (error) {
    return [`It has not the shape of a catalogue: ${String(error)}.`];
  }
}

/** The catalogue cannot be counted as it is written. */
export class CatalogError extends Error {
  readonly code = "bad_catalog";
  /** One sentence for each fault. */
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      `[rumkit] The catalogue has ${faults.length} fault(s):\n${faults.map((fault) => `- ${fault}`).join("\n")}`,
    );
    this.name = "CatalogError";
    this.faults = faults;
  }
}
