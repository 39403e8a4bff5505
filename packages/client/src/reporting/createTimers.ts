import { JOB_DURATION, JOBS_ACCEPTED } from "@rumkit/protocol";
import { watchCall } from "../calls/watchCall.ts";
import { pretend, type Work } from "../calls/pretend.ts";
import type { Running, Until } from "../calls/running.ts";
import type { KeyedReports } from "./keyedReports.ts";
import { readItem } from "./readItem.ts";
import type { JobOptions, ReportingClient, Tags } from "./reportingClient.ts";
import type { RunningJobs } from "./runningJobs.ts";
import { wait } from "./wait.ts";

/** Adds a value to the queue. `merge`: equal values become one item with a count. */
export type Add = (name: unknown, value: unknown, tags: unknown, merge: boolean) => void;

/** The ways to the collector. */
interface Reports {
  readonly add: Add;
  readonly jobs: RunningJobs;
  readonly keyed: KeyedReports;
}

/** Milliseconds for which a job with an id waits until the collector has its end: it must not hang on a collector. */
const CONFIRM_MS = 2_000;

/** A name and an id that an `Idempotency-Key` can have. */
const KEY = /^\w{1,64}:[\x21\x23-\x5b\x5d-\x7e]{1,128}$/;

export function createTimers(reports: Reports): Pick<ReportingClient, "time" | "trackJob" | "timed"> {
  const watchJob = createJobWatch(reports);
  const observe = (name: string, tags: Tags | undefined, words: Words): Running => {
    const start = performance.now();
    return {
      end: (outcome) =>
        reports.add(name, (performance.now() - start) / 1_000, withOutcome(tags, words[outcome]), false),
    };
  };
  const trackJob = <F extends Work>(job: string, work: F, options?: JobOptions<F>): F => {
    const wrapped = function (this: unknown, ...args: unknown[]): unknown {
      const key = keyOf(job, options, args as Parameters<F>);
      return watchJob(job, () => Reflect.apply(work, this, args) as unknown, key);
    };
    return pretend(wrapped, work);
  };
  return {
    time: (name, fn, tags) =>
      watchCall(fn, () => observe(name, tags, { done: "success", error: "failure" })) as ReturnType<
        typeof fn
      >,
    trackJob,
    timed: (name, work) => watchJob(name, work) as ReturnType<typeof work>,
  };
}

/** Calls the work of a job, which counts once if it has a key. Its promise then waits until the collector has its end. */
type WatchJob = (job: string, call: (until: Until) => unknown, key?: string) => unknown;

function createJobWatch({ add, jobs, keyed }: Reports): WatchJob {
  return (job, call, key) => {
    add(JOBS_ACCEPTED, 1, { job_name: job }, true);
    let confirm: (sent: Promise<void>) => void = () => {};
    const confirmed = new Promise<void>((resolve) => (confirm = resolve));
    const result = watchCall(call, () => {
      const start = performance.now();
      jobs.change(job, 1);
      return {
        end: (outcome) => {
          jobs.change(job, -1);
          const seconds = (performance.now() - start) / 1_000;
          const tags = { job_name: job, outcome };
          if (key === undefined) return add(JOB_DURATION, seconds, tags, false);
          confirm(within(CONFIRM_MS, keyed.add(`${readItem(JOB_DURATION, seconds, tags)}}`, key)));
        },
        postpone: () => jobs.change(job, -1),
      };
    });
    return key !== undefined && result instanceof Promise ? result.finally(() => confirmed) : result;
  };
}

/** The tag value of each outcome. */
type Words = Readonly<Record<"done" | "error", string>>;

/** A tag `outcome` of the caller wins. Tags that are not an object are ignored. */
function withOutcome(tags: Tags | undefined, outcome: string): Tags {
  try {
    return { outcome, ...tags };
  } catch {
    return { outcome };
  }
}

/** Undefined without an id, or for one that cannot be one, or without options: the job then counts with each of its runs. */
function keyOf<F extends Work>(
  job: string,
  options: JobOptions<F> | undefined,
  args: Parameters<F>,
): string | undefined {
  try {
    const id: unknown = options?.id?.(...args);
    const key = `${job}:${String(id)}`;
    return typeof id === "string" && KEY.test(key) ? key : undefined;
  } catch {
    return undefined;
  }
}

async function within(ms: number, sent: Promise<void>): Promise<void> {
  const timeUp = new AbortController();
  await Promise.race([sent, wait(ms, timeUp.signal)]);
  timeUp.abort();
}
