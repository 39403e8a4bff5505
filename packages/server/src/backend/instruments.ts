import type { Catalog } from "@rumkit/protocol";
import type { Rejection } from "../ingest/rejection.ts";
import type { Recorder } from "../metrics/recorder.ts";
import { createTrackError, type TrackError, watchExceptions } from "./appErrors.ts";
import { type Caches, createCaches } from "./caches.ts";
import type { ChildOf } from "./child.ts";
import {
  createPoolGauges,
  type PgPool,
  type PoolState,
  stateOf,
  watchPool,
} from "./database/instrumentPool.ts";
import { createBeginQuery, createQueryTimer, type QueryTimer } from "./database/queryTimer.ts";
import { createJobs, type Jobs } from "./jobs.ts";
import { createTrackQueue, type TrackQueue } from "./queues.ts";

/** What server code measures itself with. Every function is safe to destructure. */
export interface Instruments<C extends Catalog> extends Jobs<C>, Caches {
  /**
   * Times the queries of a `pg` pool, transactions through `connect()` included, by operation and table, and
   * shows its connections under `name` (default `"default"`). Returns what undoes it.
   */
  readonly instrumentPool: (pool: PgPool, options?: { readonly name?: string }) => () => void;
  /** Shows the connections of another driver's pool: `read` is called at each scrape. Returns what undoes it. */
  readonly trackPool: (name: string, read: () => PoolState) => () => void;
  readonly queryTimer: QueryTimer;
  readonly trackQueue: TrackQueue;
  readonly trackError: TrackError;
}

export interface InstrumentsOptions {
  readonly catalog: Catalog;
  readonly recorder: Pick<Recorder, "record">;
  readonly childOf: ChildOf;
  readonly onRejected: (rejection: Rejection) => void;
  /** Count what nothing caught. */
  readonly exceptions: boolean;
}

/** The calls, what a scrape has to read first, and the end of it all. */
export interface RunningInstruments<C extends Catalog> {
  readonly calls: Instruments<C>;
  readonly readGauges: () => void;
  readonly stop: () => void;
}

export function createInstruments<C extends Catalog>(options: InstrumentsOptions): RunningInstruments<C> {
  const { catalog, childOf, onRejected } = options;
  const { record } = options.recorder;
  const readers = new Set<() => void>();
  const readAtScrape = (read: () => void): (() => void) => {
    readers.add(read);
    return () => void readers.delete(read);
  };
  const beginQuery = createBeginQuery(childOf);
  const stopWatching = options.exceptions ? watchExceptions(record) : () => {};

  return {
    calls: {
      ...createJobs<C>({
        catalog,
        childOf,
        reject: (rejection) => {
          record({ metric: "tracked_events_rejected_total", labels: { reason: rejection.code }, value: 1 });
          onRejected(rejection);
        },
      }),
      ...createCaches(childOf, readAtScrape),
      instrumentPool: (pool, { name = "default" } = {}) => {
        const unwatch = watchPool(pool, beginQuery);
        const stopReading = readAtScrape(createPoolGauges(name, childOf, () => stateOf(pool)));
        return () => {
          unwatch();
          stopReading();
        };
      },
      trackPool: (name, read) => readAtScrape(createPoolGauges(name, childOf, read)),
      queryTimer: createQueryTimer(beginQuery),
      trackQueue: createTrackQueue(childOf, readAtScrape),
      trackError: createTrackError(record),
    },
    readGauges: () => {
      for (const read of readers) readSafely(read);
    },
    stop: stopWatching,
  };
}

/** What an app gives us to read may throw: then what it says stays as it was, and the scrape goes on. */
function readSafely(read: () => void): void {
  try {
    read();
  } catch {
    // Its value stays.
  }
}
