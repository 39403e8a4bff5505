/** Chance that repeats: the same seed gives the same sequence. */
export interface Random {
  /** A number from `low` up to, not including, `high`. */
  between(low: number, high: number): number;
  /** True with this probability, 0–1. */
  chance(probability: number): boolean;
  /** One of the list, each as likely as the other. */
  pick<T>(list: readonly [T, ...T[]]): T;
}

/** Creates a Mulberry32 generator (Tommy Ettinger, 2017; public domain): 32 bits of state, no cryptography. */
export function createRandom(seed: number): Random {
  let state = seed | 0;

  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  return {
    between: (low, high) => low + next() * (high - low),
    chance: (probability) => next() < probability,
    pick: (list) => list[Math.floor(next() * list.length)] ?? list[0],
  };
}
