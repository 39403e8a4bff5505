import { createExposition } from "../exposition/createExposition.ts";
import { createMetricsRoute } from "../exposition/metricsRoute.ts";
import { createCardinalityRoute, createSeriesReport } from "../exposition/seriesReport.ts";
import type { Part, PartContext } from "../part/part.ts";
import type { AppRegistry } from "../registry/registry.ts";
import type { Store } from "./createStore.ts";
import type { PartOptions } from "./parts.ts";
import { warnOfScrape } from "./warnings.ts";

/** The exposition: what was counted, and the series that it takes. */
export function createScrapes<R extends AppRegistry>(
  { senderOf, showAll }: PartContext,
  { scrapeIntervalMs }: Pick<PartOptions, "scrapeIntervalMs">,
  { recorder, exemplars, metrics }: Store<R>,
): Part {
  const { families, record } = recorder;
  const { readAppFamilies, defaultLabels } = metrics;
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
      { method: "GET", path: "/api/cardinality", scope: "metrics", handler: createCardinalityRoute(series) },
    ],
  };
}
