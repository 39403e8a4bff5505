import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** A program that a test started and ends again, by its own process id. */
export interface Started {
  readonly stop: () => Promise<void>;
  /** Sends it a signal: `SIGSTOP` makes it hang. */
  readonly signal: (name: NodeJS.Signals) => void;
  /** Everything that it wrote so far. */
  readonly output: () => string;
}

export interface StartOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  /** The program is ready once its output matches. */
  readonly ready: RegExp;
  /**
   * Ends what the program has started, too, as Ctrl-C in a terminal does: `npm run` has a shell between itself and
   * the script, which passes no signal on. Default false.
   */
  readonly withChildren?: boolean;
}

/** Starts a program and waits until it says that it is ready. Rejects with its output where it ends before. */
export async function startProgram(
  program: string,
  args: readonly string[],
  options: StartOptions,
): Promise<Started> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: options.withChildren ?? false,
  });
  let output = "";
  await new Promise<void>((resolve, reject) => {
    const onOutput = (chunk: Buffer): void => {
      output += chunk.toString();
      if (options.ready.test(output)) resolve();
    };
    child.stdout.on("data", onOutput);
    child.stderr.on("data", onOutput);
    child.once("error", reject);
    // Not its exit: what it wrote as its last may come later.
    child.once("close", (code) => reject(new Error(`${program} ended with ${code}:\n${output}`)));
  });
  return {
    stop: () => end(child, options.withChildren ?? false),
    signal: (name) => void child.kill(name),
    output: () => output,
  };
}

async function end(child: ChildProcess, withChildren: boolean): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  // Its output ends when the last process that writes to it has ended.
  const ended = once(child, "close");
  if (withChildren) process.kill(-child.pid!, "SIGTERM");
  else child.kill("SIGTERM");
  await ended;
}
