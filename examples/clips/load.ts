import { setTimeout as wait } from "node:timers/promises";

export interface Load {
  /** Waits for the answer to the last request. */
  readonly stop: () => Promise<void>;
}

/** Milliseconds between two requests, on average. */
const PAUSE_MS = 3_000;

/** The share of videos that do not exist, and of those that cannot be decoded. */
const MISSING = 0.02;
const BROKEN = 0.01;

/** The share of requests that are wrong. */
const WRONG = 0.02;

/** Visitors who ask for clips until `stop`. The same seed gives the same ones. */
export function startLoad(origin: string, seed: number): Load {
  const random = createRandom(seed);
  const leaving = new AbortController();
  const visit = async (): Promise<void> => {
    const start = Math.floor(random() * 600);
    // Most clips are short.
    const end = random() < WRONG ? start : start + 3 + Math.floor(random() ** 2 * 60);
    const fate = random();
    const folder = fate < MISSING ? "missing" : fate < MISSING + BROKEN ? "broken" : "videos";
    const url = `https://videos.example/${folder}/${Math.floor(random() * 1_000)}`;
    const body = JSON.stringify({ url, start, end });
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${origin}/jobs`, { method: "POST", headers, body });
    await answer.arrayBuffer();
  };
  const come = async (): Promise<void> => {
    const { signal } = leaving;
    while (!signal.aborted) {
      // As independent visitors come: exponential pauses.
      await wait(-Math.log(1 - random()) * PAUSE_MS, undefined, { signal }).catch(() => {});
      if (!signal.aborted) await visit().catch(() => {});
    }
  };
  const coming = come();
  return {
    stop: async () => {
      leaving.abort();
      await coming;
    },
  };
}

/** Mulberry32: numbers from 0 to 1 that depend on the seed alone. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
