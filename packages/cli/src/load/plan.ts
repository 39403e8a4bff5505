import type { Site } from "./site.ts";

/** A load test, as it was asked for. */
export interface LoadPlan {
  /** The collector's URL, with the path where it is mounted, without a slash at its end. */
  readonly root: string;
  /** The address of its metrics. */
  readonly metricsUrl: string;
  /** Of scope metrics; empty for none. */
  readonly token: string;
  /** The origin that pages report from. */
  readonly origin: string;
  /** The write key of pages. */
  readonly key: string | undefined;
  readonly site: Site;
  /** Visitors at once. */
  readonly visitors: number;
  /** Visits of each visitor, one after the other. */
  readonly visits: number;
  /** Visitors arrive evenly over this time. */
  readonly rampUpMs: number;
  /** All visitors stay for so long after the last one came, whatever `visits` is. */
  readonly holdMs: number | undefined;
  /** Milliseconds between two steps of a visitor, on average. */
  readonly thinkMs: number;
  /** The run ends after this time at the latest. */
  readonly durationMs: number;
  readonly seed: number;
  /** Part of every id. */
  readonly run: string;
  /** True if a second run with this name sends the same bytes, which a collector counts once. */
  readonly isRepeatable: boolean;
}

/** Visitors and visits of each, by name. */
export const PROFILES = {
  light: { visitors: 5, visits: 20, rampUpS: 5 },
  medium: { visitors: 10, visits: 50, rampUpS: 10 },
  heavy: { visitors: 20, visits: 100, rampUpS: 20 },
  extreme: { visitors: 50, visits: 200, rampUpS: 50 },
} as const;

export type ProfileName = keyof typeof PROFILES;

/** Each visitor has at most one open request. */
export const MOST_VISITORS = 1_000;

/** Visits of all visitors together. */
export const MOST_VISITS = 1_000_000;

/** The clock of a run. */
export interface LoadClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`, or earlier when the signal is aborted. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}
