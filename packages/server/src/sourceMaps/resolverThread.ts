import { Worker } from "node:worker_threads";
import { resolveThreadCode } from "./resolveThreadCode.ts";

/**
 * Milliseconds for reading the maps of one error. 50 MiB take some 2 s on a slow disk and core. Where thirty programs
 * share two cores, the thread gets a fifteenth of that speed.
 */
const LOAD_MS = 30_000;

/** Milliseconds for the frames of one error, once the maps are read. They take a few, and on such a machine some hundred. */
const LOOKUP_MS = 10_000;

/** Maximum MiB of JavaScript memory of the thread. If it needs more, only the thread ends. */
const MAX_HEAP_MB = 512;

/** The outcome of one job. */
type JobOutcome =
  | { readonly positions: readonly (OriginalPosition | undefined)[]; readonly failed: number }
  /** The thread took too long or died; a new one replaces it. */
  | "timeout";

export interface ResolverThread {
  /** Runs a job. Await it before the next call, because the thread runs one job at a time. Never rejects. */
  run(job: ResolveJob): Promise<JobOutcome>;
  close(): Promise<void>;
}

/** The time limits; tests use shorter ones. */
export interface ResolverBudget {
  readonly loadMs?: number;
  readonly lookupMs?: number;
}

/** Creates a thread that starts with its first job, and anew after it had to be ended. */
export function createResolverThread(keepSources: boolean, budget: ResolverBudget = {}): ResolverThread {
  let worker: Worker | undefined;
  return {
    run: (job) => {
      const thread = (worker ??= startWorker(keepSources));
      return runJob(thread, job, budget, () => {
        if (worker === thread) worker = undefined;
      });
    },
    close: async () => {
      const thread = worker;
      worker = undefined;
      await thread?.terminate();
    },
  };
}

function startWorker(keepSources: boolean): Worker {
  const worker = new Worker(resolveThreadCode, {
    eval: typeof resolveThreadCode === "string",
    workerData: { keepSources },
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  });
  worker.unref();
  return worker;
}

/** Runs a job within its budget. A thread that takes too long, or that died, is ended, and `onEnd` is called. */
function runJob(
  thread: Worker,
  job: ResolveJob,
  { loadMs = LOAD_MS, lookupMs = LOOKUP_MS }: ResolverBudget,
  onEnd: () => void,
): Promise<JobOutcome> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout;

    const settle = (outcome: JobOutcome): void => {
      clearTimeout(timer);
      thread.off("message", onMessage).off("error", end).off("exit", end);
      resolve(outcome);
    };
    const end = (): void => {
      onEnd();
      settle("timeout");
      // From now on the messages of the thread are ignored, but a late error must not end the process.
      thread.on("error", () => {});
      void thread.terminate();
    };
    // Waits one more tick: the answer may have arrived while the event loop was blocked.
    const startTimer = (milliseconds: number): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        timer = setTimeout(end, 1);
      }, milliseconds);
    };
    const onMessage = (reply: ResolveReply): void => {
      if (reply.id !== job.id) return;
      if ("loaded" in reply) startTimer(lookupMs);
      else settle({ positions: reply.positions, failed: reply.failed });
    };
    thread.on("message", onMessage).once("error", end).once("exit", end);
    startTimer(loadMs);
    thread.postMessage(job, []);
  });
}

/** A position in a generated file, whose map is at `path`. */
export interface GeneratedPosition {
  readonly path: string;
  /** The version of the map. If it changes, the map is read again. */
  readonly version: string;
  /** From 1, as in a stack. */
  readonly line: number;
  /** From 1, as in a stack. */
  readonly column: number;
}

/** A job of the thread: the frames of one error. */
export interface ResolveJob {
  readonly id: number;
  /** In the order of the frames; undefined for one without a map. */
  readonly positions: readonly (GeneratedPosition | undefined)[];
  /** True if the source line is returned as well. */
  readonly context: boolean;
}

/** A position in a source file. */
export interface OriginalPosition {
  /** `src/cart.ts`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** The source's name for the token at that position of the generated file. */
  readonly name?: string;
  /** The source's line, trimmed and cut. */
  readonly context?: string;
}

/** The messages of the thread: first that all maps were read, then the result. */
export type ResolveReply =
  | { readonly id: number; readonly loaded: true }
  | {
      readonly id: number;
      /** In the order of the frames; undefined for one that has no position in a source. */
      readonly positions: readonly (OriginalPosition | undefined)[];
      /** Maps that are invalid, or too large. */
      readonly failed: number;
    };
