import { type ChildProcess, spawn } from "node:child_process";
import type { WorkerMessage } from "./workerChannel.ts";

/** The descriptor under which a worker finds the socket: the first after its input and outputs. */
const WORKER_FD = 3;

/** The end of a worker. */
export interface WorkerEnd {
  /** The exit code; where a signal ended it, 128 as in a shell. */
  readonly code: number;
  /** `code 1`, `SIGKILL`. */
  readonly cause: string;
  /** It had been ready. */
  readonly wasReady: boolean;
  /** Milliseconds from its start. */
  readonly livedMs: number;
}

export interface Worker {
  readonly pid: number | undefined;
  readonly ended: Promise<WorkerEnd>;
  /** Asks it to finish. */
  drain(): void;
  /** Ends it at once. */
  kill(): void;
}

/** Starts `rumkit serve` as a separate process that accepts from the socket; `args` are those of its command line. */
export function startWorker(fd: number, args: readonly string[], onReady: () => void): Worker {
  const startedAt = performance.now();
  let child: ChildProcess;
  try {
    child = spawnWorker(fd, args);
  } catch (error) {
    // Some errors of the system are events, others are thrown: both are a worker that has ended.
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
  return spawn(process.execPath, [...process.execArgv, process.argv[1]!, "serve", ...args, ...own], {
    stdio: ["ignore", "inherit", "inherit", fd, "ipc"],
    env: withoutSocket(process.env),
  });
}

/** The socket is the supervisor's: a worker gets it by its command line. */
function withoutSocket({ LISTEN_PID: _pid, LISTEN_FDS: _fds, ...env }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return env;
}
