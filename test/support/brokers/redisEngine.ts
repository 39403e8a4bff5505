import { startKeptRedis } from "../keptRedis.ts";
import type { RunningEngine } from "./engine.ts";

/** Redis for the conformance suite: one server with the settings that keep everything. */
export async function startRedisEngine(): Promise<RunningEngine> {
  const redis = await startKeptRedis();
  return {
    // A test has a retention of a second.
    options: { url: redis.url, longestOutageMs: 0 },
    kill: redis.kill,
    restart: redis.start,
    signal: redis.signal,
    stop: redis.stop,
  };
}
