import type { LiveFigure } from "@rumkit/protocol";
import uPlot from "uplot";
import type { Chart } from "./chart.ts";
import { renderFigure, renderTick, renderTime } from "../numbers/format.ts";
import { ceilingOf } from "../numbers/scale.ts";
import type { Series } from "../numbers/series.ts";

/** All charts of the page share their crosshair, so it shows the same second in each. */
const SYNC_KEY = "rumkit";

/** Width of the axis on the right, in CSS pixels: room for "$1.25K". */
const AXIS_WIDTH = 46;

interface Colors {
  line: string;
  grid: string;
  text: string;
  warn: string;
  bad: string;
}

const nothing: Series = { from: 0, to: 1, seconds: [], values: [] };

/** Creates a chart with uPlot, which draws columns of numbers on a canvas without animation. The page needs no more. */
export function createUplotChart(figure: LiveFigure): Chart {
  let plot: uPlot | undefined;
  let series = nothing;
  const columns = (): uPlot.AlignedData => [series.seconds, series.values];

  return {
    mount: (host) => {
      const span = (): [number, number] => [series.from, series.to];
      plot = new uPlot(describePlot(figure, readColors(host), span, sizeOf(host)), columns(), host);
    },
    setData: (next) => {
      series = next;
      plot?.setData(columns());
    },
    resize: (width, height) => plot?.setSize({ width, height }),
    destroy: () => plot?.destroy(),
  };
}

function sizeOf(host: HTMLElement): { width: number; height: number } {
  return { width: host.clientWidth, height: host.clientHeight };
}

function readColors(host: HTMLElement): Colors {
  const style = getComputedStyle(host);
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    line: read("line"),
    grid: read("grid"),
    text: read("muted"),
    warn: read("warn"),
    bad: read("bad"),
  };
}

function describePlot(
  figure: LiveFigure,
  colors: Colors,
  span: () => [number, number],
  size: { width: number; height: number },
): uPlot.Options {
  return {
    ...size,
    padding: [8, 0, 7, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      sync: { key: SYNC_KEY, setSeries: false },
    },
    scales: {
      x: { time: true, range: span },
      y: { range: (_plot, _min, max) => [0, ceilingOf(max ?? 0, figure.unit)] },
    },
    axes: [{ show: false }, describeValueAxis(figure, colors)],
    series: [{}, describeLine(colors)],
    hooks: {
      ready: [addReadout],
      setCursor: [(plot) => updateReadout(plot, figure)],
      drawAxes: [(plot) => drawThresholds(plot, figure, colors)],
      draw: [(plot) => drawNewest(plot, colors)],
    },
  };
}

function describeValueAxis(figure: LiveFigure, colors: Colors): uPlot.Axis {
  return {
    // uPlot.Axis.Side.Right: the enum exists only in its types.
    side: 1,
    size: AXIS_WIDTH,
    gap: 6,
    stroke: colors.text,
    font: "11px system-ui, sans-serif",
    ticks: { show: false },
    grid: { stroke: colors.grid, width: 1 },
    splits: (_plot, _axis, _min, max) => [0, max / 2, max],
    values: (_plot, splits) => splits.map((value) => renderTick(figure, value)),
  };
}

function describeLine(colors: Colors): uPlot.Series {
  return {
    stroke: colors.line,
    width: 1.75,
    fill: (plot) => fadeDown(plot, colors.line),
    // A single value between two gaps has no line, so it gets a point.
    points: { show: true, size: 3.5, fill: colors.line, filter: (plot) => loneValues(plot.data[1] ?? []) },
  };
}

function fadeDown({ ctx, bbox }: uPlot, color: string): CanvasGradient {
  const gradient = ctx.createLinearGradient(0, bbox.top, 0, bbox.top + bbox.height);
  gradient.addColorStop(0, withAlpha(ctx, color, "4d"));
  gradient.addColorStop(1, withAlpha(ctx, color, "05"));
  return gradient;
}

/** Adds an alpha value. A canvas converts each opaque color to #rrggbb, whatever its form in the style sheet. */
function withAlpha(ctx: CanvasRenderingContext2D, color: string, alpha: string): string {
  ctx.fillStyle = color;
  return ctx.fillStyle + alpha;
}

function loneValues(values: ArrayLike<number | null | undefined>): number[] {
  const lone: number[] = [];
  for (let index = 0; index < values.length; index++) {
    const isGap = (at: number) => values[at] === null || values[at] === undefined;
    if (!isGap(index) && isGap(index - 1) && isGap(index + 1)) lone.push(index);
  }
  return lone;
}

function drawThresholds(plot: uPlot, { thresholds }: LiveFigure, colors: Colors): void {
  if (!thresholds) return;
  drawLevel(plot, thresholds.warn, colors.warn);
  drawLevel(plot, thresholds.bad, colors.bad);
}

function drawLevel(plot: uPlot, value: number, color: string): void {
  if (value >= (plot.scales["y"]?.max ?? 0)) return;
  const { ctx, bbox } = plot;
  const y = Math.round(plot.valToPos(value, "y", true));
  ctx.save();
  ctx.strokeStyle = color;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

/** Draws a dot at the newest value. */
function drawNewest(plot: uPlot, colors: Colors): void {
  const [seconds, values] = plot.data;
  const second = seconds.at(-1);
  const value = values?.[seconds.length - 1];
  if (second === undefined || value === null || value === undefined) return;
  const { ctx } = plot;
  ctx.save();
  ctx.fillStyle = colors.line;
  ctx.beginPath();
  const x = plot.valToPos(second, "x", true);
  ctx.arc(x, plot.valToPos(value, "y", true), 3 * devicePixelRatio, 0, 2 * Math.PI);
  ctx.fill();
  ctx.restore();
}

function addReadout(plot: uPlot): void {
  const readout = document.createElement("div");
  readout.className = "readout";
  readout.hidden = true;
  plot.over.append(readout);
}

function updateReadout(plot: uPlot, figure: LiveFigure): void {
  const readout = plot.over.querySelector<HTMLElement>(".readout");
  if (!readout) return;
  const index = plot.cursor.idx;
  const second = index === null || index === undefined ? undefined : plot.data[0][index];
  readout.hidden = second === undefined;
  if (second === undefined) return;
  const value = plot.data[1]?.[index!] ?? null;
  readout.textContent = `${renderFigure(figure, value)} at ${renderTime(second * 1000)}`;
}
