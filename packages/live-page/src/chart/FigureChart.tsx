import type { LiveFigure } from "@rumkit/protocol";
import { useLayoutEffect, useRef, useSyncExternalStore } from "react";
import type { Chart, CreateChart } from "./chart.ts";
import type { Series } from "../numbers/series.ts";

interface FigureChartProps {
  figure: LiveFigure;
  series: Series;
  createChart: CreateChart;
}

/** The chart of a figure, as large as its box. A chart reads its colors once, so each color scheme gets a new chart. */
export function FigureChart(props: FigureChartProps) {
  return <MountedChart key={useColorScheme()} {...props} />;
}

/** Uses layout effects, so that line and number appear in the same frame. */
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

  // New figures have new series, so a newly mounted chart also gets its data here.
  useLayoutEffect(() => {
    chart.current?.setData(series);
  }, [series]);

  return <div className="chart" ref={host} aria-hidden="true" />;
}

const darkScheme = () => matchMedia("(prefers-color-scheme: dark)");

function subscribe(listener: () => void): () => void {
  const query = darkScheme();
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}

/** Returns the viewer's preferred color scheme, and follows its changes. */
function useColorScheme(): "dark" | "light" {
  return useSyncExternalStore(subscribe, () => (darkScheme().matches ? "dark" : "light"));
}
