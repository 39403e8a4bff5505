/** A PromQL duration such as `5m`. */
export type Duration = `${number}${"s" | "m" | "h" | "d" | "w"}`;

/** A duration, or one of Grafana's two variables. */
export type Window = Duration | typeof RATE_INTERVAL | typeof RANGE;

/** Grafana's variable: at least four scrape intervals, without a gap between two points of a graph. */
export const RATE_INTERVAL = "$__rate_interval";

/** Grafana's variable: the whole time range of the dashboard. */
export const RANGE = "$__range";

/** Throws for a window that is not PromQL. */
export function checkWindow(window: Window | undefined): void {
  if (window !== RATE_INTERVAL && window !== RANGE && !/^\d+[smhdw]$/.test(window ?? "")) {
    throw new Error(`[rumkit] A window is a duration such as 5m: "${window as string}".`);
  }
}
