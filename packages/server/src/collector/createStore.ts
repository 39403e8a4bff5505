import type { Catalog } from "@rumkit/protocol";
import type { Registry } from "prom-client";
import { steadyNow } from "../base/steadyNow.ts";
import type { AppFamily } from "../exposition/format.ts";
import { createExemplars, type Exemplars } from "../exposition/renderSeries.ts";
import { createMemoryJournal } from "../journal/memoryJournal.ts";
import { noteTaken, requireUnused } from "../journal/journalUse.ts";
import type { Journal } from "../journal/journal.ts";
import { createRecorder, type Recorder } from "../metrics/recorder.ts";
import { isMerged } from "../merge/mergedFamilies.ts";
import { isSourceSeries } from "../merge/sourceTotals.ts";
import type { SavedSeries } from "../metrics/restoreSeries.ts";
import type { UnreadableListener } from "../registry/readAppMetrics.ts";
import { type AppRegistry, createRegistry } from "../registry/registry.ts";
import type { Processes } from "../workers/processes.ts";
import { countedByEdge } from "./edgeFamilies.ts";
import type { ClusterOptions } from "./clusterOptions.ts";
import type { CollectorOptions } from "./collector.ts";
import type { Part, PartContext } from "../part/part.ts";
import { createUnreadableWarning, warnOfLeftOut, warnOfScrape, warnOfTakeOver } from "./warnings.ts";
import { createExposition } from "../exposition/createExposition.ts";
import { createMetricsRoute } from "../exposition/metricsRoute.ts";
import { createCardinalityRoute, createSeriesReport } from "../exposition/seriesReport.ts";
import { describeMetrics, type PartOptions } from "./parts.ts";

/** The counted values, the journal that stores them, and the registry that exposes them. */
export interface Store<R extends AppRegistry> extends Part {
  readonly journal: Journal;
  readonly recorder: Recorder;
  /** The families that Prometheus gets. */
  readonly exposed: Recorder["exposed"];
  /** The totals of aggregators that the journal of a live role kept. */
  readonly savedSources: readonly SavedSeries[];
  readonly exemplars: Exemplars;
  readonly metrics: ReturnType<typeof createRegistry<R>>;
  /** Called with each metric of the app that cannot be read. */
  readonly onUnreadable: UnreadableListener;
}

/** Restores the values that the journal kept. Throws as `describeMetrics`, `requireUnused` and `Journal.claim` do. */
export function createStore<C extends Catalog, R extends AppRegistry = Registry>(
  options: CollectorOptions<C, R>,
  catalog: Catalog,
  verbose: boolean,
): Store<R> {
  const { journal = createMemoryJournal(), seriesBudget = {}, cluster } = options;
  requireUnused(journal);
  const place = cluster && { role: cluster.role, partitions: cluster.broker.partitions };
  const recorder = createRecorder(describeMetrics(catalog, seriesBudget, place), steadyNow, seriesBudget);
  // Before any value is counted, because two apps in one journal could not be separated. Without a catalog there is no
  // app name, and a later catalog continues the journal.
  if (options.catalog) journal.claim?.(catalog.app);
  const savedSources = restore(recorder, journal);
  const exemplars = createExemplars(Date.now);
  recorder.onExemplar(exemplars.keep);
  const onUnreadable = createUnreadable(recorder);
  const exposed = exposedBy(cluster?.role, recorder, catalog);
  const metrics = createRegistry<R>({
    app: catalog.app,
    families: exposed,
    exemplars,
    registry: options.registry,
    runtimeMetrics: options.runtimeMetrics ?? true,
    onTakeOver: verbose ? () => warnOfTakeOver(catalog.app) : undefined,
    onUnreadable,
  });
  noteTaken(journal);
  return {
    journal,
    recorder,
    exposed,
    savedSources,
    exemplars,
    metrics,
    onUnreadable,
    tick: recorder.sweep,
    leave: metrics.handOver,
    close: journal.close,
    release: metrics.release,
  };
}

/** Counts metrics of the app that cannot be read, and warns of each once. */
export function createUnreadable({ record }: Recorder): UnreadableListener {
  const warn = createUnreadableWarning();
  return (metric, error, name) => {
    record({ metric: "rum_metric_read_failures_total", labels: { metric }, value: 1 });
    warn(metric, error, name);
  };
}

/**
 * A live role has the counts of all aggregators. Prometheus gets them from the aggregators: it would add them up twice if it
 * scraped both. An edge counts only its own work.
 */
function exposedBy(
  role: ClusterOptions["role"] | undefined,
  { exposed }: Recorder,
  catalog: Catalog,
): Recorder["exposed"] {
  if (role === "live") return exposed.filter(({ descriptor }) => !isMerged(descriptor));
  if (role !== "edge") return exposed;
  const isCounted = countedByEdge(catalog);
  return exposed.filter(({ descriptor }) => isCounted(descriptor));
}

/** Returns what belongs to a live role and not to the catalog. */
function restore(recorder: Recorder, journal: Journal): readonly SavedSeries[] {
  // Before `restore`, which may end series: the journal must fold those as well.
  recorder.onEnd((ended, counter) => {
    if (counter) journal.fold(ended, counter);
  });
  const leftOut = recorder.restore(journal.saved);
  warnOfLeftOut(leftOut.filter((saved) => !isSourceSeries(saved)));
  return leftOut.filter(isSourceSeries);
}

/** The exposition: what was counted, and the series that it takes. */
export function createScrapes<R extends AppRegistry>(
  { senderOf, showAll }: PartContext,
  { scrapeIntervalMs }: Pick<PartOptions, "scrapeIntervalMs">,
  { recorder, exposed: families, exemplars, metrics }: Store<R>,
  joinWith: Processes["joinWith"],
): Part {
  const { record } = recorder;
  const { defaultLabels } = metrics;
  const readAppFamilies = async (): Promise<AppFamily[]> => joinWith(await metrics.readAppFamilies());
  const series = createSeriesReport(recorder);
  const onRender = (): void => {
    showAll();
    series.record();
  };
  const scrape = createMetricsRoute({
    exposition: createExposition({ families, exemplars, readAppFamilies, defaultLabels, onRender }),
    record,
    onError: warnOfScrape,
    senderOf,
    scrapeIntervalMs,
  });
  return {
    routes: [
      { method: "GET", path: "/metrics", scope: "metrics", handler: scrape },
      {
        method: "GET",
        under: "api",
        path: "/cardinality",
        scope: "metrics",
        handler: createCardinalityRoute(series),
      },
    ],
  };
}
