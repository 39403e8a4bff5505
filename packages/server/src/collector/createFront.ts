import type { Catalog } from "@rumkit/protocol";
import type { Access } from "../access/access.ts";
import { createGuard, createOpens } from "../access/guard.ts";
import { createExposition } from "../exposition/createExposition.ts";
import { createSeriesReport } from "../exposition/seriesReport.ts";
import type { Count } from "../journal/count.ts";
import { draftCatalog } from "../learned/draftCatalog.ts";
import type { AppRegistry } from "../registry/registry.ts";
import type { CollectorOptions } from "./collector.ts";
import { createIntake } from "./createIntake.ts";
import type { Parts } from "./createParts.ts";
import { createRoutes, type Routes } from "./createRoutes.ts";
import { warnOfScrape } from "./warnings.ts";

export interface FrontOptions<C extends Catalog, R extends AppRegistry> extends Pick<
  Parts<C, R>,
  "store" | "shown" | "load" | "pulse" | "ending" | "pending" | "readiness"
> {
  readonly options: CollectorOptions<C, R>;
  readonly catalog: Catalog;
  readonly access: Access | undefined;
  readonly verbose: boolean;
  readonly count: Count;
}

/** Creates the routes. The checks of `access` run before them. */
export function createFront<C extends Catalog, R extends AppRegistry>(parts: FrontOptions<C, R>): Routes {
  const { options, catalog, access, verbose, store, shown, load, count, pulse, ending, pending, readiness } =
    parts;
  const { recorder, exemplars, metrics } = store;
  const { record, families } = recorder;
  const { feed, errors, seen, onMapFailed, sourceMaps, log } = shown;
  const intake = createIntake({
    options,
    catalog,
    access,
    verbose,
    seen,
    overload: load.overload,
    count,
    recorder,
    record,
    sessions: load.sessions,
    onRelease: (release) => shown.releases.see(release, "page"),
    log,
    isDraining: () => ending.isStopping,
    durable: store.journal.durable,
    now: Date.now,
  });
  const series = createSeriesReport(recorder);
  const onRender = (): void => {
    pulse.show();
    series.record();
  };
  const { readAppFamilies, defaultLabels } = metrics;
  return createRoutes({
    catalog,
    ...intake,
    guard: createGuard(access, record),
    opens: createOpens(access),
    exposition: createExposition({ families, exemplars, readAppFamilies, defaultLabels, onRender }),
    series,
    onScrapeError: warnOfScrape,
    scrapeIntervalMs: options.scrapeIntervalMs,
    feed,
    history: shown.history,
    prometheus: shown.prometheus,
    errors,
    draft: seen && (() => draftCatalog(catalog.app, families, seen)),
    maps: access && sourceMaps?.maps,
    onMapFailed,
    pending,
    readiness,
  });
}
