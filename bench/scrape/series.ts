import { orShort } from "../rounds.ts";

/** The scraped series: 100,000 label sets of five labels, about as long as a shop's. */
export const SERIES = orShort(100_000, 2_000);

export const NAMES = ["route", "method", "status", "region", "device"];

/** Upper edges of 12 buckets with `+Inf`. */
export const EDGES = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function labelsOf(index: number): Record<string, string> {
  return {
    route: `/product/${index % 1000}`,
    method: index % 2 === 0 ? "GET" : "POST",
    status: String(200 + (Math.floor(index / 1000) % 10)),
    region: `eu-${Math.floor(index / 10_000)}`,
    device: index % 3 === 0 ? "desktop" : "mobile",
  };
}

/** Room for all of them: a collector of the default budgets would fold most. */
export const UNBOUNDED = { perMetric: 2 * SERIES, perSide: 2 * SERIES, perProcess: 2 * SERIES };
