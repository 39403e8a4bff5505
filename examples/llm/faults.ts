import { createRandom } from "./random.ts";

/** The fault of an answer: none, a model that fails before its first token, or in the middle. */
type Fault = "none" | "error" | "break";

/** Returns the fault of the next answer. */
export type NextFault = () => Fault;

/** @param rate The share of answers with a fault, 0 to 1: half of them fail before their first token. */
export function createFaults(rate: number, seed: number): NextFault {
  const random = createRandom(seed);
  return () => {
    const drawn = random();
    if (drawn >= rate) return "none";
    return drawn < rate / 2 ? "error" : "break";
  };
}
