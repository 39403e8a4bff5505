import { hostname } from "node:os";
import { createSeriesReport } from "../exposition/seriesReport.ts";
import { createMemoryDocuments } from "../journal/documentSizes.ts";
import type { Part, PartContext } from "../part/part.ts";
import { createPush } from "../push/createPush.ts";
import type { AppRegistry } from "../registry/registry.ts";
import type { Store } from "./createStore.ts";
import type { PartOptions } from "./parts.ts";
import { createPushWarning } from "./warnings.ts";

/** Pushes all metrics to a Prometheus that cannot scrape, if the option `remoteWrite` names one. */
export function createPushPart<R extends AppRegistry>(
  { catalog, recorder, journal, showAll }: PartContext,
  { remoteWrite, cluster }: Pick<PartOptions, "remoteWrite" | "cluster">,
  { exposed, metrics: { readAppFamilies, defaultLabels } }: Store<R>,
): Part {
  if (remoteWrite === undefined) return {};
  const series = createSeriesReport(recorder);
  const { show, tick, close } = createPush({
    options: { ...remoteWrite, labels: { ...instanceOf(cluster), ...remoteWrite.labels } },
    app: catalog.app,
    recorder: { exposed, record: recorder.record },
    readAppFamilies,
    defaultLabels,
    documents: journal.documents ?? createMemoryDocuments(),
    onRead: () => {
      showAll();
      series.record();
    },
    now: Date.now,
    warn: createPushWarning(),
  });
  return { show, tick: () => void tick(), close };
}

/** Aggregators and live roles of one machine push to one receiver: their names tell them apart. */
function instanceOf(cluster: PartOptions["cluster"]): { readonly instance?: string } {
  return cluster && "name" in cluster ? { instance: `${hostname()}-${cluster.name}` } : {};
}
