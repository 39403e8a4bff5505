import type { Sample } from "../metrics/sample.ts";
import { MAX_ADDED, MAX_COUNT } from "@rumkit/protocol";
import { isRejection, Rejection } from "../base/rejection.ts";
import type { CountedEvent } from "../vocabulary/countedEvent.ts";

/**
 * Scales the samples of one event if only the fraction `rate` of all sessions reports. Each sample counts 1 / `rate`
 * times, rounded up or down at random, because counts and buckets are integers in OpenMetrics. Of 10 events at a rate
 * of 0.3 some count 3 times and some 4: 33.3 on average, independent of earlier events. `luck` is uniform from 0 to
 * below 1, and the same for all samples of an event, so that they agree with each other.
 *
 * A rate of 1 changes nothing.
 */
export function scaleSamples(samples: readonly Sample[], rate: number, luck: number): readonly Sample[] {
  if (rate === 1) return samples;
  return samples.map((sample) => ({ ...sample, times: scaleTimes(sample.times ?? 1, rate, luck) }));
}

/** Returns an integer that is `times / rate` on average. */
export function scaleTimes(times: number, rate: number, luck: number): number {
  // Not divided by the rate: 1 / 0.1 is exactly 10.
  const exact = times * (1 / rate);
  const whole = Math.floor(exact);
  return luck < exact - whole ? whole + 1 : whole;
}

/**
 * Refuses an event that would add too much. Count, rate and value are each within their own limits, but their product
 * may not be.
 */
export function boundEvent(counted: CountedEvent | Rejection, rate: number): CountedEvent | Rejection {
  if (isRejection(counted)) return counted;
  const { samples, times } = counted;
  // Nearly all events end here, without a multiplication of their samples.
  if (rate === 1 && times === 1) return counted;
  if (times / rate > MAX_COUNT) return tooMuch(`An event stands for at most ${MAX_COUNT}, not`, times / rate);
  for (const sample of samples) {
    const added = (sample.value * (sample.times ?? 1)) / rate;
    if (added > MAX_ADDED) return tooMuch(`An event adds at most ${MAX_ADDED} to a sum, not`, added);
  }
  return counted;
}

/** Separate, because V8 allocates what a closure captures even if the closure is never created. */
function tooMuch(limit: string, value: number): Rejection {
  return new Rejection("bad_number", () => `${limit} ${value}.`);
}
