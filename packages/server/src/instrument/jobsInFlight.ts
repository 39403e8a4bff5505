import type { Catalog, JobSpec } from "@rumkit/protocol";
import type { ChildOf } from "../metrics/recorder.ts";

/**
 * Milliseconds for which the report of another process holds, as for worker processes. A client repeats it each three
 * seconds while a job runs, so a process that is killed leaves nothing in flight.
 */
const GONE_MS = 10_000;

/** Maximum processes that report a job at one time. */
const MOST_PROCESSES = 1_000;

/** The jobs that are being done: in this process, in its workers, and in processes that report to `POST /ingest`. */
export interface JobsInFlight {
  /** Sets the number in this process. */
  readonly setOwn: (job: string, running: number) => void;
  /** Sets the number in all workers of this collector. NaN: none of them is known. */
  readonly setWorkers: (job: string, running: number) => void;
  /** Sets the number in another process, for ten seconds. False if too many processes report this job. */
  readonly report: (job: string, process: string, running: number) => boolean;
  /** Removes what no process has repeated. Call it once a second. */
  readonly show: () => void;
}

interface Job {
  readonly set: (running: number) => void;
  own: number;
  workers: number;
  /** The sum of `others`. */
  reported: number;
  /** By process, and when it was last heard of. */
  readonly others: Map<string, { readonly running: number; readonly at: number }>;
}

/** `now` is a clock in milliseconds that is never set. */
export function createJobsInFlight(
  { jobs = {} }: Pick<Catalog, "jobs">,
  childOf: ChildOf,
  now: () => number,
): JobsInFlight {
  const all = new Map(Object.entries(jobs).map(([name, spec]) => [name, createJob(name, spec, childOf)]));
  const change = (name: string, by: (job: Job) => void): void => {
    const job = all.get(name);
    if (!job) return;
    by(job);
    job.set(job.own + job.workers + job.reported);
  };
  return {
    setOwn: (name, running) => change(name, (job) => void (job.own = running)),
    setWorkers: (name, running) => change(name, (job) => void (job.workers = running || 0)),
    report: (name, process, running) => {
      const others = all.get(name)?.others;
      if (others && !others.has(process) && others.size >= MOST_PROCESSES) return false;
      change(name, (job) => replace(job, process, running === 0 ? undefined : { running, at: now() }));
      return true;
    },
    show: () => {
      for (const [name, { others }] of all)
        for (const [process, { at }] of others)
          if (now() - at >= GONE_MS) change(name, (job) => replace(job, process, undefined));
    },
  };
}

function createJob(name: string, { names = {} }: JobSpec, childOf: ChildOf): Job {
  const shared = childOf("jobs_in_flight", { job_name: name });
  const own = names.inFlight === undefined ? undefined : childOf(names.inFlight, {});
  const set = (running: number): void => {
    shared.add(running);
    own?.add(running);
  };
  return { set, own: 0, workers: 0, reported: 0, others: new Map() };
}

function replace(job: Job, process: string, report: { running: number; at: number } | undefined): void {
  job.reported += (report?.running ?? 0) - (job.others.get(process)?.running ?? 0);
  if (report) job.others.set(process, report);
  else job.others.delete(process);
}
