import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** The command from source, which runs without a build. */
const CLI_SOURCE = [
  "--conditions=@rumkit/source",
  join(import.meta.dirname, "../../packages/cli/src/bin/rumkit.ts"),
];

/** `rumkit serve` in a separate process. */
export interface ServeProcess {
  readonly child: ChildProcess;
  /** Its address: `http://127.0.0.1:4000`. */
  readonly origin: string;
  /** Both outputs so far. */
  output(): string;
  /** Resolves when the outputs match from `since` on, a length of them. Rejects after a minute. */
  says(pattern: RegExp, since?: number): Promise<RegExpExecArray>;
  /**
   * Sends a signal, waits for the end of it and of all that writes to its outputs, and returns the exit code, or the signal
   * that ended it.
   */
  end(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

export interface ServeProcessOptions {
  /** The folder that it runs in, with its catalog. */
  readonly folder: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Programs and arguments before ours: `systemd-socket-activate --listen=…`. */
  readonly by?: readonly string[];
  /** Node's arguments that name the command. Default from source. */
  readonly cli?: readonly string[];
  /** A descriptor that it gets as its number 3. Default none. */
  readonly fd?: number;
}

/** Starts it and waits until it listens. Rejects with its output where it ends before. */
export async function startServe(options: ServeProcessOptions): Promise<ServeProcess> {
  const { folder, args = [], env = {}, by = [], cli = CLI_SOURCE, fd } = options;
  const [program, ...rest] = [...by, process.execPath, ...cli, "serve", ...args];
  const child = spawn(program!, rest, {
    cwd: folder,
    // A process that has little time takes longer to end in order than the default allows.
    env: { ...process.env, RUMKIT_DRAIN_TIMEOUT_MS: "60000", ...env },
    stdio: ["ignore", "pipe", "pipe", ...(fd === undefined ? [] : [fd])],
  });
  let output = "";
  // Not its exit: what it wrote as its last may come later.
  let hasEnded = false;
  const ended = once(child, "close").then(() => {
    hasEnded = true;
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream!.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const says = async (pattern: RegExp, since = 0): Promise<RegExpExecArray> => {
    const deadline = AbortSignal.timeout(100_000);
    for (;;) {
      const found = pattern.exec(output.slice(since));
      if (found) return found;
      if (deadline.aborted || hasEnded) throw new Error(`It never said ${pattern}:\n${output}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const origin = (await says(/Ready +(\S+)\/readyz/))[1]!;
  return {
    child,
    origin,
    output: () => output,
    says,
    end: async (signal = "SIGTERM") => {
      child.kill(signal);
      await ended;
      return child.signalCode ?? child.exitCode;
    },
  };
}
