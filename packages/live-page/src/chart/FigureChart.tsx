import type { LiveFigure } from "@rumkit/protocol";
import { type KeyboardEvent, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import type { Chart, ChartData, CreateChart } from "./chart.ts";
import { renderFigure, renderTime } from "../numbers/format.ts";
import { canDraw, describeLimits, useLimits } from "./limits.ts";

interface FigureChartProps {
  figure: LiveFigure;
  data: ChartData;
  createChart: CreateChart;
  /** A description of the chart for screen readers. */
  label: string;
}

/**
 * The chart of a figure, as large as its box. A chart reads its colors and the size of its text once, so each color scheme
 * and each size gets a new chart.
 */
export function FigureChart(props: FigureChartProps) {
  const [textSize, setTextSize] = useState("");
  const { figure, data, label } = props;
  const limits = useLimits(figure);
  const limited = useMemo(
    () => (limits.length > 0 && canDraw(figure) ? { ...data, limits } : data),
    [figure, data, limits],
  );
  return (
    <MountedChart
      key={`${useColorScheme()} ${textSize}`}
      {...props}
      data={limited}
      label={[label, describeLimits(figure, limits).replace(/\.$/, "")].filter(Boolean).join(". ")}
      onTextSize={setTextSize}
    />
  );
}

/** Points that a key moves the cursor by. */
const KEYS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  PageUp: -10,
  PageDown: 10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

interface MountedChartProps extends FigureChartProps {
  onTextSize: (size: string) => void;
}

function MountedChart(props: MountedChartProps) {
  const { figure, data, label } = props;
  const { host, chart } = useChart(props);
  const [read, setRead] = useState("");

  const onKeyDown = (event: KeyboardEvent) => {
    const steps = KEYS[event.key];
    const index = steps === undefined ? undefined : chart.current?.moveCursor(steps);
    if (index === undefined) return;
    event.preventDefault();
    const value = renderFigure(figure, data.values[index] ?? null);
    setRead(`${value} at ${renderTime(data.seconds[index]! * 1000)}`);
  };

  return (
    <>
      <div
        className="chart"
        ref={host}
        role="img"
        aria-label={`${label}. Arrow keys read single values.`}
        tabIndex={0}
        onKeyDown={onKeyDown}
      />
      <span className="visuallyHidden" role="status">
        {read}
      </span>
    </>
  );
}

/** Mounts a chart into the element of `host`. Uses layout effects, so that line and number appear in the same frame. */
function useChart({ figure, data, createChart, onTextSize }: MountedChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart>(null);

  useLayoutEffect(() => {
    const element = host.current;
    if (!element) return;
    const mounted = createChart(figure);
    chart.current = mounted;
    mounted.mount(element);
    const { fontSize } = getComputedStyle(element);
    const observer = new ResizeObserver(() => {
      mounted.resize(element.clientWidth, element.clientHeight);
      const now = getComputedStyle(element).fontSize;
      if (now !== fontSize) onTextSize(now);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      mounted.destroy();
    };
  }, [createChart, figure, onTextSize]);

  // New figures have new data, so a newly mounted chart also gets its data here.
  useLayoutEffect(() => {
    chart.current?.setData(data);
  }, [data]);
  return { host, chart };
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
