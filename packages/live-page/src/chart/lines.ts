import type uPlot from "uplot";
import type { Palette } from "./annotations.ts";

/** Colors of the style sheet. */
export interface Colors extends Palette {
  line: string;
  grid: string;
  /** In the order of `OTHER_COLORS`. */
  others: readonly string[];
}

/** A line beside that of the figure. */
export function describeOther(stroke: string): uPlot.Series {
  return { stroke, width: 1.25, points: { show: false } };
}

/** The same figure at an earlier time. */
export function describeGhost(colors: Colors): uPlot.Series {
  return { stroke: colors.text, width: 1.25, dash: [4, 4], points: { show: false } };
}

/** The line of the figure. */
export function describeLine(colors: Colors): uPlot.Series {
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
