import { setTimeout as wait } from "node:timers/promises";
import type { EffectiveConfig } from "./settings.ts";
import { checkWorker } from "./checkWorker.ts";
import { bindSocket, type BoundSocket, inheritedSocket } from "./heldSocket.ts";
import { addressOf, describeListenFault } from "./listen.ts";
import { stopSignals } from "./waitForSignal.ts";
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
 * SIGHUP replaces the worker after a check of its configuration. SIGTERM, SIGINT, SIGQUIT, SIGUSR2 and SIGBREAK end the
 * worker and the supervisor; a second signal does so at once. Nothing else ends a supervisor whose worker was ready.
 * Resolves with the exit code: that of the worker if its first start failed or it was ended.
 */
export async function supervise(options: SuperviseOptions): Promise<number> {
  const supervisor = new Supervisor(options, await openSocket(options.config));
  process.on("SIGHUP", () => {
    supervisor.replace().catch((error: unknown) => options.say(`${KEPT} ${String(error)}`));
  });
  for (const signal of stopSignals()) if (signal !== "SIGHUP") process.on(signal, () => supervisor.stop());
  return supervisor.run();
}

class Supervisor {
  readonly #options: SuperviseOptions;
  readonly #socket: BoundSocket;
  readonly #stop = new AbortController();
  #worker: Worker | undefined;
  #isReplaced = false;
  #hasBeenReady = false;
  #isChecking = false;
  /** Ends the wait before the next start. */
  #hurry = (): void => {};

  constructor(options: SuperviseOptions, socket: BoundSocket) {
    this.#options = options;
    this.#socket = socket;
  }

  /** Starts one worker after the other. Resolves with the exit code. */
  async run(): Promise<number> {
    const { config, say } = this.#options;
    for (let failures = 0; ;) {
      const ended = await this.#start();
      if (this.#stop.signal.aborted || !this.#hasBeenReady) return ended.code;
      failures = this.#isReplaced || ended.livedMs > HEALTHY_MS ? 0 : failures + 1;
      const delayMs = this.#isReplaced ? 0 : delayAfter(failures, config.restartDelayMs);
      this.#isReplaced = false;
      say(`${describeEnd(ended)} The next one starts in ${delayMs} ms; connections wait meanwhile.`);
      await this.#wait(delayMs);
      if (this.#stop.signal.aborted) return 0;
    }
  }

  /** Ends the worker so that the next one starts, if that one can. */
  async replace(): Promise<void> {
    const { args, config, say } = this.#options;
    const { signal } = this.#stop;
    if (signal.aborted || this.#isChecking) return;
    if (!this.#hasBeenReady)
      return say("The first worker is still starting. It reads the configuration as it is.");
    this.#isChecking = true;
    const passed = await checkWorker({ args, address: config, say, signal }).finally(() => {
      this.#isChecking = false;
    });
    // The supervisor may have been stopped, or the worker may have ended, in the meantime.
    if (signal.aborted) return;
    if (!passed) return say(KEPT);
    if (!this.#worker) return this.#hurry();
    this.#isReplaced = true;
    this.#end(this.#worker);
  }

  /** Ends the worker and the supervisor; called again, at once. */
  stop(): void {
    if (this.#stop.signal.aborted) this.#worker?.kill();
    this.#stop.abort();
    if (this.#worker) this.#end(this.#worker);
  }

  async #start(): Promise<WorkerEnd> {
    const worker = startWorker(this.#socket.fd, this.#options.args, () => {
      this.#hasBeenReady = true;
      this.#options.say(`Worker ${worker.pid} is ready.`);
    });
    this.#worker = worker;
    const ended = await worker.ended;
    this.#worker = undefined;
    return ended;
  }

  #end(worker: Worker): void {
    const { drainDelayMs, drainTimeoutMs } = this.#options.config;
    worker.drain();
    void wait(drainDelayMs + drainTimeoutMs + KILL_AFTER_MS, undefined, { ref: false }).then(worker.kill);
  }

  /** Waits until the time is over, or a stop or `#hurry` ends it. */
  async #wait(delayMs: number): Promise<void> {
    const hurried = new AbortController();
    this.#hurry = () => hurried.abort();
    const signal = AbortSignal.any([this.#stop.signal, hurried.signal]);
    await wait(delayMs, undefined, { signal }).catch(() => {});
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
