import type { Sample } from "../metrics/sample.ts";

/**
 * Scales the samples of one event if only the share `rate` of all sessions reports: each counts 1 / `rate` times, as a
 * whole number of times. Buckets and counts are integers in OpenMetrics, and nothing is bought 3.33 times. Of 10 events
 * at a rate of 0.3 some count 3 times and some 4: 33.3 on average, independent of earlier events. `luck` is uniform from
 * 0 to below 1, and the same for all samples of an event, so that they agree with each other.
 *
 * A rate of 1 changes nothing.
 */
export function scaleSamples(samples: readonly Sample[], rate: number, luck: number): readonly Sample[] {
  if (rate === 1) return samples;
  return samples.map((sample) => ({ ...sample, times: scaleTimes(sample.times ?? 1, rate, luck) }));
}

/** So many times at a share of `rate`: a whole number, `times / rate` on average. */
export function scaleTimes(times: number, rate: number, luck: number): number {
  // Not divided by the rate: 1 / 0.1 is exactly 10.
  const exact = times * (1 / rate);
  const whole = Math.floor(exact);
  return luck < exact - whole ? whole + 1 : whole;
}
