import { countSamples, type Point } from "./pushedSeries.ts";

/** Samples of one request, about: what Grafana Cloud advises for `max_samples_per_send`, and half a megabyte. */
const MAX_SAMPLES = 5_000;

/** Divides points into parts of about 5,000 samples. The lines of one series stay together. */
export function splitPoints(points: readonly Point[]): Point[][] {
  const parts: Point[][] = [];
  let samples = MAX_SAMPLES;
  for (const point of points) {
    const added = countSamples([point]);
    if (samples + added > MAX_SAMPLES) {
      parts.push([]);
      samples = 0;
    }
    parts.at(-1)!.push(point);
    samples += added;
  }
  return parts;
}
