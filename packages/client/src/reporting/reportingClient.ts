import type { Until } from "../calls/running.ts";

/** Why the client did not deliver a value: no room, too large, no value at all, refused by the collector, too old, recorded or left after `close`. */
export type ClientDropReason = "queue_full" | "oversize" | "invalid" | "refused" | "expired" | "closed";

/** Labels and whatever else a caller says of a value, flat. */
export type Tags = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** What became of the values so far. Each recorded value is in exactly one of them. */
export interface ClientStatus {
  /** Waiting to be sent, or sent and not answered yet. */
  readonly waiting: number;
  /** Taken by the collector, those included that it rejected one by one. */
  readonly delivered: number;
  /** Of the delivered ones those that the collector could not count: a name or tag that it does not know. */
  readonly rejected: number;
  /** Lost, by reason. The collector is told with the next batch. */
  readonly dropped: Readonly<Record<ClientDropReason, number>>;
}

/** Reports values of a service. Nothing here throws or waits for the network, `flush` and `close` apart. */
export interface ReportingClient {
  /**
   * Reports one value: what a histogram observes, a gauge is set to or a counter goes up by, as the collector's
   * catalogue declares the name.
   */
  readonly record: (name: string, value: number, tags?: Tags) => void;
  /** Counts something up, `by` 1 unless said otherwise. Equal calls travel as one. */
  readonly increment: (name: string, tags?: Tags, by?: number) => void;
  /**
   * Calls `fn` and reports how long it took, in seconds, until it returned or its promise settled; a query builder
   * from its first `then`, a generator or a stream until its end, what calls back until then, as with `timed`. The tag
   * `outcome` says `success` or `failure`, unless the caller has one of that name. What `fn` returns is
   * returned, what it throws is thrown.
   */
  readonly time: <Result>(name: string, fn: (until: Until) => Result, tags?: Tags) => Result;
  /**
   * Wraps a function, so that each call is a job of the collector's catalog: accepted, and timed as `done` or `error`,
   * as the collector's own `trackJob` does; `jobs_in_flight` is the collector's process alone. For workers of a
   * queue, in processes of their own.
   *
   * @example new Worker("mail", metrics.trackJob("mail", async (job) => { … }));
   */
  readonly trackJob: <F extends (...args: never[]) => unknown>(name: string, work: F) => F;
  /**
   * Does something at once, as a job. Returns what it returns, throws what it throws. What only calls back is a job
   * until then: `timed("mail", (until) => mailer.send(mail, until((error) => …)))`.
   */
  readonly timed: <Result>(name: string, work: (until: Until) => Result) => Result;
  /**
   * Sends what waits without waiting for the next turn. Resolves with true when it is delivered, with false
   * where it has to be tried again: the client does that by itself.
   */
  readonly flush: () => Promise<boolean>;
  /**
   * Delivers what waits, tries again where it has to, and gives up after `closeTimeoutMs`. Resolves with the
   * number of values that were not delivered. What is recorded afterwards is dropped.
   */
  readonly close: () => Promise<number>;
  readonly status: () => ClientStatus;
}
