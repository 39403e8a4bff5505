import type { Catalog } from "@rumkit/protocol";
import { type Fault, Faults } from "../base/shape.ts";
import { aggregatePart } from "../aggregate/describeAggregateMetrics.ts";
import { describeAccessMetrics } from "../access/guard.ts";
import { checkAliasTargets, describeAliases } from "../catalog/describeAliases.ts";
import { checkChosenNames, checkDerivedNames } from "../catalog/chosenNames.ts";
import { describeCatalogMetrics } from "../catalog/describeCatalogMetrics.ts";
import { describeGaugeMetrics } from "../catalog/describeGaugeMetrics.ts";
import { withLearnedNames } from "../catalog/describeLearnedMetrics.ts";
import { lintAlertMetrics } from "../catalog/lintAlertMetrics.ts";
import { lintLiveMetrics } from "../catalog/lintLiveMetrics.ts";
import { CatalogError, lintCatalog } from "../catalog/lintCatalog.ts";
import { lintDescriptors } from "../catalog/lintDescriptors.ts";
import { describeBatchMetrics, describeCollectMetrics } from "../collect/batchOutcome.ts";
import { describeScrapeMetrics } from "../exposition/sendScrape.ts";
import { healthPart } from "../health/readiness.ts";
import { describeConnectionMetrics } from "../http/serverLimits.ts";
import { describeIngestedMetrics } from "../ingest/ingestedSamples.ts";
import { describeBackendMetrics, describeBuildMetrics } from "../instrument/describeBackendMetrics.ts";
import { describeTrackedMetrics } from "../instrument/trackers.ts";
import { describeJournalMetrics } from "../journal/journalMetrics.ts";
import { describeLiveMetrics } from "../live/describeLiveMetrics.ts";
import { pagePart } from "../live/pageRoutes.ts";
import { describeSeriesMetrics } from "../metrics/describeSeriesMetrics.ts";
import { framesPart } from "../merge/describeFrameMetrics.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import type { SeriesBudget } from "../metrics/seriesBudget.ts";
import { edgePart } from "../edge/describeEdgeMetrics.ts";
import { describeDecisionMetrics } from "../alerting/alertDesk.ts";
import { describeNoticeMetrics } from "../notices/noticeMetrics.ts";
import { openApiPart } from "../openapi/openApiRoute.ts";
import { describeCallMetrics, describePageMetrics } from "../pages/pageEvents.ts";
import type { ClusterPlace, PartDefinition } from "../part/part.ts";
import { describePushMetrics } from "../push/pushMetrics.ts";
import { describeRegistryMetrics } from "../registry/readAppMetrics.ts";
import { describeReportMetrics } from "../reports/reportEvent.ts";
import { scriptPart } from "../script/scriptRoutes.ts";
import { describeStackMetrics } from "../sourceMaps/createResolver.ts";
import { describeWorkerMetrics } from "../workers/processes.ts";
import type { CollectorOptions } from "./collector.ts";

/** The options of a collector that parts can read, of any catalog. */
export type PartOptions = Omit<CollectorOptions<Catalog>, "catalog" | "registry">;

/**
 * The parts of a collector: a new one is a room, and one line here. The order of lines is the order of their families
 * in `/metrics`, and nothing else.
 */
export const PARTS: readonly PartDefinition<PartOptions>[] = [
  { describe: describePageMetrics },
  { describe: describeReportMetrics },
  { describe: describeCallMetrics },
  { describe: describeCatalogMetrics },
  { describe: describeBackendMetrics },
  { describe: describeGaugeMetrics },
  { describe: ({ ingested }) => describeIngestedMetrics(ingested) },
  { describe: describeBuildMetrics },
  { describe: describeBatchMetrics },
  { describe: describeTrackedMetrics },
  { describe: describeCollectMetrics },
  healthPart,
  { describe: describeAccessMetrics },
  { describe: describeScrapeMetrics },
  { describe: describeRegistryMetrics },
  { describe: describeConnectionMetrics },
  { describe: describeWorkerMetrics },
  aggregatePart,
  framesPart,
  { describe: describeLiveMetrics },
  { describe: describeStackMetrics },
  { describe: describeJournalMetrics },
  { describe: describeNoticeMetrics },
  { describe: describeDecisionMetrics },
  { describe: describePushMetrics },
  edgePart,
  pagePart,
  scriptPart,
  openApiPart,
];

/**
 * Describes every metric that a collector of this catalog exposes. `place` adds those of a role.
 *
 * Throws a `CatalogError` that lists everything that is wrong with the catalog, with a remedy for each fault.
 */
export function describeMetrics(
  catalog: Catalog,
  budget: SeriesBudget = {},
  place?: ClusterPlace,
): MetricDescriptor[] {
  const { descriptors, faults } = draftMetrics(catalog, budget, place);
  if (faults.length > 0) throw new CatalogError(faults);
  return descriptors;
}

/** The metrics of a catalog and its faults. No metrics if the catalog itself is invalid. */
export function draftMetrics(
  catalog: Catalog,
  budget: SeriesBudget = {},
  place?: ClusterPlace,
): { readonly descriptors: MetricDescriptor[]; readonly faults: readonly string[] } {
  const faults = lintCatalog(catalog);
  if (faults.length > 0) return { descriptors: [], faults: textsOf(faults) };
  const descriptors = describeAll(catalog, place);
  const names = findNameFaults(catalog, descriptors);
  return {
    descriptors,
    faults: [
      ...textsOf([...names, ...lintRead(catalog, descriptors)]),
      // Two families of one name would be reported again.
      ...(names.length > 0 ? [] : lintDescriptors(descriptors, budget)),
    ],
  };
}

/**
 * Returns the faults of a catalog with their places: of its shape, else of its alerts and its live page. Never throws.
 */
export function findCatalogFaults(catalog: unknown): readonly Fault[] {
  const faults = lintCatalog(catalog);
  if (faults.length > 0) return faults;
  const sound = catalog as Catalog;
  const descriptors = describeAll(sound);
  return [...findNameFaults(sound, descriptors), ...lintRead(sound, descriptors)];
}

/** Returns the faults of everything that reads metrics: alerts, and the cards and charts of the live page. */
function lintRead(catalog: Catalog, descriptors: readonly MetricDescriptor[]): readonly Fault[] {
  return [...lintAlertMetrics(catalog, descriptors), ...lintLiveMetrics(catalog, descriptors)];
}

/** Returns the faults of the names that a catalog chose for families. */
function findNameFaults(catalog: Catalog, descriptors: readonly MetricDescriptor[]): readonly Fault[] {
  const faults = new Faults("the catalog");
  checkChosenNames(catalog, descriptors, faults);
  checkDerivedNames(catalog, descriptors, faults);
  checkAliasTargets(
    catalog,
    descriptors.filter(({ aliasOf }) => !aliasOf),
    faults,
  );
  return faults.found;
}

function describeAll(catalog: Catalog, place?: ClusterPlace): MetricDescriptor[] {
  const descriptors = PARTS.flatMap(({ describe }) => describe?.(catalog, place) ?? []);
  const withNames = withLearnedNames(descriptors, catalog);
  const families = [...withNames, ...describeSeriesMetrics(withNames)];
  const aliases = describeAliases(catalog, families);
  const times = Map.groupBy(aliases, ({ aliasOf }) => aliasOf?.metric);
  const counted = families.map((family) => {
    const shown = times.get(family.name);
    return shown ? { ...family, aliases: shown.length } : family;
  });
  return [...counted, ...aliases];
}

function textsOf(faults: readonly Fault[]): string[] {
  return faults.map(({ text }) => text);
}
