import type { LiveFigure } from "@rumkit/protocol";
import { useLayoutEffect, useRef } from "react";
import type { Chart, CreateChart } from "./chart.ts";
import type { Series } from "../numbers/series.ts";
import { useColorScheme } from "./useColorScheme.ts";

interface FigureChartProps {
  figure: LiveFigure;
  series: Series;
  createChart: CreateChart;
}

/** The time series of a figure, as large as its box. A chart reads its colours once: another scheme, another chart. */
export function FigureChart(props: FigureChartProps) {
  return <MountedChart key={useColorScheme()} {...props} />;
}

/** Layout effects, so that the line is drawn in the same frame as the number beside it. */
function MountedChart({ figure, series, createChart }: FigureChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart>(null);

  useLayoutEffect(() => {
    const element = host.current;
    if (!element) return;
    const mounted = createChart(figure);
    chart.current = mounted;
    mounted.mount(element);
    const observer = new ResizeObserver(() => mounted.resize(element.clientWidth, element.clientHeight));
    observer.observe(element);
    return () => {
      observer.disconnect();
      mounted.destroy();
    };
  }, [createChart, figure]);

  // New figures come with a new series, so a chart that was just mounted gets its data here, too.
  useLayoutEffect(() => {
    chart.current?.setData(series);
  }, [series]);

  return <div className="chart" ref={host} aria-hidden="true" />;
}
