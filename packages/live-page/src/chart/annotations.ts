import type { LiveFigure } from "@rumkit/protocol";
import type uPlot from "uplot";
import { renderTick } from "../numbers/format.ts";
import type { ChartLimit, ChartMark, ChartSpan } from "./chart.ts";

/** Colors of what is drawn over and under a line. */
export interface Palette {
  text: string;
  accent: string;
  paper: string;
  warn: string;
  bad: string;
  /** Size of the text in CSS pixels. A wall display has a larger one. */
  textSize: number;
}

/**
 * Shades stretches of time, behind the line. Each label has a row below the flags of the releases, because two objectives
 * are often missed at once.
 */
export function drawSpans(plot: uPlot, spans: readonly ChartSpan[], colors: Palette): void {
  let row = 0;
  for (const { from, to, label, kind } of spans) {
    const [left, right] = [from, to].map((second) => inside(plot, second)) as [number, number];
    if (right <= left) continue;
    row += 1;
    const color = kind === "missed" ? colors.bad : colors.text;
    drawn(plot, colors, (ctx) => {
      ctx.globalAlpha = 0.13;
      ctx.fillStyle = color;
      ctx.fillRect(left, plot.bbox.top, right - left, plot.bbox.height);
      ctx.globalAlpha = 1;
      const half = ctx.measureText(label).width / 2;
      const x = Math.min((left + right) / 2, plot.bbox.left + plot.bbox.width - half);
      const below = (0.45 + 1.2 * row) * colors.textSize;
      write(ctx, label, x, plot.bbox.top + below * devicePixelRatio, "center");
    });
  }
}

/** Draws a dashed line with a flag for each mark. Where flags would overlap, the newer one is drawn. */
export function drawMarks(plot: uPlot, marks: readonly ChartMark[], colors: Palette): void {
  const { min, max } = plot.scales["x"] ?? {};
  const shown = marks.filter(({ second }) => second >= (min ?? 0) && second <= (max ?? 0));
  let free = Number.POSITIVE_INFINITY;
  for (const { second, label } of shown.toReversed()) {
    const x = plot.valToPos(second, "x", true);
    const { top, height } = plot.bbox;
    drawn(plot, colors, (ctx) => {
      ctx.strokeStyle = colors.accent;
      ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
      line(ctx, x, top, x, top + height);
      const size = colors.textSize * devicePixelRatio;
      const width = ctx.measureText(label).width + 0.9 * size;
      const left = Math.max(plot.bbox.left, x - width);
      if (left + width > free) return;
      free = left;
      ctx.fillStyle = colors.accent;
      ctx.fillRect(left, top - 0.9 * size, width, 1.35 * size);
      ctx.fillStyle = colors.paper;
      write(ctx, label, left + width / 2, top + 0.1 * size, "center");
    });
  }
}

/** Draws the limits of a figure, where the axis reaches them, each with its value. */
export function drawThresholds(plot: uPlot, figure: LiveFigure, colors: Palette): void {
  const { thresholds } = figure;
  if (!thresholds) return;
  for (const [value, color] of [
    [thresholds.warn, colors.warn],
    [thresholds.bad, colors.bad],
  ] as const) {
    if (value >= (plot.scales["y"]?.max ?? 0)) continue;
    const y = Math.round(plot.valToPos(value, "y", true));
    drawn(plot, colors, (ctx) => {
      ctx.strokeStyle = color;
      ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
      line(ctx, plot.bbox.left, y, plot.bbox.left + plot.bbox.width, y);
      ctx.fillStyle = color;
      write(ctx, renderTick(figure, value), plot.bbox.left, y - 3 * devicePixelRatio, "left");
    });
  }
}

/**
 * Draws the thresholds of alerts, each with its alert at the right. One above the axis is named at its top, with an arrow:
 * an axis that reached it would flatten the line.
 */
export function drawLimits(
  plot: uPlot,
  figure: LiveFigure,
  limits: readonly ChartLimit[],
  colors: Palette,
): void {
  const { left, top, width } = plot.bbox;
  const row = 1.25 * colors.textSize * devicePixelRatio;
  const taken: number[] = [];
  for (const { alert, severity, value } of limits) {
    // The axis begins at zero.
    if (value < 0) continue;
    const isAbove = value > (plot.scales["y"]?.max ?? 0);
    const y = isAbove ? top : Math.round(plot.valToPos(value, "y", true));
    const text = `${isAbove ? "↑ " : ""}${cutName(alert)} ${renderTick(figure, value)}`;
    // Above its line, or below it at the top of the chart. A row that has a name moves the next one down.
    let base = y - 0.3 * row < top + row ? y + row : y - 0.3 * row;
    while (taken.some((other) => Math.abs(other - base) < row)) base += row;
    taken.push(base);
    drawn(plot, colors, (ctx) => {
      ctx.fillStyle = colorOf(severity, colors);
      ctx.strokeStyle = ctx.fillStyle;
      if (!isAbove) line(ctx, left, y, left + width, y);
      writeOn(ctx, text, left + width - 0.3 * row, base, colors);
    });
  }
}

/** Writes to the left of a place, on a piece of paper: other lines would cross the letters. */
function writeOn(
  ctx: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  { paper, textSize }: Palette,
): void {
  const size = textSize * devicePixelRatio;
  const ink = ctx.fillStyle;
  const { width } = ctx.measureText(text);
  ctx.globalAlpha = 0.85;
  ctx.fillStyle = paper;
  ctx.fillRect(x - width - 0.2 * size, y - 0.9 * size, width + 0.4 * size, 1.15 * size);
  ctx.globalAlpha = 1;
  ctx.fillStyle = ink;
  write(ctx, text, x, y, "right");
}

function colorOf(severity: ChartLimit["severity"], { bad, warn, text }: Palette): string {
  if (severity === "critical") return bad;
  return severity === "warning" ? warn : text;
}

/** Letters of an alert's name in a chart. */
const LONGEST_NAME = 32;

function cutName(name: string): string {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME)}…`;
}

/** Draws with the state of the canvas kept, in the text's font. */
function drawn({ ctx }: uPlot, { textSize }: Palette, draw: (ctx: CanvasRenderingContext2D) => void): void {
  ctx.save();
  ctx.lineWidth = devicePixelRatio;
  ctx.font = `${textSize * devicePixelRatio}px system-ui, sans-serif`;
  draw(ctx);
  ctx.restore();
}

function line(ctx: CanvasRenderingContext2D, fromX: number, fromY: number, toX: number, toY: number): void {
  ctx.beginPath();
  ctx.moveTo(fromX, fromY);
  ctx.lineTo(toX, toY);
  ctx.stroke();
}

function write(
  ctx: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  align: CanvasTextAlign,
): void {
  ctx.textAlign = align;
  ctx.textBaseline = "alphabetic";
  ctx.fillText(text, x, y);
}

/** Returns the place of a second on the canvas, at most at the edges of the plot. */
function inside(plot: uPlot, second: number): number {
  const { left, width } = plot.bbox;
  return Math.min(left + width, Math.max(left, plot.valToPos(second, "x", true)));
}
