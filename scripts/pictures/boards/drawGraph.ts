import type { FilledPanel, Series, Span } from "./dashboard.ts";
import { lastOf } from "./dashboard.ts";
import { colorOf, escape, isLeftOut, textOf } from "./format.ts";

/** Room for the numbers of the axes, in pixels. */
const LEFT = 62;
const BOTTOM = 20;
const TOP = 6;

/** Series of a graph that its legend names. */
const MOST_NAMED = 5;

interface Box {
  readonly width: number;
  readonly height: number;
}

/** Draws lines, stacked areas or bars over time, with their legend below. */
export function drawGraph({ panel, series }: FilledPanel, box: Box, span: Span): string {
  const custom = panel.fieldConfig?.defaults.custom;
  const drawn = custom?.stacking?.mode === "normal" ? stack(series) : series;
  const named = series.filter((each) => !isLeftOut(panel, each)).length;
  const rows = Math.min(named, MOST_NAMED) + (named > MOST_NAMED ? 1 : 0);
  const graph = { width: box.width, height: Math.max(60, box.height - (rows === 0 ? 0 : rows * 18 + 20)) };
  const values = drawn.flatMap(({ points }) => points.map(([, value]) => value)).filter(Number.isFinite);
  const base = panel.fieldConfig?.defaults.unit === "bytes" ? 1024 : 1_000;
  const top = niceTop(Math.max(0, ...values), base);
  const low = Math.min(0, ...values) < 0 ? -niceTop(-Math.min(...values), base) : 0;
  const x = (at: number): number =>
    LEFT + ((at - span.from) / (span.to - span.from)) * (graph.width - LEFT - 8);
  const y = (value: number): number =>
    graph.height - BOTTOM - ((value - low) / (top - low)) * (graph.height - BOTTOM - TOP);
  const unit = series[0] ?? { refId: "A", name: "" };
  const grid = [0, 0.25, 0.5, 0.75, 1].map((part) => low + part * (top - low));
  const lines = drawn.map((each, index) =>
    drawSeries(each, { x, y, color: colorOf(panel, each, index), custom }),
  );
  return `<svg width="${graph.width}" height="${graph.height}">
    ${grid.map((value) => `<line x1="${LEFT}" x2="${graph.width - 8}" y1="${y(value)}" y2="${y(value)}" class="grid"/><text x="${LEFT - 6}" y="${y(value) + 4}" text-anchor="end">${escape(textOf(panel, unit, value))}</text>`).join("")}
    ${drawTimes(span, x, graph.height)}${lines.toReversed().join("")}</svg>${drawLegend({ panel, series })}`;
}

/** Writes the times of day below a graph. */
export function drawTimes({ from, to }: Span, x: (at: number) => number, height: number): string {
  return [0.1, 0.3, 0.5, 0.7, 0.9]
    .map((part) => from + part * (to - from))
    .map((at) => {
      const time = new Date(at * 1_000).toISOString().slice(11, 19);
      return `<text x="${x(at)}" y="${height - 4}" text-anchor="middle">${time}</text>`;
    })
    .join("");
}

interface Drawing {
  readonly x: (at: number) => number;
  readonly y: (value: number) => number;
  readonly color: string;
  readonly custom?:
    | { readonly drawStyle?: string; readonly stacking?: { readonly mode: string } }
    | undefined;
}

function drawSeries({ points }: Series, { x, y, color, custom }: Drawing): string {
  const known = points.filter(([, value]) => Number.isFinite(value));
  if (custom?.drawStyle === "bars")
    return known
      .map(
        ([at, value]) =>
          `<rect x="${x(at) - 1}" width="2" y="${y(value)}" height="${Math.max(0, y(0) - y(value))}" fill="${color}"/>`,
      )
      .join("");
  const path = known.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last) return "";
  // A stacked area covers those above it, which are drawn from the ground.
  const opacity = custom?.stacking?.mode === "normal" ? 1 : 0.1;
  return `<polygon points="${x(first[0])},${y(0)} ${path} ${x(last[0])},${y(0)}" fill="${color}" opacity="${opacity}"/><polyline points="${path}" stroke="${color}" fill="none" stroke-width="1.4"/>`;
}

/** Adds each series to those before it. */
function stack(series: readonly Series[]): Series[] {
  const sums = new Map<number, number>();
  return series.map((each) => ({
    ...each,
    points: each.points.map(([at, value]): [number, number] => {
      const sum = (sums.get(at) ?? 0) + (Number.isFinite(value) ? value : 0);
      sums.set(at, sum);
      return [at, sum];
    }),
  }));
}

/** The next of 1, 2, 2.5 and 5 times a power of ten, in the unit that is a power of the base. */
function niceTop(value: number, base: number): number {
  if (!(value > 0)) return 1;
  const unit = base ** Math.floor(Math.log(value) / Math.log(base));
  const power = 10 ** Math.floor(Math.log10(value / unit));
  const step = [1, 2, 2.5, 5, 10].find((each) => each * power >= (value / unit) * 0.999) ?? 10;
  return step * power * unit;
}

function drawLegend({ panel, series }: FilledPanel): string {
  const named = [...series.entries()].filter(([, each]) => !isLeftOut(panel, each));
  const rows = named.slice(0, MOST_NAMED).map(([index, each]) => {
    const most = Math.max(...each.points.map(([, value]) => value).filter(Number.isFinite));
    const name = `<i style="background:${colorOf(panel, each, index)}"></i>${escape(each.name)}`;
    return `<tr><td>${name}</td><td>${textOf(panel, each, lastOf(each))}</td><td>${textOf(panel, each, most)}</td></tr>`;
  });
  const more = named.length - MOST_NAMED;
  const rest = more > 0 ? `<tr><td colspan="3" class="more">and ${more} more</td></tr>` : "";
  if (named.length === 0) return "";
  return `<table class="legend"><tr><th></th><th>Last *</th><th>Max</th></tr>${rows.join("")}${rest}</table>`;
}
