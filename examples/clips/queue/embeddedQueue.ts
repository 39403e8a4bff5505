import { randomUUID } from "node:crypto";
import type { ClipRequest } from "../clipRequest.ts";
import {
  type ClipJob,
  type ClipQueue,
  LEASE_MS,
  MAX_ENDED,
  MAX_RECENT,
  MAX_WAITING,
  type TakenJob,
  type WorkerQueue,
} from "./clipQueue.ts";

/** Milliseconds for which a worker waits for a job before it asks again. */
const TAKE_MS = 5_000;

interface Job extends ClipRequest {
  readonly id: string;
  /** By `Date.now()`. */
  readonly cameAt: number;
  status: ClipJob["status"];
  attempts: number;
  error?: string;
  /** Of the worker that has it, or that ended it. */
  lease?: string;
  leaseTimer?: NodeJS.Timeout;
}

/** Both sides of a queue in the memory of this process. Its jobs end with the process. */
export type EmbeddedQueue = Omit<ClipQueue, "close"> & WorkerQueue;

export function createEmbeddedQueue({ leaseMs = LEASE_MS, takeMs = TAKE_MS } = {}): EmbeddedQueue {
  /** In the order in which they came. */
  const jobs = new Map<string, Job>();
  const waiting: Job[] = [];
  const ended: Job[] = [];
  /** Workers that wait, the longest first. Each returns false if it has gone. */
  const takers: (() => void)[] = [];

  const hold = (job: Job): void => {
    clearTimeout(job.leaseTimer);
    job.leaseTimer = setTimeout(() => putBack(job), leaseMs);
    job.leaseTimer.unref();
  };
  const putBack = (job: Job): void => {
    clearTimeout(job.leaseTimer);
    job.status = "queued";
    delete job.lease;
    // It has waited before.
    waiting.unshift(job);
    takers.shift()?.();
  };
  const takeNow = (): TakenJob | undefined => {
    const job = waiting.shift();
    if (!job) return undefined;
    const lease = randomUUID();
    Object.assign(job, { status: "working", lease, attempts: job.attempts + 1 });
    hold(job);
    const { id, url, start, end, attempts } = job;
    return { id, url, start, end, attempts, lease };
  };
  /** The job while this worker has it. */
  const held = ({ id, lease }: TakenJob): Job | undefined => {
    const job = jobs.get(id);
    return job?.status === "working" && job.lease === lease ? job : undefined;
  };

  return {
    add: async (request) => {
      if (waiting.length >= MAX_WAITING) return undefined;
      const job: Job = { ...request, id: randomUUID(), cameAt: Date.now(), status: "queued", attempts: 0 };
      jobs.set(job.id, job);
      waiting.push(job);
      takers.shift()?.();
      return toAnswer(job);
    },
    find: async (id) => {
      const job = jobs.get(id);
      return job && toAnswer(job);
    },
    recent: async () => [...jobs.values()].slice(-MAX_RECENT).toReversed().map(toAnswer),
    depth: async () => waiting.length,
    oldestWait: async () => (waiting[0] ? Math.max(0, Date.now() - waiting[0].cameAt) / 1_000 : 0),
    take: async (signal) =>
      takeNow() ?? (await waitForJob(takers, takeMs, signal), signal.aborted ? undefined : takeNow()),
    renew: async (taken) => {
      const job = held(taken);
      if (job) hold(job);
      return job !== undefined;
    },
    finish: async (taken, outcome) => {
      const job = held(taken);
      // The answer to the first call may have been lost on its way.
      if (!job) return jobs.get(taken.id)?.lease === taken.lease;
      clearTimeout(job.leaseTimer);
      Object.assign(job, outcome);
      ended.push(job);
      if (ended.length > MAX_ENDED) jobs.delete(ended.shift()!.id);
      return true;
    },
    release: async (taken) => {
      const job = held(taken);
      if (!job) return;
      job.attempts -= 1;
      putBack(job);
    },
    close: async () => {},
  };
}

/** Resolves when there may be a job, after `ms`, or when the worker has gone. */
function waitForJob(takers: (() => void)[], ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      const place = takers.indexOf(end);
      if (place >= 0) takers.splice(place, 1);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
    takers.push(end);
    if (signal.aborted) end();
  });
}

function toAnswer({ id, url, start, end, status, attempts, error }: Job): ClipJob {
  return { id, url, start, end, status, attempts, ...(error !== undefined && { error }) };
}
