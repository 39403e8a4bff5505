import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { accessSync, constants } from "node:fs";
import type { Readable } from "node:stream";
import type { ClipQueue, WorkerQueue } from "./clipQueue.ts";
import { createEmbeddedQueue } from "./embeddedQueue.ts";
import { connectRedisQueue } from "./redisQueue.ts";

export interface OpenQueue {
  readonly queue: ClipQueue;
  /** The value of the label `queue`. */
  readonly kind: "redis" | "embedded";
  /** For people. */
  readonly description: string;
  /** The workers' side, if they need the door of this process. */
  readonly embedded?: WorkerQueue;
  /** The address of Redis, for workers. */
  readonly redisUrl?: string;
  readonly close: () => Promise<void>;
}

/**
 * Opens the queue: the Redis of `REDIS_URL`; else `redis-server`, started for this program, where it is installed; else a
 * queue in the memory of this process. `choice` names one of the last two. Rejects with a sentence if Redis does not start.
 */
export async function openQueue(choice: "redis" | "embedded" | undefined): Promise<OpenQueue> {
  const url = process.env["REDIS_URL"];
  if (choice !== "embedded" && url) return open(url, "Redis of REDIS_URL");
  const isRedis = choice === "redis" || (choice === undefined && isInstalled("redis-server"));
  if (isRedis) return startRedis();
  const embedded = createEmbeddedQueue();
  const description = "embedded, in the memory of this process";
  return { queue: embedded, embedded, kind: "embedded", description, close: async () => {} };
}

function open(url: string, description: string, stop: () => Promise<void> = async () => {}): OpenQueue {
  const queue = connectRedisQueue(url);
  return {
    queue,
    kind: "redis",
    description,
    redisUrl: url,
    close: async () => {
      await queue.close();
      await stop();
    },
  };
}

/** Milliseconds in which a busy machine starts it. */
const START_MS = 30_000;

/**
 * Redis runs beside a shell that waits for the end of its input, so it ends with this process also when that is killed.
 * Both are in a separate group: Ctrl-C in a terminal must not end Redis before the workers have handed their jobs back.
 */
const RUN = 'redis-server "$@" & cat > /dev/null; kill $!; wait; rm -rf "$0"';

/** A Redis that keeps nothing, on a socket in a new folder: no port, and no other program finds it. */
async function startRedis(): Promise<OpenQueue> {
  if (!isInstalled("redis-server")) throw new Error("redis-server is not installed. Use --queue embedded.");
  const folder = await mkdtemp(join(tmpdir(), "clips-redis-"));
  const socket = join(folder, "socket");
  const args = ["--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", folder];
  const shell = spawn("sh", ["-c", RUN, folder, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
    detached: true,
  });
  const stop = async (): Promise<void> => {
    shell.stdin.end();
    await once(shell, "exit");
  };
  if (await isReady(shell.stdout))
    return open(socket, "Redis (redis-server), started for this program", stop);
  await stop();
  throw new Error("redis-server does not start. Use --queue embedded.");
}

function isReady(output: Readable): Promise<boolean> {
  return new Promise((resolve) => {
    let text = "";
    setTimeout(() => resolve(false), START_MS).unref();
    output.on("data", (chunk: Buffer) => {
      if (text.length < 10_000) text += chunk.toString();
      if (/ready to accept connections/i.test(text)) resolve(true);
    });
  });
}

function isInstalled(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
