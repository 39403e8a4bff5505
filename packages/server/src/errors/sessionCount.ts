import { createHash, randomBytes } from "node:crypto";
import { EXACT_SESSIONS } from "@rumkit/protocol";

/**
 * Registers of the estimate, a power of two: its standard error is 1.04 / √1024 = 3.3 % (Flajolet et al., HyperLogLog,
 * 2007). A group with many sessions takes one kilobyte.
 */
const REGISTERS = 1024;

/** Corrects the bias of the harmonic mean for at least 128 registers (ibid., figure 3). */
const BIAS = 0.7213 / (1 + 1.079 / REGISTERS);

/** Pages choose their sessions. They do not know the salt, so they cannot choose those that raise the estimate most. */
const SALT = randomBytes(16);

/** Counts different sessions in bounded memory: exactly up to `EXACT_SESSIONS`, above it by an estimate. */
export interface SessionCount {
  add(session: string): void;
  size(): number;
}

export function createSessionCount(): SessionCount {
  /** 48 bits of each digest, as numbers: 100 sessions take 4 kB. */
  let exact: Set<number> | undefined = new Set();
  let registers: Uint8Array | undefined;

  const estimate = (digest: number): void => {
    registers ??= new Uint8Array(REGISTERS);
    const register = digest % REGISTERS;
    const rest = Math.floor(digest / REGISTERS);
    registers[register] = Math.max(registers[register] ?? 0, rankOf(rest));
  };
  return {
    add: (session) => {
      const digest = digestOf(session);
      exact?.add(digest);
      if (exact === undefined) estimate(digest);
      else if (exact.size > EXACT_SESSIONS) {
        exact.forEach(estimate);
        exact = undefined;
      }
    },
    // Never below what was counted exactly.
    size: () => exact?.size ?? Math.max(EXACT_SESSIONS + 1, sizeOf(registers!)),
  };
}

function digestOf(session: string): number {
  return createHash("sha256").update(SALT).update(session).digest().readUIntBE(0, 6);
}

/** The place of the lowest bit that is set, from 1, of 38 bits. */
function rankOf(bits: number): number {
  let rank = 1;
  for (let rest = bits; rest % 2 === 0 && rank < 39; rest = Math.floor(rest / 2)) rank += 1;
  return rank;
}

function sizeOf(registers: Uint8Array): number {
  let sum = 0;
  let empty = 0;
  for (const rank of registers) {
    sum += 2 ** -rank;
    if (rank === 0) empty += 1;
  }
  const raw = (BIAS * REGISTERS ** 2) / sum;
  // Few sessions leave registers empty: their number is the better estimate then (ibid., "small range correction").
  const isSmall = raw <= 2.5 * REGISTERS && empty > 0;
  return Math.round(isSmall ? REGISTERS * Math.log(REGISTERS / empty) : raw);
}
