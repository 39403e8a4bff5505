import { MAX_ADDED, MAX_COUNT } from "@rumkit/protocol";
import { isRejection, Rejection } from "../base/rejection.ts";
import type { CountedEvent } from "../vocabulary/countedEvent.ts";

/**
 * Refuses an event that stands for too much: its count and the batch's rate multiply each other and its value,
 * and each of the three is within its own bounds.
 */
export function boundEvent(counted: CountedEvent | Rejection, rate: number): CountedEvent | Rejection {
  if (isRejection(counted)) return counted;
  const { samples, times } = counted;
  // Nearly always: no multiplication of samples is needed to know it.
  if (rate === 1 && times === 1) return counted;
  if (times / rate > MAX_COUNT) {
    return new Rejection(
      "bad_number",
      () => `An event stands for at most ${MAX_COUNT}, not ${times / rate}.`,
    );
  }
  for (const sample of samples) {
    const added = (sample.value * (sample.times ?? 1)) / rate;
    if (added > MAX_ADDED) {
      return new Rejection("bad_number", () => `An event adds at most ${MAX_ADDED} to a sum, not ${added}.`);
    }
  }
  return counted;
}
