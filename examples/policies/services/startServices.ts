import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export interface ServicesOptions {
  /** The server: `http://127.0.0.1:4000`. */
  readonly origin: string;
  readonly seed: number;
  readonly tokens: { readonly review: string; readonly survey: string };
  readonly say: (line: string) => void;
}

export interface Services {
  /** Asks the services to report what they have, and to end. Resolves when both have ended. */
  readonly stop: () => Promise<void>;
}

/** The time for a service to report its last values. Then it is killed. */
const PATIENCE_MS = 1_500;

/** Starts the review service under this Node, and the survey service under Python if the machine has it. */
export function startServices({ origin, seed, tokens, say }: ServicesOptions): Services {
  const args = ["--url", origin, "--seed", String(seed)];
  const review = [...process.execArgv, join(import.meta.dirname, "review.ts"), ...args];
  const survey = [join(import.meta.dirname, "survey.py"), ...args];
  const services = [
    startService(process.execPath, review, { token: tokens.review, name: "Review", say }),
    startService(process.env["PYTHON"] ?? "python3", survey, { token: tokens.survey, name: "Survey", say }),
  ];
  return { stop: async () => void (await Promise.all(services.map(stopService))) };
}

interface ServiceOptions {
  readonly token: string;
  readonly name: string;
  readonly say: (line: string) => void;
}

function startService(program: string, args: readonly string[], options: ServiceOptions): ChildProcess {
  const { token, name, say } = options;
  const service = spawn(program, args, {
    env: { ...process.env, RUMKIT_INGEST_TOKEN: token },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const title = name.padEnd(11);
  service.stdout.setEncoding("utf8").on("data", (text: string) => say(`${title} ${text.trim()}`));
  service.on("error", (error: NodeJS.ErrnoException) => {
    const reason = error.code === "ENOENT" ? `${program} is not installed` : error.message;
    say(`${title} left out: ${reason}.`);
  });
  return service;
}

async function stopService(service: ChildProcess): Promise<void> {
  if (service.pid === undefined || service.exitCode !== null || service.signalCode !== null) return;
  const ended = once(service, "close");
  service.kill("SIGTERM");
  const killing = setTimeout(() => service.kill("SIGKILL"), PATIENCE_MS);
  await ended;
  clearTimeout(killing);
}
