import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";

export interface WorkersOptions {
  /** The number of processes. */
  readonly count: number;
  /** The addresses and the token by which workers reach the collector and the queue. */
  readonly env: Readonly<Record<string, string>>;
}

/** The worker processes. One that ends by itself, or is killed, has a successor. */
export interface Workers {
  /** Their process ids. */
  readonly pids: () => number[];
  /** Lets the present jobs end or hands them back, and waits until all processes have ended. */
  readonly stop: () => Promise<void>;
}

/** Milliseconds until a successor starts: a worker that cannot start must not take a whole core. */
const RESTART_MS = 500;

/** Milliseconds after SIGTERM; then SIGKILL. */
const STOP_MS = 3_500;

export function startWorkers({ count, env }: WorkersOptions): Workers {
  const children = new Set<ChildProcess>();
  let isStopping = false;

  const start = (): void => {
    // The same arguments of Node.js as this process, and a channel that closes with it.
    const child = spawn(process.execPath, [...process.execArgv, `${import.meta.dirname}/worker.ts`], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      env: { ...process.env, ...env },
    });
    children.add(child);
    child.once("exit", () => {
      children.delete(child);
      if (!isStopping) setTimeout(() => !isStopping && start(), RESTART_MS).unref();
    });
    child.once("error", (error) => process.stderr.write(`[clips] A worker cannot start: ${error.message}\n`));
  };
  for (let index = 0; index < count; index += 1) start();

  return {
    pids: () => [...children].flatMap(({ pid }) => pid ?? []),
    stop: async () => {
      isStopping = true;
      const ending = [...children];
      for (const child of ending) child.kill("SIGTERM");
      const ended = Promise.all(ending.map((child) => once(child, "exit")));
      await Promise.race([ended, wait(STOP_MS)]);
      for (const child of children) child.kill("SIGKILL");
    },
  };
}
