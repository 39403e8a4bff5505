import type { Catalog, JobName, JobSpec } from "@rumkit/protocol";
import type { Rejection } from "../base/rejection.ts";
import { outcomeLabel } from "../catalog/describeNamedMetrics.ts";
import type { Labels } from "../metrics/descriptor.ts";
import { JOB_OUTCOMES } from "../metrics/labelValues.ts";
import type { Child, ChildOf } from "../metrics/recorder.ts";
import type { JobsInFlight } from "./jobsInFlight.ts";
import { unknownName } from "../vocabulary/labels.ts";
import { watchCall, pretend, type Running, type Until, type Work } from "@rumkit/client/calls";

/**
 * A decorator of methods, in both forms that compilers support: the standard's (TC39), and that of TypeScript's
 * `experimentalDecorators`, which NestJS and TypeORM need.
 */
interface JobDecorator {
  <This, Args extends unknown[], Result>(
    method: (this: This, ...args: Args) => Result,
    context: ClassMethodDecoratorContext<This, (this: This, ...args: Args) => Result>,
  ): (this: This, ...args: Args) => Result;
  <F extends Work>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<F>,
  ): TypedPropertyDescriptor<F>;
}

/** Counts and times the work of the backend. The work, its arguments, result and errors stay unchanged. */
export interface Jobs<C extends Catalog> {
  /**
   * Wraps a function, so that each call is a job of the catalog: accepted, in flight, and timed as `done` or
   * `error`. Async functions end when their promise settles, generators when they are finished or given up.
   *
   * @example const sendInvoice = trackJob("invoice", async (order: Order) => { … });
   */
  trackJob: <F extends Work>(name: JobName<C>, work: F) => F;
  /**
   * Runs a function at once, as a job. Returns what it returns, throws what it throws. A function with a callback is a
   * job until the callback: `timed("mail", (until) => mailer.send(mail, until((error) => …)))`.
   */
  timed: <Result>(name: JobName<C>, work: (until: Until) => Result) => Result;
  /**
   * The same for methods, as a decorator: the standard's, or with TypeScript's `experimentalDecorators`. Throws a
   * TypeError, when the class is defined, on anything but a method.
   *
   * @example class Invoices { @tracked("invoice") async send(order: Order) { … } }
   */
  tracked: (name: JobName<C>) => JobDecorator;
}

/** One job: the series of its families, and the number of its runs in progress. */
interface Job {
  readonly accepted: Child;
  /** Sets the number of its runs in progress. */
  readonly show: (running: number) => void;
  readonly duration: Readonly<Record<(typeof JOB_OUTCOMES)[number], Child>>;
  running: number;
}

export interface JobsOptions {
  readonly catalog: Catalog;
  readonly childOf: ChildOf;
  readonly inFlight: JobsInFlight;
  /** Called when a function is wrapped under a name that the catalog does not declare. The function still runs. */
  readonly reject: (rejection: Rejection) => void;
}

export function createJobs<C extends Catalog>({ catalog, childOf, inFlight, reject }: JobsOptions): Jobs<C> {
  const jobs = new Map(
    Object.entries(catalog.jobs ?? {}).map(([name, spec]) => [
      name,
      createJob(name, spec, childOf, inFlight),
    ]),
  );

  const find = (name: string): Job | undefined => {
    const job = jobs.get(name);
    if (!job) reject(unknownName("job", name, () => jobs.keys()));
    return job;
  };
  const wrap = <F extends Work>(name: string, work: F): F => {
    const job = find(name);
    return job ? wrapWork(job, work) : work;
  };

  return {
    trackJob: wrap,
    timed: <Result>(name: string, work: (until: Until) => Result) => {
      const job = find(name);
      return job ? (watchJob(job, work) as Result) : work((callback) => callback);
    },
    tracked: (name) => createDecorator((method) => wrap(name, method)),
  };
}

function createJob(job: string, spec: JobSpec, childOf: ChildOf, inFlight: JobsInFlight): Job {
  const { accepted, duration } = spec.names ?? {};
  const own = (name: string | undefined, labels: Labels = {}): Child[] =>
    name === undefined ? [] : [childOf(name, labels)];
  const [done, error] = JOB_OUTCOMES.map((outcome) =>
    addToEach(
      childOf("job_duration_seconds", { job_name: job, outcome }),
      own(duration, { [outcomeLabel(spec)]: outcome }),
    ),
  );
  return {
    accepted: addToEach(childOf("jobs_accepted_total", { job_name: job }), own(accepted)),
    show: (running) => inFlight.setOwn(job, running),
    duration: { done: done!, error: error! },
    running: 0,
  };
}

/** A job counts in the families of all jobs, and in those that have its name. */
function addToEach(shared: Child, [own]: readonly Child[]): Child {
  if (!own) return shared;
  return {
    add: (value, exemplar) => {
      shared.add(value, exemplar);
      own.add(value, exemplar);
    },
  };
}

function wrapWork<F extends Work>(job: Job, work: F): F {
  const wrapped = function (this: unknown, ...args: unknown[]): unknown {
    return watchJob(job, () => Reflect.apply(work, this, args) as unknown);
  };
  return pretend(wrapped, work);
}

function watchJob(job: Job, call: (until: Until) => unknown): unknown {
  const change = (by: 1 | -1): void => {
    job.running += by;
    job.show(job.running);
  };
  const begin = (): Running => {
    const start = performance.now();
    change(1);
    return {
      end: (outcome) => {
        change(-1);
        job.duration[outcome].add((performance.now() - start) / 1000);
      },
      postpone: () => change(-1),
    };
  };
  job.accepted.add(1);
  return watchCall(call, begin);
}

function createDecorator(wrap: <F extends Work>(method: F) => F): JobDecorator {
  return ((method: unknown, context: unknown, descriptor?: { value?: unknown }): unknown => {
    // A standard decorator gets the method and its context; an experimental one the prototype, the method's name and
    // its descriptor.
    if (typeof method === "function" && (context as { kind?: unknown } | null)?.kind === "method")
      return wrap(method as Work);
    const key = typeof context === "object" ? (context as { name?: unknown } | undefined)?.name : context;
    if (typeof descriptor?.value === "function")
      return { ...descriptor, value: wrap(descriptor.value as Work) };
    throw new TypeError(
      `[rumkit] @tracked is on "${String(key)}", which is not a method. Put it on a method.`,
    );
  }) as JobDecorator;
}
