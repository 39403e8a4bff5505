import { execFile } from "node:child_process";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Started, startProgram } from "./started.ts";

const FIXTURES = join(import.meta.dirname, "../next");

/**
 * A folder with another release of Next.js and the packed packages in its `node_modules`, where the fixtures are copied to
 * and run instead (CONTRIBUTING.md). `NEXT_FLAGS` are arguments of its `build` and `dev`, such as `--turbopack`.
 */
const FOLDER = process.env["NEXT_FOLDER"] ?? FIXTURES;
const FLAGS = (process.env["NEXT_FLAGS"] ?? "").split(" ").filter((flag) => flag !== "");
const NEXT = join(FOLDER, "node_modules/.bin/next");

export type Mode = "development" | "production";

/** An app of Next.js that runs. */
export interface NextServer extends Started {
  readonly origin: string;
}

/** Variables of the environment, all of them texts. */
type Env = Readonly<Record<string, string>>;

/** A copy of a fixture, to be built and edited. It lies inside of the package, so that it finds its dependencies. */
export function copyFixture(name: "nextApp" | "nextPages", as: string): string {
  const folder = join(FOLDER, ".tmp", as);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(FOLDER, ".tmp"), { recursive: true });
  cpSync(join(FIXTURES, name), folder, { recursive: true, filter: (path) => !path.endsWith(".next") });
  return folder;
}

/** `next build`. Rejects with its output where it fails. */
export async function buildNext(folder: string, env: Env): Promise<void> {
  const built = promisify(execFile)(NEXT, ["build", ...FLAGS], {
    cwd: folder,
    env: environment("production", env),
  });
  await built.catch(({ message, stdout }: { message: string; stdout: string }) => {
    throw new Error(`${message}\n${stdout}`);
  });
}

/** `next dev` or `next start`, by default on any free port. */
export async function startNext(mode: Mode, folder: string, env: Env, port = 0): Promise<NextServer> {
  const command = mode === "development" ? ["dev", ...FLAGS] : ["start"];
  const started = await startProgram(NEXT, [...command, "--port", String(port), "--hostname", "127.0.0.1"], {
    cwd: folder,
    env: environment(mode, env),
    ready: /Local: +http[^]*Ready/,
    // `next dev` has a separate process for the server.
    withChildren: true,
  });
  const [, origin = ""] = /Local: +(http:\/\/\S+)/.exec(started.output()) ?? [];
  return { ...started, origin };
}

/** Next.js knows its two modes alone, whatever the tests run in, and need not call home. */
function environment(mode: Mode, env: Env): Record<string, string> & { NODE_ENV: Mode } {
  return { ...(process.env as Record<string, string>), NEXT_TELEMETRY_DISABLED: "1", ...env, NODE_ENV: mode };
}
