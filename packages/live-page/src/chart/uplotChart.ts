import type { LiveFigure } from "@rumkit/protocol";
import uPlot from "uplot";
import type { Chart } from "./chart.ts";
import { renderFigure, renderTick, renderTime } from "../numbers/format.ts";
import { ceilingOf } from "../numbers/scale.ts";
import type { Series } from "../numbers/series.ts";

/** Charts of one page share their crosshair: what happened at this second, everywhere. */
const SYNC_KEY = "rumkit";

/** Room for "$1.25K" at the right, in CSS pixels. */
const AXIS_WIDTH = 46;

interface Colours {
  line: string;
  grid: string;
  text: string;
  warn: string;
  bad: string;
}

const nothing: Series = { from: 0, to: 1, seconds: [], values: [] };

/** Makes a chart with uPlot: it draws columns of numbers on a canvas, without animation, which is all we need. */
export function createUplotChart(figure: LiveFigure): Chart {
  let plot: uPlot | undefined;
  let series = nothing;
  const columns = (): uPlot.AlignedData => [series.seconds, series.values];

  return {
    mount: (host) => {
      const span = (): [number, number] => [series.from, series.to];
      plot = new uPlot(describePlot(figure, readColours(host), span, sizeOf(host)), columns(), host);
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

function readColours(host: HTMLElement): Colours {
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
  colours: Colours,
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
    axes: [{ show: false }, describeValueAxis(figure, colours)],
    series: [{}, describeLine(colours)],
    hooks: {
      ready: [addReadout],
      setCursor: [(plot) => updateReadout(plot, figure)],
      drawAxes: [(plot) => drawThresholds(plot, figure, colours)],
      draw: [(plot) => drawNewest(plot, colours)],
    },
  };
}

function describeValueAxis(figure: LiveFigure, colours: Colours): uPlot.Axis {
  return {
    // uPlot.Axis.Side.Right: the enumeration exists in its types only.
    side: 1,
    size: AXIS_WIDTH,
    gap: 6,
    stroke: colours.text,
    font: "11px system-ui, sans-serif",
    ticks: { show: false },
    grid: { stroke: colours.grid, width: 1 },
    splits: (_plot, _axis, _min, max) => [0, max / 2, max],
    values: (_plot, splits) => splits.map((value) => renderTick(figure, value)),
  };
}

function describeLine(colours: Colours): uPlot.Series {
  return {
    stroke: colours.line,
    width: 1.75,
    fill: (plot) => fadeDown(plot, colours.line),
    // A lone value between two gaps has no line to be seen by.
    points: { show: true, size: 3.5, fill: colours.line, filter: (plot) => loneValues(plot.data[1] ?? []) },
  };
}

function fadeDown({ ctx, bbox }: uPlot, colour: string): CanvasGradient {
  const gradient = ctx.createLinearGradient(0, bbox.top, 0, bbox.top + bbox.height);
  gradient.addColorStop(0, withAlpha(ctx, colour, "4d"));
  gradient.addColorStop(1, withAlpha(ctx, colour, "05"));
  return gradient;
}

/** A canvas gives each opaque colour back as #rrggbb, however the style sheet wrote it. */
function withAlpha(ctx: CanvasRenderingContext2D, colour: string, alpha: string): string {
  ctx.fillStyle = colour;
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

function drawThresholds(plot: uPlot, { thresholds }: LiveFigure, colours: Colours): void {
  if (!thresholds) return;
  drawLevel(plot, thresholds.warn, colours.warn);
  drawLevel(plot, thresholds.bad, colours.bad);
}

function drawLevel(plot: uPlot, value: number, colour: string): void {
  if (value >= (plot.scales["y"]?.max ?? 0)) return;
  const { ctx, bbox } = plot;
  const y = Math.round(plot.valToPos(value, "y", true));
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

/** The dot at the end of the line: now. */
function drawNewest(plot: uPlot, colours: Colours): void {
  const [seconds, values] = plot.data;
  const second = seconds.at(-1);
  const value = values?.[seconds.length - 1];
  if (second === undefined || value === null || value === undefined) return;
  const { ctx } = plot;
  ctx.save();
  ctx.fillStyle = colours.line;
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
