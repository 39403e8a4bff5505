import type { LiveFigure } from "@rumkit/protocol";
import uPlot from "uplot";
import { type Chart, type ChartData, OTHER_COLORS } from "./chart.ts";
import { drawLimits, drawMarks, drawSpans, drawThresholds, type Palette } from "./annotations.ts";
import { type Colors, describeGhost, describeLine, describeOther } from "./lines.ts";
import { renderFigure, renderTick, renderTime } from "../numbers/format.ts";
import { ceilingOf, valueMarks } from "../numbers/scale.ts";
import { renderMark, timeMarks } from "../numbers/timeAxis.ts";

/** All charts of the page share their crosshair, so it shows the same second in each. */
const SYNC_KEY = "rumkit";

/** Width of the axis on the right, by the size of its text: room for "$1.25K". */
const AXIS_WIDTH = 4.2;

/** Height of the axis at the bottom: one line of text. */
const AXIS_HEIGHT = 2;

/** Width of a mark of the time axis with the room around it. */
const MARK_WIDTH = 6.9;

const nothing: ChartData = { from: 0, to: 1, seconds: [], values: [] };

/** Creates a chart with uPlot, which draws columns of numbers on a canvas without animation. The page needs no more. */
export function createUplotChart(figure: LiveFigure): Chart {
  let plot: uPlot | undefined;
  let data = nothing;
  const columns = (): uPlot.AlignedData => [
    data.seconds,
    data.values,
    [...(data.ghost ?? [])],
    ...OTHER_COLORS.map((_, index) => [...(data.others?.[index] ?? [])]),
  ];

  return {
    mount: (host) => {
      plot = new uPlot(
        describePlot(figure, readColors(host), () => data, sizeOf(host)),
        columns(),
        host,
      );
    },
    setData: (next) => {
      data = next;
      plot?.setData(columns());
    },
    resize: (width, height) => plot?.setSize({ width, height }),
    moveCursor: (steps) => {
      if (!plot || data.seconds.length === 0) return undefined;
      const last = data.seconds.length - 1;
      const from = plot.cursor.idx ?? (steps < 0 ? last + 1 : -1);
      const index = Math.min(last, Math.max(0, from + steps));
      plot.setCursor({ left: plot.valToPos(data.seconds[index]!, "x"), top: 0 });
      return index;
    },
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
    others: OTHER_COLORS.map(read),
    text: read("muted"),
    accent: read("accent"),
    paper: read("card"),
    warn: read("warn"),
    bad: read("bad"),
    textSize: Number.parseFloat(style.fontSize) || 11,
  };
}

function fontOf({ textSize }: Palette): string {
  return `${textSize}px system-ui, sans-serif`;
}

function describePlot(
  figure: LiveFigure,
  colors: Colors,
  data: () => ChartData,
  size: { width: number; height: number },
): uPlot.Options {
  return {
    ...size,
    // Room for the flags of releases.
    padding: [1.1 * colors.textSize, 0, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      sync: { key: SYNC_KEY, setSeries: false },
    },
    scales: {
      x: { time: true, range: () => [data().from, data().to] },
      y: {
        range: (plot, _min, max) => [
          0,
          ceilingOf(highestOf(max ?? 0, data()), figure.unit, mostMarks(plot, colors)),
        ],
      },
    },
    axes: [describeTimeAxis(colors), describeValueAxis(figure, colors)],
    series: [{}, describeLine(colors), describeGhost(colors), ...colors.others.map(describeOther)],
    hooks: {
      ready: [addReadout],
      setCursor: [(plot) => updateReadout(plot, figure)],
      drawAxes: [
        (plot) => drawSpans(plot, data().spans ?? [], colors),
        (plot) => drawThresholds(plot, figure, colors),
        (plot) => drawLimits(plot, figure, data().limits ?? [], colors),
      ],
      draw: [(plot) => drawMarks(plot, data().marks ?? [], colors), (plot) => drawNewest(plot, colors)],
    },
  };
}

/** Factor of the highest point up to which the axis reaches a threshold. */
const NEAR = 2;

/** Returns the highest value that the axis must show: the highest point, or a threshold near it. */
function highestOf(max: number, { limits = [], reach = 0 }: ChartData): number {
  return Math.max(max, reach, ...limits.map(({ value }) => value).filter((value) => value <= max * NEAR));
}

function describeTimeAxis(colors: Colors): uPlot.Axis {
  return {
    size: AXIS_HEIGHT * colors.textSize,
    gap: 4,
    stroke: colors.text,
    font: fontOf(colors),
    ticks: { show: false },
    grid: { show: false },
    splits: ({ bbox }, _axis, min, max) =>
      timeMarks(min, max, bbox.width / devicePixelRatio / (MARK_WIDTH * colors.textSize)).filter(
        // A mark at the edge would be cut.
        (mark) => mark - min > (max - min) * 0.02 && max - mark > (max - min) * 0.02,
      ),
    values: (_plot, splits) =>
      splits.map((second) => renderMark(second, (splits[1] ?? second + 60) - (splits[0] ?? second))),
  };
}

/** Marks of the value axis above zero. */
function mostMarks({ height }: uPlot, { textSize }: Colors): number {
  return height < 15 * textSize ? 3 : 4;
}

function describeValueAxis(figure: LiveFigure, colors: Colors): uPlot.Axis {
  return {
    // uPlot.Axis.Side.Right: the enum exists only in its types.
    side: 1,
    size: AXIS_WIDTH * colors.textSize,
    gap: 6,
    stroke: colors.text,
    font: fontOf(colors),
    ticks: { show: false },
    grid: { stroke: colors.grid, width: 1 },
    splits: (plot, _axis, _min, max) => valueMarks(max, mostMarks(plot, colors)),
    values: (_plot, splits) => splits.map((value) => renderTick(figure, value)),
  };
}

/** Draws a dot at the newest value. */
function drawNewest(plot: uPlot, colors: Colors): void {
  const [seconds, values = []] = plot.data;
  const index = lastValue(values);
  const second = seconds[index];
  const value = values[index];
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

function lastValue(values: ArrayLike<number | null | undefined>): number {
  let index = values.length - 1;
  while (index >= 0 && (values[index] ?? null) === null) index -= 1;
  return index;
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
