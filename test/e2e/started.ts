import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** A program that a test started and ends again, by its own process id. */
export interface Started {
  readonly stop: () => Promise<void>;
  /** Everything that it wrote so far. */
  readonly output: () => string;
}

export interface StartOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  /** The program is ready once its output matches. */
  readonly ready: RegExp;
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
    child.once("exit", (code) => reject(new Error(`${program} ended with ${code}:\n${output}`)));
  });
  return { stop: () => end(child), output: () => output };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}
