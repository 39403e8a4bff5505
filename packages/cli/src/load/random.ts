/** Chance that repeats: the same numbers give the same sequence. */
export interface Random {
  /** A number from `low` up to, not including, `high`. */
  between(low: number, high: number): number;
  /** True with this probability, 0–1. */
  chance(probability: number): boolean;
  /** One of the list, earlier ones more often: of ten, the first in a third of all cases. Undefined for an empty list. */
  pick<T>(list: readonly T[]): T | undefined;
}

/**
 * Creates a Mulberry32 generator (Tommy Ettinger, 2017; public domain): 32 bits of state, no cryptography. Each visit
 * has a separate one, made from its numbers, so that visits do not depend on which of them runs first.
 */
export function createRandom(...numbers: readonly number[]): Random {
  let state = numbers.reduce((hash, number) => Math.imul(hash ^ number, 0x85eb_ca6b) ^ (hash >>> 13), 1);

  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  return {
    between: (low, high) => low + next() * (high - low),
    chance: (probability) => next() < probability,
    pick: (list) => list[Math.floor(next() ** 2 * list.length)],
  };
}
