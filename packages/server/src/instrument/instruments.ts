import { types } from "node:util";
import type { Catalog } from "@rumkit/protocol";
import { optionsIn } from "../base/looseValue.ts";
import type { Rejection } from "../base/rejection.ts";
import { ERROR_SEVERITIES } from "../metrics/labelValues.ts";
import type { ChildOf, Recorder } from "../metrics/recorder.ts";
import type { RecordSample } from "../metrics/sample.ts";
import type { UnreadableListener } from "../registry/readAppMetrics.ts";
import { type Caches, createCaches } from "./caches.ts";
import { type PgPool, type PoolState, showPool, stateOf, watchPool } from "./database/instrumentPool.ts";
import { createQueries, createQueryTimer, type QueryTimer } from "./database/queryTimer.ts";
import { createDeclaredGauges, type DeclaredGauges } from "./declaredGauges.ts";
import { createGaugeReaders, createTrackQueue, type ReadAtScrape, type TrackQueue } from "./gaugeReaders.ts";
import { createJobs, type Jobs } from "./jobs.ts";
import type { JobsInFlight } from "./jobsInFlight.ts";
import { createStreams, type Streams } from "./streams.ts";

/** The instruments of server code. Every function is safe to destructure. */
export interface Instruments<C extends Catalog> extends Jobs<C>, DeclaredGauges<C>, Caches, Streams {
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
  readonly jobsInFlight: JobsInFlight;
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
  const stopWatching = options.exceptions ? watchExceptions(record) : () => {};
  const rejectAs = createReject(record, onRejected);
  const declared = createDeclaredGauges<C>({
    gauges: catalog.gauges ?? {},
    record,
    reject: rejectAs("gauge"),
    onUnreadable: options.onUnreadable,
  });

  return {
    calls: {
      ...declared.calls,
      ...createJobs<C>({ catalog, childOf, inFlight: options.jobsInFlight, reject: rejectAs("job") }),
      ...createStreams(childOf, readAtScrape, rejectAs("stream")),
      ...createCaches(childOf, readAtScrape),
      ...createPools(childOf, readAtScrape),
      trackQueue: createTrackQueue(childOf, readAtScrape),
      trackError: createTrackError(record),
    },
    readGauges: () => {
      gauges.readAll();
      declared.readAll();
    },
    stop: stopWatching,
  };
}

/** Counts and reports the calls of a kind that do not fit the catalog. */
function createReject(record: RecordSample, onRejected: InstrumentsOptions["onRejected"]) {
  return (kind: string) =>
    (rejection: Rejection): void => {
      record({ metric: "rum_tracked_events_rejected_total", labels: { reason: rejection.code }, value: 1 });
      onRejected(rejection, `${kind} ${rejection.message}`);
    };
}

/** The calls for pools of connections, and for the queries in them. */
function createPools(
  childOf: ChildOf,
  readAtScrape: ReadAtScrape,
): Pick<Instruments<Catalog>, "instrumentPool" | "trackPool" | "queryTimer"> {
  const queries = createQueries(childOf);
  return {
    instrumentPool: (pool, options) => {
      const { name = "default" } = optionsIn(options);
      const unwatch = watchPool(pool, queries);
      const stopReading = showPool(name, childOf, readAtScrape, () => stateOf(pool));
      return () => {
        unwatch();
        stopReading();
      };
    },
    trackPool: (name, read) => showPool(name, childOf, readAtScrape, read),
    queryTimer: createQueryTimer(queries),
  };
}

/** The severity: `critical` means that someone should be paged. */
type ErrorSeverity = (typeof ERROR_SEVERITIES)[number];

/** Counts an error that the app has caught, in `app_errors_total`. Default severity `error`. Never throws. */
type TrackError = (error: unknown, details?: { readonly severity?: ErrorSeverity }) => void;

/** The name of a class, as code writes it. Any other text may come from a user. */
const CLASS_NAME = /^[A-Za-z_$][\w$.]{0,63}$/;

function createTrackError(record: RecordSample): TrackError {
  return (error, details) =>
    record({
      metric: "app_errors_total",
      labels: { error_type: typeOf(error), severity: severityOf(details) },
      value: 1,
    });
}

/**
 * Counts exceptions and rejections that nothing caught. Does not change the behavior of the process, because it
 * listens to `uncaughtExceptionMonitor`. A process that ends with the exception is not scraped any more, so its last
 * exception is visible only if the app handles `uncaughtException` and continues. Returns a function that stops the
 * counting.
 */
function watchExceptions(record: RecordSample): () => void {
  const watch = (error: unknown, origin: string): void =>
    record({
      metric: "app_exceptions_total",
      labels: { exception_type: typeOf(error), origin },
      value: 1,
    });
  process.on("uncaughtExceptionMonitor", watch);
  return () => void process.off("uncaughtExceptionMonitor", watch);
}

/** Plain JavaScript may pass any value: an unknown severity counts as the default. */
function severityOf(details: unknown): ErrorSeverity {
  try {
    const severity = (details as { readonly severity?: unknown } | null | undefined)?.severity;
    return ERROR_SEVERITIES.find((each) => each === severity) ?? "error";
  } catch {
    return "error";
  }
}

/** Returns the class of an error, from any realm; never its message. */
function typeOf(error: unknown): string {
  try {
    const isError = error instanceof Error || types.isNativeError(error);
    const name: unknown = isError ? error.name : typeof error;
    return typeof name === "string" && CLASS_NAME.test(name) ? name : "other";
  } catch {
    return "other";
  }
}
