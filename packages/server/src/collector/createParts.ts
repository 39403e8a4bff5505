import type { Catalog } from "@rumkit/protocol";
import { createPendingWork, type PendingWork } from "../base/pendingWork.ts";
import { isReady, type ReadinessOptions } from "../health/readiness.ts";
import { watchJournal } from "../journal/journalMetrics.ts";
import type { AppRegistry } from "../registry/registry.ts";
import type { CollectorOptions } from "./collector.ts";
import { type Backend, createBackend } from "./createBackend.ts";
import { createEnding, type Ending } from "./createEnding.ts";
import { createLoad, type Load } from "./createLoad.ts";
import { createPulse, type Pulse } from "./createPulse.ts";
import { createShown, type Shown } from "./createShown.ts";
import { createStore, type Store } from "./createStore.ts";
import type { Part } from "./part.ts";
import { createJournalWarning } from "./warnings.ts";

/** The parts of a collector, with its clock and its end. */
export interface Parts<C extends Catalog, R extends AppRegistry> {
  readonly store: Store<R>;
  readonly shown: Shown;
  readonly load: Load;
  readonly backend: Backend<C>;
  readonly readiness: ReadinessOptions;
  readonly pulse: Pulse;
  readonly ending: Ending;
  /** Requests and calls that count something and are not answered yet. */
  readonly pending: PendingWork;
}

export function createParts<C extends Catalog, R extends AppRegistry>(
  options: CollectorOptions<C, R>,
  catalog: Catalog,
  verbose: boolean,
): Parts<C, R> {
  const store = createStore<C, R>(options, catalog, verbose);
  const { journal } = store;
  const { record, tally } = store.recorder;
  const shown = createShown(options, catalog, store.recorder, verbose);
  const { log } = shown;
  const load = createLoad(journal, record);
  const backend = createBackend(options, catalog, store, verbose);
  const onFailing = options.log ? log.journalFailing : createJournalWarning();
  const isDraining = (): boolean => ending.isDraining;
  const readiness: ReadinessOptions = {
    ...options.readiness,
    isDraining,
    journal,
    series: () => tally.process,
  };
  /** In the order in which they start. They end in the opposite order. */
  const parts: readonly Part[] = [
    store,
    { show: watchJournal(journal, record, onFailing) },
    load,
    // After the parts that record values in their tick, because the live page gets one frame per second.
    shown,
    backend,
    { show: () => record({ metric: "rum_ready", labels: {}, value: isReady(readiness) ? 1 : 0 }) },
  ];
  const pulse = createPulse(parts);
  const pending = createPendingWork();
  const ending = createEnding({ pending, log, parts: [...parts, { leave: pulse.stop }] });
  return { store, shown, load, backend, readiness, pulse, ending, pending };
}
