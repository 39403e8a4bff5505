import type { Catalog } from "@rumkit/protocol";
import type { Rejection } from "../base/rejection.ts";
import type { UnreadableListener } from "../registry/readAppMetrics.ts";
import type { ChildOf, Recorder } from "../metrics/recorder.ts";
import { createTrackError, type TrackError, watchExceptions } from "./appErrors.ts";
import { type Caches, createCaches } from "./caches.ts";
import { type PgPool, type PoolState, showPool, stateOf, watchPool } from "./database/instrumentPool.ts";
import { createQueries, createQueryTimer, type QueryTimer } from "./database/queryTimer.ts";
import { createGaugeReaders, createTrackQueue, type TrackQueue } from "./gaugeReaders.ts";
import { createJobs, type Jobs } from "./jobs.ts";
import { createStreams, type Streams } from "./streams.ts";

/** The instruments of server code. Every function is safe to destructure. */
export interface Instruments<C extends Catalog> extends Jobs<C>, Caches, Streams {
  /**
   * Times the queries of a `pg` pool, including transactions through `connect()`, by operation and table, and exposes
   * its number of connections under `name` (default `"default"`). A query that gets no connection has the outcome
   * `no_connection`. Returns a function that undoes it.
   */
  readonly instrumentPool: (pool: PgPool, options?: { readonly name?: string }) => () => void;
  /**
   * Exposes the number of connections of another driver's pool: `read` is called at each scrape. Returns a function
   * that undoes it.
   */
  readonly trackPool: (name: string, read: () => PoolState) => () => void;
  readonly queryTimer: QueryTimer;
  readonly trackQueue: TrackQueue;
  readonly trackError: TrackError;
}

export interface InstrumentsOptions {
  readonly catalog: Catalog;
  readonly recorder: Pick<Recorder, "record">;
  readonly childOf: ChildOf;
  readonly onRejected: (rejection: Rejection, kind: string) => void;
  readonly onUnreadable: UnreadableListener;
  /** Count exceptions and rejections that nothing caught. */
  readonly exceptions: boolean;
}

/** The calls, the update before a scrape, and the end of all instruments. */
export interface RunningInstruments<C extends Catalog> {
  readonly calls: Instruments<C>;
  readonly readGauges: () => void;
  readonly stop: () => void;
}

export function createInstruments<C extends Catalog>(options: InstrumentsOptions): RunningInstruments<C> {
  const { catalog, childOf, onRejected } = options;
  const { record } = options.recorder;
  const gauges = createGaugeReaders(options.onUnreadable);
  const { readAtScrape } = gauges;
  const queries = createQueries(childOf);
  const stopWatching = options.exceptions ? watchExceptions(record) : () => {};
  const rejectAs =
    (kind: string) =>
    (rejection: Rejection): void => {
      record({ metric: "rum_tracked_events_rejected_total", labels: { reason: rejection.code }, value: 1 });
      onRejected(rejection, `${kind} ${rejection.message}`);
    };

  return {
    calls: {
      ...createJobs<C>({ catalog, childOf, reject: rejectAs("job") }),
      ...createStreams(childOf, readAtScrape, rejectAs("stream")),
      ...createCaches(childOf, readAtScrape),
      instrumentPool: (pool, { name = "default" } = {}) => {
        const unwatch = watchPool(pool, queries);
        const stopReading = showPool(name, childOf, readAtScrape, () => stateOf(pool));
        return () => {
          unwatch();
          stopReading();
        };
      },
      trackPool: (name, read) => showPool(name, childOf, readAtScrape, read),
      queryTimer: createQueryTimer(queries),
      trackQueue: createTrackQueue(childOf, readAtScrape),
      trackError: createTrackError(record),
    },
    readGauges: gauges.readAll,
    stop: stopWatching,
  };
}
