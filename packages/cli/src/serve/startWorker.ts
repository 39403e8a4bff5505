import { type ChildProcess, spawn } from "node:child_process";
import { heapFlags } from "./heapFlags.ts";
import type { WorkerMessage } from "./workerChannel.ts";

/** The descriptor of the socket in a worker: the first after standard input, output and error. */
const WORKER_FD = 3;

/** The end of a worker. */
export interface WorkerEnd {
  /** The exit code; 128 if a signal ended the worker. */
  readonly code: number;
  /** The cause, as text: `code 1`, `SIGKILL`. */
  readonly cause: string;
  /** True if the worker had been ready. */
  readonly wasReady: boolean;
  /** Milliseconds since its start. */
  readonly livedMs: number;
}

export interface Worker {
  readonly pid: number | undefined;
  readonly ended: Promise<WorkerEnd>;
  /** Asks the worker to shut down. */
  drain(): void;
  /** Kills the worker. */
  kill(): void;
}

/**
 * Starts `rumkit serve` as a separate process that accepts from the socket. `args` are the arguments of its command
 * line.
 */
export function startWorker(fd: number, args: readonly string[], onReady: () => void): Worker {
  const startedAt = performance.now();
  let child: ChildProcess;
  try {
    child = spawnWorker(fd, args);
  } catch (error) {
    // Some system errors are emitted as events, others are thrown. In both cases the worker has ended.
    const end = { code: 1, cause: (error as Error).message, wasReady: false, livedMs: 0 };
    return { pid: undefined, ended: Promise.resolve(end), drain: () => {}, kill: () => {} };
  }
  let wasReady = false;
  child.on("message", (message) => {
    if (message !== ("ready" satisfies WorkerMessage)) return;
    wasReady = true;
    onReady();
  });
  const ended = new Promise<WorkerEnd>((resolve) => {
    const end = (code: number, cause: string): void =>
      resolve({ code, cause, wasReady, livedMs: performance.now() - startedAt });
    child.once("exit", (code, signal) => end(code ?? 128, signal ?? `code ${code}`));
    child.once("error", (error) => end(1, error.message));
  });
  return {
    pid: child.pid,
    ended,
    drain: () => {
      if (child.connected) child.send("drain" satisfies WorkerMessage, () => {});
    },
    kill: () => void child.kill("SIGKILL"),
  };
}

function spawnWorker(fd: number, args: readonly string[]): ChildProcess {
  const own = ["--supervised", "--listen-fd", String(WORKER_FD)];
  const node = [...heapFlags(process.execArgv, process.env["NODE_OPTIONS"]), ...process.execArgv];
  return spawn(process.execPath, [...node, process.argv[1]!, "serve", ...args, ...own], {
    stdio: ["ignore", "inherit", "inherit", fd, "ipc"],
    env: withoutSocket(process.env),
  });
}

/** Removes the variables of an inherited socket, because a worker gets the socket by its command line. */
function withoutSocket({ LISTEN_PID: _pid, LISTEN_FDS: _fds, ...env }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return env;
}
