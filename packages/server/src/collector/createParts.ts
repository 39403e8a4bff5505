import type { Catalog } from "@rumkit/protocol";
import type { Access } from "../access/access.ts";
import { createOpens } from "../access/guard.ts";
import { createPendingWork, type PendingWork } from "../base/pendingWork.ts";
import { createSenderOf } from "../http/clientAddress.ts";
import { type Count, createCount } from "../journal/count.ts";
import { watchJournal } from "../journal/journalMetrics.ts";
import { createViewerLimits } from "../live/viewerLimits.ts";
import type { Part, PartContext, PartRoute } from "../part/part.ts";
import type { AppRegistry } from "../registry/registry.ts";
import type { CollectorOptions } from "./collector.ts";
import { type Backend, createBackend } from "./createBackend.ts";
import { createEnding, type Ending } from "./createEnding.ts";
import { createIntake, type Intake } from "./createIntake.ts";
import { createLoad } from "./createLoad.ts";
import { createPulse } from "./createPulse.ts";
import { createScrapes } from "./createScrapes.ts";
import { createShown, type Shown } from "./createShown.ts";
import { createSocketPart, type SocketPart } from "./createSocketPart.ts";
import { createStore, type Store } from "./createStore.ts";
import { PARTS } from "./parts.ts";
import { createJournalWarning } from "./warnings.ts";

/** The running parts of a collector that its own functions use, and what all parts share. */
export interface Parts<C extends Catalog, R extends AppRegistry> {
  readonly store: Store<R>;
  readonly shown: Shown;
  readonly backend: Backend<C>;
  readonly intake: Intake;
  readonly socket: SocketPart;
  readonly routes: readonly PartRoute[];
  readonly count: Count;
  readonly ending: Ending;
  /** Requests and calls that count something and are not answered yet. */
  readonly pending: PendingWork;
}

/** The catalog of the options, or its replacement, and what follows from the other options. */
export interface Setting {
  readonly catalog: Catalog;
  readonly access: Access | undefined;
  readonly verbose: boolean;
}

/** Connects the parts that need each other, and starts those of `PARTS`. */
export function createParts<C extends Catalog, R extends AppRegistry>(
  options: CollectorOptions<C, R>,
  setting: Setting,
): Parts<C, R> {
  const { catalog, access, verbose } = setting;
  const store = createStore<C, R>(options, catalog, verbose);
  const { journal, recorder } = store;
  const context: PartContext = {
    catalog,
    recorder,
    journal,
    senderOf: createSenderOf(options),
    opens: createOpens(access),
    isDraining: () => ending.isDraining,
    areReady: () => parts.every(({ isReady }) => isReady?.() ?? true),
    showAll: () => pulse.show(),
  };
  const isStopping = (): boolean => ending.isStopping;
  const viewers = createViewerLimits(() => performance.now());
  const shown = createShown(context, options, { verbose, viewers });
  const { log, errors, seen, releases } = shown;
  const load = createLoad(journal, recorder.record);
  const backend = createBackend(options, catalog, store, verbose);
  const count = createCount(journal, recorder, errors.see, log.journalFailed);
  const pending = createPendingWork();
  const intake = createIntake({
    ...setting,
    ...load,
    context,
    options,
    app: options.catalog?.app,
    count,
    log,
    seen,
    pending,
    onRelease: (release) => releases.see(release, "page"),
    isDraining: isStopping,
  });
  const socket = createSocketPart({ context, options, access, verbose, viewers, isStopping });
  const onFailing = options.log ? log.journalFailing : createJournalWarning();
  const parts: readonly Part[] = [
    { show: watchJournal(journal, recorder.record, onFailing) },
    shown,
    load,
    backend,
    intake,
    socket,
    createScrapes(context, options, store),
    ...PARTS.flatMap(({ start }) => start?.(context, options) ?? []),
  ];
  const pulse = createPulse([...parts, store]);
  const ending = createEnding({ pending, log, parts: [...parts, { leave: pulse.stop }], store });
  const routes = parts.flatMap((part) => part.routes ?? []);
  return { store, shown, backend, intake, socket, routes, count, ending, pending };
}
