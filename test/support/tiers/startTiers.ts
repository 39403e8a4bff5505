import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { RunningPostgres } from "../postgres.ts";
import { type Started, startProgram } from "../started.ts";

/** The folder of the world. */
export const TIERS_FOLDER = join(import.meta.dirname, "../../../examples/tiers");

/** The program of the world, for Node. */
export const TIERS_PROGRAM = [
  "--conditions=@rumkit/source",
  "--disable-warning=ExperimentalWarning",
  "server.ts",
];

export interface RunningTiers extends Started {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly origin: string;
}

/** Builds the page of the world. */
export async function buildTiers(): Promise<void> {
  await promisify(execFile)("vite", ["build", "--logLevel", "warn"], {
    cwd: TIERS_FOLDER,
    env: { ...process.env, NODE_ENV: "production", RUMKIT_FROM_SOURCE: "1" },
  });
}

/** The address of a PostgreSQL on its socket. */
export function databaseUrl({ connection: { host, user, database } }: RunningPostgres): string {
  return `postgres://${user}@localhost/${database}?host=${encodeURIComponent(host)}`;
}

/** Starts the world on a free port. */
export async function startTiers(
  flags: readonly string[],
  env: Record<string, string> = {},
): Promise<RunningTiers> {
  const program = await startProgram(process.execPath, [...TIERS_PROGRAM, ...flags], {
    cwd: TIERS_FOLDER,
    env: { PORT: "0", ...env },
    ready: /^Load /m,
  });
  const origin = /^Page\s+(http:\S+)\/$/m.exec(program.output())?.[1];
  if (origin === undefined) throw new Error(`The API did not say where it is:\n${program.output()}`);
  return { ...program, origin };
}
