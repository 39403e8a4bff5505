import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { Redis } from "ioredis";
import {
  type ClipJob,
  type ClipQueue,
  LEASE_MS,
  MAX_ENDED,
  MAX_RECENT,
  MAX_WAITING,
  type TakenJob,
  type WorkerQueue,
} from "./clipQueue.ts";

/** Milliseconds between two looks into an empty queue. */
const LOOK_MS = 100;

const TAKE_MS = 5_000;

/** All keys begin alike: several programs may share a Redis. */
const KEYS = ["waiting", "leases", "newest", "ended"].map((name) => `clips:${name}`);

/**
 * The steps that must happen as one, in Redis itself. KEYS: the list of ids that wait, the sorted set of leases by their end,
 * the list of the newest ids, and that of those that have ended. A job is the hash `clips:job:<id>`.
 */
const SCRIPTS = {
  // The length of the queue; max, the number of newest; id, url, start, end.
  addClip: `
    if redis.call('LLEN', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
    redis.call('HSET', 'clips:job:' .. ARGV[3], 'id', ARGV[3], 'url', ARGV[4], 'start', ARGV[5], 'end', ARGV[6],
      'status', 'queued', 'attempts', 0, 'cameAt', redis.call('TIME')[1])
    redis.call('LPUSH', KEYS[1], ARGV[3])
    redis.call('LPUSH', KEYS[3], ARGV[3])
    redis.call('LTRIM', KEYS[3], 0, ARGV[2] - 1)
    return 1`,
  // Seconds.
  oldestClip: `
    local id = redis.call('LINDEX', KEYS[1], -1)
    return id and math.max(0, redis.call('TIME')[1] - redis.call('HGET', 'clips:job:' .. id, 'cameAt')) or 0`,
  // First, jobs whose lease is over wait again, before all others. lease, its milliseconds.
  takeClip: `
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now)) do
      redis.call('ZREM', KEYS[2], id)
      redis.call('HSET', 'clips:job:' .. id, 'status', 'queued', 'lease', '')
      redis.call('RPUSH', KEYS[1], id)
    end
    local id = redis.call('RPOP', KEYS[1])
    if not id then return {} end
    local job = 'clips:job:' .. id
    redis.call('HSET', job, 'status', 'working', 'lease', ARGV[1])
    redis.call('HINCRBY', job, 'attempts', 1)
    redis.call('ZADD', KEYS[2], now + ARGV[2], id)
    return redis.call('HGETALL', job)`,
  // id, lease, its milliseconds.
  renewClip: `
    local time = redis.call('TIME')
    local held = redis.call('HMGET', 'clips:job:' .. ARGV[1], 'lease', 'status')
    if held[1] ~= ARGV[2] or held[2] ~= 'working' then return 0 end
    redis.call('ZADD', KEYS[2], time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[3], ARGV[1])
    return 1`,
  // id, lease, status, error, most that have ended. Once more by the same worker is the same: its answer may be lost.
  finishClip: `
    local job = 'clips:job:' .. ARGV[1]
    local held = redis.call('HMGET', job, 'lease', 'status')
    if held[1] ~= ARGV[2] then return 0 end
    if held[2] ~= 'working' then return 1 end
    redis.call('HSET', job, 'status', ARGV[3], 'error', ARGV[4])
    redis.call('ZREM', KEYS[2], ARGV[1])
    redis.call('LPUSH', KEYS[4], ARGV[1])
    for _, old in ipairs(redis.call('LRANGE', KEYS[4], ARGV[5], -1)) do redis.call('DEL', 'clips:job:' .. old) end
    redis.call('LTRIM', KEYS[4], 0, ARGV[5] - 1)
    return 1`,
  // id, lease.
  releaseClip: `
    local job = 'clips:job:' .. ARGV[1]
    local held = redis.call('HMGET', job, 'lease', 'status')
    if held[1] ~= ARGV[2] or held[2] ~= 'working' then return 0 end
    redis.call('HSET', job, 'status', 'queued', 'lease', '')
    redis.call('HINCRBY', job, 'attempts', -1)
    redis.call('ZREM', KEYS[2], ARGV[1])
    redis.call('RPUSH', KEYS[1], ARGV[1])
    return 1`,
};

type Scripts = Readonly<Record<keyof typeof SCRIPTS, (...args: (string | number)[]) => Promise<unknown>>>;

/** Both sides of a queue in Redis. Its jobs survive this process and its workers. */
export type RedisQueue = Omit<ClipQueue, "close"> & WorkerQueue;

/**
 * Connects in the background; calls reject while Redis is away.
 *
 * @param url `redis://127.0.0.1:6379`, or the path of a socket.
 */
export function connectRedisQueue(url: string, { leaseMs = LEASE_MS } = {}): RedisQueue {
  const redis = new Redis(url, {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: true,
    retryStrategy: () => 500,
  });
  // Each call says by itself that it failed.
  redis.on("error", () => {});
  for (const [name, lua] of Object.entries(SCRIPTS))
    redis.defineCommand(name, { numberOfKeys: KEYS.length, lua });
  const scripts = redis as unknown as Scripts;
  const run = (name: keyof Scripts, ...args: (string | number)[]): Promise<unknown> =>
    scripts[name](...KEYS, ...args);
  const find = async (id: string): Promise<ClipJob | undefined> =>
    toAnswer(await redis.hgetall(`clips:job:${id}`));
  const takeNow = async (): Promise<TakenJob | undefined> =>
    toTaken((await run("takeClip", randomUUID(), leaseMs)) as string[]);

  return {
    add: async (request) => {
      const { url: video, start, end } = request;
      const id = randomUUID();
      const isAdded = await run("addClip", MAX_WAITING, MAX_RECENT, id, video, start, end);
      return isAdded === 1 ? { ...request, id, status: "queued", attempts: 0 } : undefined;
    },
    find,
    recent: async () => {
      const ids = await redis.lrange(KEYS[2]!, 0, MAX_RECENT - 1);
      return (await Promise.all(ids.map(find))).filter((job) => job !== undefined);
    },
    depth: () => redis.llen(KEYS[0]!),
    oldestWait: async () => Number(await run("oldestClip")),
    take: async (signal) => {
      const until = performance.now() + TAKE_MS;
      for (;;) {
        const job = await takeNow();
        if (job || signal.aborted || performance.now() > until) return job;
        await wait(LOOK_MS);
      }
    },
    renew: async ({ id, lease }) => (await run("renewClip", id, lease, leaseMs)) === 1,
    finish: async ({ id, lease }, outcome) =>
      (await run(
        "finishClip",
        id,
        lease,
        outcome.status,
        "error" in outcome ? outcome.error : "",
        MAX_ENDED,
      )) === 1,
    release: async ({ id, lease }) => void (await run("releaseClip", id, lease)),
    close: async () => redis.disconnect(),
  };
}

/** Redis has texts only. */
function toAnswer(hash: Readonly<Record<string, string>>): ClipJob | undefined {
  const { id, url, start, end, status, attempts, error } = hash;
  if (id === undefined || url === undefined) return undefined;
  return {
    id,
    url,
    start: Number(start),
    end: Number(end),
    status: status as ClipJob["status"],
    attempts: Number(attempts),
    ...(error && { error }),
  };
}

/** Reads names and values in turn. */
function toTaken(pairs: readonly string[]): TakenJob | undefined {
  const hash: Record<string, string> = {};
  for (let index = 0; index < pairs.length; index += 2) hash[pairs[index]!] = pairs[index + 1]!;
  const job = toAnswer(hash);
  if (!job) return undefined;
  const { id, url, start, end, attempts } = job;
  return { id, url, start, end, attempts, lease: hash["lease"]! };
}
