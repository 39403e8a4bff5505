import { createContext, useContext, useMemo } from "react";
import type { CreateChart } from "../chart/chart.ts";
import { FigureChart } from "../chart/FigureChart.tsx";
import { axisOf, bucketSeries } from "../numbers/buckets.ts";
import { type LiveState, emptyState } from "../stream/liveState.ts";

/** Seconds of the chart: all that the page keeps. */
const WINDOW_SECONDS = 900;

/** The source of charts of alerts. */
export const ChartSource = createContext<{ live: LiveState; createChart: CreateChart | undefined }>({
  live: emptyState,
  createChart: undefined,
});

/** The figure that an alert compares, with its threshold. Nothing if the page has no such figure. */
export function AlertChart({ name }: { name: string }) {
  const { live, createChart } = useContext(ChartSource);
  const { figures, points } = live;
  const figure = figures.find((candidate) => candidate.name === name);
  const series = useMemo(
    () => figure && bucketSeries(points, figures, figure, axisOf(points, WINDOW_SECONDS)),
    [points, figures, figure],
  );
  if (!figure || !series || !createChart) return null;
  return (
    <div className="card alertChart" data-unit={figure.unit}>
      <p className="hint">{figure.title}, the last 15 min</p>
      <FigureChart figure={figure} data={series} createChart={createChart} label={figure.title} />
    </div>
  );
}
