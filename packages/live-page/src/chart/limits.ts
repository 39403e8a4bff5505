import type { LiveAlertLimit, LiveFigure } from "@rumkit/protocol";
import { createContext, useContext, useMemo } from "react";
import { rateSeconds } from "../numbers/buckets.ts";
import { renderFigure } from "../numbers/format.ts";
import type { ChartLimit } from "./chart.ts";

/** The thresholds of all alerts that compare a figure. */
export const LimitsContext = createContext<readonly LiveAlertLimit[]>([]);

/** Thresholds in one chart: more would hide its line. */
const MOST_LIMITS = 6;

const SEVERITIES = ["critical", "warning", "info"];

/** Returns the thresholds of a figure, the most severe first. */
export function useLimits(figure: LiveFigure | undefined): readonly ChartLimit[] {
  const limits = useContext(LimitsContext);
  return useMemo(() => (figure ? limitsOf(figure, limits) : []), [figure, limits]);
}

function limitsOf(figure: LiveFigure, limits: readonly LiveAlertLimit[]): readonly ChartLimit[] {
  return limits
    .filter((limit) => limit.figure === figure.name && Number.isFinite(limit.threshold))
    .toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
    .slice(0, MOST_LIMITS)
    .map(({ alert, severity, threshold, side }) => ({ alert, severity, value: threshold, side }));
}

/** Describes thresholds for people who do not see the chart: "Alert ShopSlow, critical: above 2.50 s." */
export function describeLimits(figure: LiveFigure, limits: readonly ChartLimit[]): string {
  return limits
    .map(
      ({ alert, severity, side, value }) =>
        `Alert ${alert}, ${severity}: ${side} ${renderFigure(figure, value)}${canDraw(figure) ? "" : ` ${periodOf(figure)}`}.`,
    )
    .join(" ");
}

/**
 * True if the points of a chart can be compared with a threshold of the figure. A count of the last minutes cannot: the
 * points of its chart are counts of seconds.
 */
export function canDraw(figure: LiveFigure): boolean {
  return figure.merge !== "sum" || rateSeconds(figure) !== undefined;
}

function periodOf({ period, windowSeconds }: LiveFigure): string {
  return period ?? `in ${windowSeconds} s`;
}
