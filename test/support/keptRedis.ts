import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./freePort.ts";
import { type Started, startProgram } from "./started.ts";

/** A real Redis that keeps everything in a folder: on the same port and folder after each restart. */
export interface KeptRedis {
  /** For `openBroker`. */
  readonly url: string;
  readonly port: number;
  /** Ends it with SIGKILL. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  /** `SIGSTOP` makes it hang. */
  readonly signal: (name: NodeJS.Signals) => void;
  /** Ends it and removes what it has kept. */
  readonly stop: () => Promise<void>;
}

/** Settings that keep what is acknowledged. */
const SAFE = ["--appendonly", "yes", "--appendfsync", "always"];

/** A replica is given its copy at once. */
const AT_ONCE = ["--repl-diskless-sync-delay", "0"];

/** @param settings Replace or complete the safe ones: `["--appendfsync", "everysec"]`. */
export async function startKeptRedis(settings: readonly string[] = []): Promise<KeptRedis> {
  const folder = await mkdtemp(join(tmpdir(), "rumkit-redis-"));
  const port = await freePort();
  const place = ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder, "--save", ""];
  let server: Started | undefined;
  const kept: KeptRedis = {
    url: `redis://127.0.0.1:${port}`,
    port,
    start: async () => {
      server = await startProgram(
        process.env["REDIS_PATH"] ?? "redis-server",
        [...place, ...SAFE, ...AT_ONCE, ...settings],
        { ready: /ready to accept connections/i },
      );
    },
    kill: async () => {
      // Also ends one that hangs.
      server?.signal("SIGKILL");
      await server?.stop();
      server = undefined;
    },
    signal: (name) => server?.signal(name),
    stop: async () => {
      await kept.kill();
      await rm(folder, { recursive: true });
    },
  };
  await kept.start();
  return kept;
}
