import type { Until } from "../calls/running.ts";

/**
 * Why the client did not deliver a value: the queue was full, the value was too large or invalid, the collector refused
 * it, it was a day old, or it was recorded or left after `close`.
 */
export type ClientDropReason = "queue_full" | "oversize" | "invalid" | "refused" | "expired" | "closed";

/** Labels and further attributes of a value, flat. */
export type Tags = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** The values so far, by state. Each recorded value is waiting, delivered or dropped. */
export interface ClientStatus {
  /** Values that wait to be sent, or were sent and not answered yet. */
  readonly waiting: number;
  /** Values that the collector received, including the ones that it rejected one by one. */
  readonly delivered: number;
  /** Delivered values that the collector could not count, because of an unknown name or tag. */
  readonly rejected: number;
  /** Lost values, by reason. The next batch reports them to the collector. */
  readonly dropped: Readonly<Record<ClientDropReason, number>>;
}

/** Options of `trackJob`. */
export interface JobOptions<F extends (...args: never[]) => unknown> {
  /**
   * The id of a job in its queue, 1 to 128 visible characters of ASCII without quotation marks and backslashes, from the arguments of the call. A job that is run
   * again, as after its worker was killed, then counts once, with the end that was reported first, in whichever process.
   * The promise of the function settles when the collector has that end, or after two seconds, so a worker that
   * acknowledges the job afterwards neither loses nor doubles it. Each end is a separate request, so it is for jobs that
   * take longer than one. Ids are remembered for three days. Default: each run counts.
   */
  readonly id?: (...args: Parameters<F>) => string;
}

/** Reports values of a service. Its functions never throw, and only `flush` and `close` wait for the network. */
export interface ReportingClient {
  /**
   * Reports one value: the observation of a histogram, the value of a gauge or the increment of a counter, as the
   * collector's catalog declares the name.
   */
  readonly record: (name: string, value: number, tags?: Tags) => void;
  /** Increments a counter, by 1 by default. Equal calls are sent as one item. */
  readonly increment: (name: string, tags?: Tags, by?: number) => void;
  /**
   * Calls `fn` and reports its duration in seconds, until it returned or its promise settled. A query builder is timed
   * from its first `then`, a generator or a stream until its end, a function with a callback until the callback, as
   * with `timed`. The tag `outcome` is `success` or `failure`, unless the caller passes a tag of that name. Returns
   * what `fn` returns, throws what it throws.
   */
  readonly time: <Result>(name: string, fn: (until: Until) => Result, tags?: Tags) => Result;
  /**
   * Wraps a function, so that each call counts as a job of the collector's catalog: as accepted, in flight, and with its
   * duration as `done` or `error`, like the collector's own `trackJob`. For queue workers in separate processes. What is
   * in flight is reported after `flushIntervalMs` and each three seconds; ten seconds after the last report of a process,
   * as when it was killed, the collector counts none of its jobs as in flight.
   *
   * @example new Worker("mail", metrics.trackJob("mail", async (job) => { … }));
   */
  readonly trackJob: <F extends (...args: never[]) => unknown>(
    name: string,
    work: F,
    options?: JobOptions<F>,
  ) => F;
  /**
   * Runs a function at once, as a job. Returns what it returns, throws what it throws. A function with a callback is a
   * job until the callback: `timed("mail", (until) => mailer.send(mail, until((error) => …)))`.
   */
  readonly timed: <Result>(name: string, work: (until: Until) => Result) => Result;
  /**
   * Sends the waiting values at once. Resolves with true if they are delivered, with false if the client must try
   * again, which it does automatically.
   */
  readonly flush: () => Promise<boolean>;
  /**
   * Delivers the waiting values, tries again if necessary, and gives up after `closeTimeoutMs`. Resolves with the
   * number of values that were not delivered. Values that are recorded afterwards are dropped.
   */
  readonly close: () => Promise<number>;
  readonly status: () => ClientStatus;
}
