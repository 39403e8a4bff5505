import { JOBS_IN_FLIGHT } from "@rumkit/protocol";
import { post, type PostOptions, unref } from "./delivery.ts";
import type { Posted } from "./postItems.ts";

/**
 * Milliseconds until the number of running jobs is repeated. The collector forgets it after ten seconds, so that nothing
 * stays in flight after a process that was killed; two repetitions may be lost before that.
 */
const REPEAT_MS = 3_000;

/** After a refusal, which concerns every request of this client. */
const REFUSED_MS = 60_000;

/** The jobs that this process is doing, as the collector knows them. */
export interface RunningJobs {
  /** Adds `by` to the number of a job: 1 at its start, -1 at its end. */
  change(job: string, by: 1 | -1): void;
  /** Reports the last change. Resolves after one try. */
  close(): Promise<void>;
}

export interface RunningJobsOptions extends Omit<PostOptions, "signal"> {
  /** Milliseconds until a change is reported: shorter jobs are never in flight. */
  readonly flushIntervalMs: number;
  readonly closeTimeoutMs: number;
  /** Milliseconds until the number is repeated. Default 3,000. */
  readonly repeatMs?: number;
}

/**
 * Reports how many jobs run, beside the values: they wait in a queue, and this is a state, of which only the newest
 * matters. Nothing is sent while no job runs.
 */
export function createRunningJobs(options: RunningJobsOptions): RunningJobs {
  const { closeTimeoutMs, repeatMs = REPEAT_MS } = options;
  const changedMs = Math.min(options.flushIntervalMs, repeatMs);
  const counts = createCounts();
  const abort = new AbortController();
  // Of each client: the report of another one in this process must not replace it.
  const reporter = crypto.randomUUID();
  const turns = createTurns(async () => {
    const sent = counts.all();
    if (sent.size === 0) return;
    const { kind } = await post(toPosted(sent, reporter), { ...options, signal: abort.signal });
    if (kind === "delivered") counts.setReported(sent);
    if (kind === "refused") turns.setNext(REFUSED_MS);
    else turns.setNext(kind === "delivered" && !counts.areReported() ? changedMs : repeatMs);
  });

  return {
    change: (job, by) => {
      const wereReported = counts.areReported();
      counts.change(job, by);
      // A later change does not delay an earlier one.
      if (!turns.current() && wereReported && !counts.areReported()) turns.setNext(changedMs);
    },
    close: async () => {
      turns.stop();
      const timeUp = setTimeout(() => abort.abort(), closeTimeoutMs);
      await turns.current();
      if (!counts.areReported()) await turns.send();
      clearTimeout(timeUp);
    },
  };
}

/** The turns in which the numbers are reported: one at a time. */
interface Turns {
  /** Reports now, unless a turn is under way. */
  send(): Promise<void>;
  /** The turn under way, if any. */
  current(): Promise<void> | undefined;
  /** Sets the next turn, in place of another one. */
  setNext(ms: number): void;
  /** Sets no further turn. The one under way continues, and `send` still sends. */
  stop(): void;
}

function createTurns(report: () => Promise<void>): Turns {
  let sending: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const send = (): Promise<void> => {
    clearTimeout(timer);
    return (sending ??= report().finally(() => {
      sending = undefined;
    }));
  };
  return {
    send,
    current: () => sending,
    setNext: (ms) => {
      if (isStopped) return;
      clearTimeout(timer);
      timer = setTimeout(() => void send(), ms);
      unref(timer);
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/** The running jobs by name, and what the collector knows of them. */
interface Counts {
  change(job: string, by: 1 | -1): void;
  /** Of each job that runs, or that runs as far as the collector knows. */
  all(): ReadonlyMap<string, number>;
  setReported(counts: ReadonlyMap<string, number>): void;
  /** True if the collector knows the present numbers. */
  areReported(): boolean;
}

function createCounts(): Counts {
  const running = new Map<string, number>();
  let reported: ReadonlyMap<string, number> = new Map();
  /** The names are the caller's, and must not gather. */
  const forgetEnded = (): void => {
    for (const [job, count] of running) if (count === 0 && !reported.get(job)) running.delete(job);
  };
  return {
    change: (job, by) => {
      running.set(job, (running.get(job) ?? 0) + by);
      forgetEnded();
    },
    all: () => new Map(running),
    setReported: (counts) => {
      reported = counts;
      // Jobs that ended while the report was on its way.
      for (const job of counts.keys()) if (!running.has(job)) running.set(job, 0);
      forgetEnded();
    },
    areReported: () => [...running].every(([job, count]) => count === (reported.get(job) ?? 0)),
  };
}

function toPosted(counts: ReadonlyMap<string, number>, reporter: string): Posted {
  const items = [...counts].map(([job, value]) => ({
    name: JOBS_IN_FLIGHT,
    value,
    tags: { job_name: job, process: reporter },
  }));
  return { key: undefined, body: JSON.stringify({ items }) };
}
