import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProgram } from "./started.ts";

/** A real Redis that keeps nothing, on a socket that only this machine can reach. */
export interface RunningRedis {
  /** The path of its socket: for `new Redis(path)`. */
  readonly path: string;
  readonly stop: () => Promise<void>;
}

export async function startRedis(): Promise<RunningRedis> {
  const folder = await mkdtemp(join(tmpdir(), "rumkit-redis-"));
  const path = join(folder, "socket");
  const args = ["--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no", "--dir", folder];
  const redis = await startProgram(process.env["REDIS_PATH"] ?? "redis-server", args, {
    ready: /ready to accept connections/i,
  });
  return {
    path,
    stop: async () => {
      await redis.stop();
      await rm(folder, { recursive: true });
    },
  };
}
