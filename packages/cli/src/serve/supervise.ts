import { setTimeout as wait } from "node:timers/promises";
import { bindSocket, type BoundSocket } from "./boundSocket.ts";
import type { EffectiveConfig } from "./configSchema.ts";
import { checkWorker } from "./checkWorker.ts";
import { inheritedSocket } from "./inheritedSocket.ts";
import { addressOf, describeListenFault } from "./listen.ts";
import { startWorker, type Worker, type WorkerEnd } from "./startWorker.ts";

/** The longest wait before a worker that dies repeatedly is restarted. */
const LONGEST_DELAY_MS = 10_000;

/** A worker that lived this long did not fail at its start, so the next one starts after the shortest wait. */
const HEALTHY_MS = 30_000;

/** Milliseconds after a worker's own time limit before it is killed. Only a worker that hangs exceeds its limit. */
const KILL_AFTER_MS = 1_000;

export interface SuperviseOptions {
  readonly config: EffectiveConfig;
  /** The command line of the worker: that of the supervisor without `--supervise`. */
  readonly args: readonly string[];
  /** Called with a message for people: a worker is ready, has died, is replaced. */
  readonly say: (sentence: string) => void;
}

/**
 * Owns the listening socket and keeps a worker running that accepts from it. While there is no worker, the kernel
 * holds new connections, so a restart refuses none. Only one process can have the journal, so a worker is stopped
 * before the next one starts.
 *
 * SIGHUP replaces the worker after a check of its configuration. SIGTERM and SIGINT end the worker and the supervisor;
 * a second signal does so at once. Nothing else ends a supervisor whose worker was ready. Resolves with the exit code:
 * that of the worker if its first start failed or it was ended.
 */
export async function supervise({ config, args, say }: SuperviseOptions): Promise<number> {
  const socket = await openSocket(config);
  const stop = new AbortController();
  const killAfterMs = config.drainDelayMs + config.drainTimeoutMs + KILL_AFTER_MS;
  let worker: Worker | undefined;
  let isReplaced = false;
  let hasBeenReady = false;
  let isChecking = false;
  /** Ends the wait before the next start. */
  let hurry = (): void => {};

  const end = (ending: Worker): void => {
    ending.drain();
    void wait(killAfterMs, undefined, { ref: false }).then(ending.kill);
  };
  const replace = async (): Promise<void> => {
    if (stop.signal.aborted || isChecking) return;
    if (!hasBeenReady) return say("The first worker is still starting. It reads the configuration as it is.");
    isChecking = true;
    const passed = await checkWorker({ args, address: config, say, signal: stop.signal }).finally(() => {
      isChecking = false;
    });
    // The supervisor may have been stopped, or the worker may have ended, in the meantime.
    if (stop.signal.aborted) return;
    if (!passed) return say(KEPT);
    if (!worker) return hurry();
    isReplaced = true;
    end(worker);
  };
  const onStop = (): void => {
    if (stop.signal.aborted) worker?.kill();
    stop.abort();
    if (worker) end(worker);
  };
  process.on("SIGHUP", () => {
    replace().catch((error: unknown) => say(`${KEPT} ${String(error)}`));
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, onStop);

  for (let failures = 0; ;) {
    worker = startWorker(socket.fd, args, () => {
      hasBeenReady = true;
      say(`Worker ${worker?.pid} is ready.`);
    });
    const ended = await worker.ended;
    worker = undefined;
    if (stop.signal.aborted || !hasBeenReady) return ended.code;
    failures = isReplaced || ended.livedMs > HEALTHY_MS ? 0 : failures + 1;
    const delayMs = isReplaced ? 0 : delayAfter(failures, config.restartDelayMs);
    isReplaced = false;
    say(`${describeEnd(ended)} The next one starts in ${delayMs} ms; connections wait meanwhile.`);
    const hurried = new AbortController();
    hurry = () => hurried.abort();
    await wait(delayMs, undefined, { signal: AbortSignal.any([stop.signal, hurried.signal]) }).catch(
      () => {},
    );
    if (stop.signal.aborted) return 0;
  }
}

const KEPT = "The worker stays as it is: a new one could not start.";

async function openSocket(config: EffectiveConfig): Promise<BoundSocket> {
  const given = config.listenFd ?? inheritedSocket(process.env, process.pid);
  if (given !== undefined) return { fd: given };
  const address = await addressOf(config.host);
  try {
    return bindSocket(address, config.port);
  } catch (error) {
    throw describeListenFault(error, config);
  }
}

function delayAfter(failures: number, firstMs: number): number {
  return Math.min(LONGEST_DELAY_MS, firstMs * 2 ** Math.max(0, failures - 1));
}

function describeEnd({ cause, livedMs }: WorkerEnd): string {
  return `The worker ended with ${cause} after ${(livedMs / 1000).toFixed(1)} s.`;
}
