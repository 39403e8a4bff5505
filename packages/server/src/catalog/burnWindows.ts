import type { AlertDuration } from "@rumkit/protocol";

/** Days in which an error budget may be used up. */
export const PERIOD_DAYS = 30;

/** Two windows over which the error budget must burn too fast for an alert. */
export interface BurnWindow {
  /** The window of the meaning: what happened in it is worth telling. */
  readonly long: AlertDuration;
  /** A twelfth of it, so that the alert ends soon after the errors do. */
  readonly short: AlertDuration;
  /** The speed at which the budget burns, in multiples of the speed that is allowed. */
  readonly factor: number;
  readonly wait: AlertDuration;
  readonly severity: "critical" | "warning";
  /** Holds the alert over a short window that is good for a moment. */
  readonly keepFiring: AlertDuration;
}

/**
 * The windows that Google's workbook recommends (sre.google/workbook/alerting-on-slos, table 5-8), for a budget of 30
 * days: 2 % of it in an hour, 5 % in 6 hours, 10 % in a day, 10 % in 3 days. Sloth has the same.
 */
export const BURN_WINDOWS: readonly BurnWindow[] = [
  { long: "1h", short: "5m", factor: 14.4, wait: "2m", severity: "critical", keepFiring: "5m" },
  { long: "6h", short: "30m", factor: 6, wait: "15m", severity: "critical", keepFiring: "15m" },
  { long: "1d", short: "2h", factor: 3, wait: "1h", severity: "warning", keepFiring: "30m" },
  { long: "3d", short: "6h", factor: 1, wait: "3h", severity: "warning", keepFiring: "1h" },
];

/**
 * Returns the threshold of the error ratio. At most twelve digits, since binary fractions make 1 − 0.999 a little more
 * than 0.001.
 */
export function thresholdOf({ factor }: BurnWindow, budget: number): number {
  return Number((factor * budget).toPrecision(12));
}

/**
 * Returns the windows that an error budget can use. A budget of 25 % cannot burn 14.4 times too fast: that would be
 * more errors than events.
 */
export function windowsOf(budget: number): BurnWindow[] {
  return BURN_WINDOWS.filter((window) => thresholdOf(window, budget) < 1);
}

/** True if even the fastest window is possible. Else an alert with a plain threshold must tell early. */
export function hasFastWindow(budget: number): boolean {
  return windowsOf(budget).length === BURN_WINDOWS.length;
}
