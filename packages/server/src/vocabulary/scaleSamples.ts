import type { Sample } from "../metrics/sample.ts";

/**
 * What samples stand for where only the share `rate` of all sessions reports: each counts 1 / `rate` times.
 * With a rate of 1 they are what they were.
 */
export function scaleSamples(samples: readonly Sample[], rate: number): readonly Sample[] {
  if (rate === 1) return samples;
  // Not divided by the rate: 1 / 0.1 is exactly 10, so that money stays a whole number of minor units.
  const weight = 1 / rate;
  return samples.map((sample) => ({ ...sample, times: (sample.times ?? 1) * weight }));
}
