import type { Catalog, JobName } from "@rumkit/protocol";
import { Rejection } from "../ingest/rejection.ts";
import { JOB_OUTCOMES } from "../metrics/labelValues.ts";
import type { Child, ChildOf } from "./child.ts";
import { type AnyGenerator, followCall, followGenerator, isGeneratorFunction } from "./followCall.ts";

/** Any function: what is passed through comes out with its own type. */
type Work = (...args: never[]) => unknown;

/** A standard (TC39) decorator of methods. */
type MethodDecorator = <This, Args extends unknown[], Result>(
  method: (this: This, ...args: Args) => Result,
  context: ClassMethodDecoratorContext<This, (this: This, ...args: Args) => Result>,
) => (this: This, ...args: Args) => Result;

/** Counts and times what the backend does. What is done, its arguments, result and errors stay what they are. */
export interface Jobs<C extends Catalog> {
  /**
   * Wraps a function, so that each call is a job of the catalogue: accepted, in flight, and timed as `done` or
   * `error`. Async functions end when their promise settles, generators when they are finished or given up.
   *
   * @example const sendInvoice = trackJob("invoice", async (order: Order) => { … });
   */
  trackJob: <F extends Work>(name: JobName<C>, work: F) => F;
  /** Does something at once, as a job. Returns what it returns, throws what it throws. */
  timed: <Result>(name: JobName<C>, work: () => Result) => Result;
  /**
   * The same for methods, as a standard decorator.
   *
   * @example class Invoices { @tracked("invoice") async send(order: Order) { … } }
   */
  tracked: (name: JobName<C>) => MethodDecorator;
}

/** One job: three families' series, and how many of it are being done. */
interface Job {
  readonly accepted: Child;
  readonly inFlight: Child;
  readonly duration: Readonly<Record<(typeof JOB_OUTCOMES)[number], Child>>;
  running: number;
}

export interface JobsOptions {
  readonly catalog: Catalog;
  readonly childOf: ChildOf;
  /** Called with a name that the catalogue does not know, when something is wrapped. The work is done all the same. */
  readonly reject: (rejection: Rejection) => void;
}

export function createJobs<C extends Catalog>({ catalog, childOf, reject }: JobsOptions): Jobs<C> {
  const jobs = new Map(Object.keys(catalog.jobs ?? {}).map((name) => [name, createJob(name, childOf)]));

  const find = (name: string): Job | undefined => {
    const job = jobs.get(name);
    if (!job) {
      const known = [...jobs.keys()].join(", ") || "none";
      reject(new Rejection("unknown_name", `The catalogue has no job "${name}". Known: ${known}.`));
    }
    return job;
  };
  const wrap = <F extends Work>(name: string, work: F): F => {
    const job = find(name);
    return job ? wrapWork(job, work) : work;
  };

  return {
    trackJob: wrap,
    timed: (name, work) => wrap(name, work)(),
    tracked: (name) => (method) => wrap(name, method),
  };
}

function createJob(job: string, childOf: ChildOf): Job {
  const [done, error] = JOB_OUTCOMES.map((outcome) => childOf("job_duration_seconds", { job, outcome }));
  return {
    accepted: childOf("jobs_accepted_total", { job }),
    inFlight: childOf("jobs_in_flight", { job }),
    duration: { done: done!, error: error! },
    running: 0,
  };
}

function wrapWork<F extends Work>(job: Job, work: F): F {
  const change = (by: 1 | -1): void => {
    job.running += by;
    job.inFlight.add(job.running);
  };
  const begin = (): ((failed: boolean) => void) => {
    const start = performance.now();
    change(1);
    return (failed) => {
      change(-1);
      job.duration[failed ? "error" : "done"].add((performance.now() - start) / 1000);
    };
  };
  const wrapped = function (this: unknown, ...args: unknown[]): unknown {
    job.accepted.add(1);
    const call = (): unknown => Reflect.apply(work, this, args);
    return isGeneratorFunction(work)
      ? followGenerator(call() as AnyGenerator, begin)
      : followCall(call, begin);
  };
  // Frameworks read how many arguments a handler takes, and stacks its name.
  for (const key of ["name", "length"] as const) {
    Object.defineProperty(wrapped, key, { value: work[key], configurable: true });
  }
  // What a generator function returns is an instance of it.
  wrapped.prototype = (work as { prototype?: unknown }).prototype;
  return wrapped as unknown as F;
}
