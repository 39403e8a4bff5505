import type { ClipRequest } from "../clipRequest.ts";

/** A job, as the API answers it. */
export interface ClipJob extends ClipRequest {
  readonly id: string;
  readonly status: "queued" | "working" | "done" | "error";
  /** The number of times that a worker took it. */
  readonly attempts: number;
  /** The reason of an error. */
  readonly error?: string;
}

/** A job that a worker holds. */
export interface TakenJob extends ClipRequest {
  readonly id: string;
  readonly attempts: number;
  /** Proof that it is this worker's: each take has another one. */
  readonly lease: string;
}

/** The end of a job. */
export type Outcome = { readonly status: "done" } | { readonly status: "error"; readonly error: string };

/** The API's side of a queue. Its functions reject while the queue cannot be reached. */
export interface ClipQueue {
  /** Adds a job; undefined if the queue is full. */
  readonly add: (request: ClipRequest) => Promise<ClipJob | undefined>;
  readonly find: (id: string) => Promise<ClipJob | undefined>;
  /** The newest jobs first, 20 at most. */
  readonly recent: () => Promise<readonly ClipJob[]>;
  /** The number of jobs that wait. */
  readonly depth: () => Promise<number>;
  /** Seconds since the next job came; 0 if none waits. */
  readonly oldestWait: () => Promise<number>;
  readonly close: () => Promise<void>;
}

/**
 * A worker's side of a queue. Every job is handed out at least once: a job whose worker does not renew its lease goes to
 * another one.
 */
export interface WorkerQueue {
  /** Waits some seconds for a job; undefined if none came. */
  readonly take: (signal: AbortSignal) => Promise<TakenJob | undefined>;
  /** Prolongs the lease. False if the job is no longer this worker's. */
  readonly renew: (job: TakenJob) => Promise<boolean>;
  /** Ends the job. False if it is no longer this worker's: then another one ends it. */
  readonly finish: (job: TakenJob, outcome: Outcome) => Promise<boolean>;
  /** Hands the job back, for another worker, as if it had not been taken. */
  readonly release: (job: TakenJob) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Jobs that may wait; then the API refuses more. */
export const MAX_WAITING = 100;

/** Milliseconds without a renewal after which a job goes to another worker. */
export const LEASE_MS = 3_000;

/** Jobs that have ended and can still be asked for; the oldest are forgotten first. */
export const MAX_ENDED = 1_000;

/** Jobs that `recent` returns. */
export const MAX_RECENT = 20;
