import { type FilledPanel, lastOf, type Series, type Span } from "./dashboard.ts";
import { drawGraph, drawTimes } from "./drawGraph.ts";
import { colorOf, escape, format, textOf } from "./format.ts";

export interface Box {
  readonly width: number;
  readonly height: number;
}

/** Rows of a table or of bars that have room in a picture. */
const ROW = 24;

/** Draws what a panel shows, as HTML. */
export function drawPanel(filled: FilledPanel, box: Box, span: Span): string {
  const { panel, series } = filled;
  if (panel.type === "text") return `<div class="words">${markdown(panel.options?.content ?? "")}</div>`;
  const hasNumbers = series.some(({ points }) => points.some(([, value]) => Number.isFinite(value)));
  if (!hasNumbers) return `<div class="none">No data</div>`;
  if (panel.type === "timeseries") return drawGraph(filled, box, span);
  if (panel.type === "heatmap") return drawHeatMap(filled, box, span);
  if (panel.type === "state-timeline") return drawStates(filled, box, span);
  if (panel.type === "bargauge") return drawBars(filled, box);
  if (panel.type === "table") return drawTable(filled, box);
  if (panel.type === "piechart") return drawPie(filled, box);
  return drawStats(filled, box);
}

/** Stats, and gauges with their value alone. */
function drawStats({ panel, series }: FilledPanel, { height }: Box): string {
  const size = Math.max(16, Math.min(38, height / 2.2 / Math.ceil(series.length / 4)));
  const values = series.map((each, index) => {
    const value = lastOf(each);
    const color = colorOf(panel, each, index, value);
    const isNamed = series.length > 1 || panel.options?.textMode === "value_and_name";
    const name = isNamed ? `<small>${escape(each.name)}</small>` : "";
    return `<div>${name}<b style="color:${color};font-size:${size}px">${escape(textOf(panel, each, value))}</b></div>`;
  });
  return `<div class="stats">${values.join("")}</div>`;
}

function drawBars({ panel, series }: FilledPanel, { height }: Box): string {
  const shown = series.slice(0, Math.floor(height / ROW));
  const most = panel.fieldConfig?.defaults.max ?? Math.max(...series.map(lastOf).filter(Number.isFinite), 0);
  const bars = shown.map((each, index) => {
    const value = lastOf(each);
    const width = most > 0 && value > 0 ? (value / most) * 100 : 0;
    const color = colorOf(panel, each, index, value);
    return `<div class="bar"><span>${escape(each.name)}</span><u><s style="width:${width}%;background:${color}"></s></u><b style="color:${color}">${escape(textOf(panel, each, value))}</b></div>`;
  });
  return bars.join("") + moreThan(series.length, shown.length);
}

function drawTable({ panel, series }: FilledPanel, { height }: Box): string {
  const columns = [...new Map(series.map((each) => [each.refId, each])).values()];
  const labels = [...new Set(series.flatMap((each) => Object.keys(each.labels)))];
  const keyOf = (each: Series): string => JSON.stringify(labels.map((label) => each.labels[label]));
  const rows = [...new Map(series.map((each) => [keyOf(each), each])).values()];
  const [first] = panel.options?.sortBy ?? [];
  const { refId: sorted } = columns.find(({ name }) => name === first?.displayName) ?? columns[0]!;
  const valueOf = (row: Series): number => {
    const cell = series.find((each) => each.refId === sorted && keyOf(each) === keyOf(row));
    return cell ? lastOf(cell) : -Infinity;
  };
  const shown = rows.toSorted((a, b) => valueOf(b) - valueOf(a)).slice(0, Math.floor((height - ROW) / ROW));
  const cells = (row: Series): string =>
    columns
      .map(({ refId }) => series.find((each) => each.refId === refId && keyOf(each) === keyOf(row)))
      .map((cell) => {
        if (!cell) return "<td>—</td>";
        const value = lastOf(cell);
        const { mode } = panel.fieldConfig?.defaults.color ?? {};
        const color = mode === "thresholds" ? colorOf(panel, cell, 0, value) : "inherit";
        return `<td style="color:${color}">${escape(textOf(panel, cell, value))}</td>`;
      })
      .join("");
  const head = [...labels, ...columns.map(({ name }) => name)].map((name) => `<th>${escape(name)}</th>`);
  const body = shown.map(
    (row) =>
      `<tr>${labels.map((label) => `<td>${escape(row.labels[label] ?? "")}</td>`).join("")}${cells(row)}</tr>`,
  );
  return `<table class="cells"><tr>${head.join("")}</tr>${body.join("")}</table>${moreThan(rows.length, shown.length)}`;
}

function drawPie({ panel, series }: FilledPanel, { height }: Box): string {
  const parts = series.filter((each) => lastOf(each) > 0);
  const sum = parts.reduce((total, each) => total + lastOf(each), 0);
  const stops: string[] = [];
  let from = 0;
  for (const [index, each] of parts.entries()) {
    const to = from + (lastOf(each) / sum) * 100;
    stops.push(`${colorOf(panel, each, index)} ${from}% ${to}%`);
    from = to;
  }
  const names = parts.map(
    (each, index) =>
      `<tr><td><i style="background:${colorOf(panel, each, index)}"></i>${escape(each.name)}</td><td>${escape(textOf(panel, each, lastOf(each)))}</td></tr>`,
  );
  const size = Math.min(height - 10, 220);
  return `<div class="pie"><div style="width:${size}px;height:${size}px;background:conic-gradient(${stops.join(",")})"></div><table class="legend">${names.join("")}</table></div>`;
}

function drawHeatMap({ panel, series }: FilledPanel, { width, height }: Box, span: Span): string {
  const sorted = series.toSorted((a, b) => edgeOf(a) - edgeOf(b));
  // Buckets are cumulative: a cell is what a bucket has more than the one below it.
  const cells = sorted.map((each, index) => {
    const below = new Map(sorted[index - 1]?.points);
    return each.points.map(([at, value]): [number, number] => [
      at,
      Math.max(0, value - (below.get(at) ?? 0)),
    ]);
  });
  const most = Math.max(...cells.flat().map(([, value]) => value));
  const used = sorted.flatMap((each, index) =>
    cells[index]!.some(([, value]) => value > 0) ? [{ each, row: cells[index]! }] : [],
  );
  const x = (at: number): number => 62 + ((at - span.from) / (span.to - span.from)) * (width - 70);
  const tall = (height - 24) / Math.max(1, used.length);
  const drawn = used.map(({ each, row }, index) => {
    const y = height - 24 - (index + 1) * tall;
    const wide = (width - 70) / row.length;
    const boxes = row
      .filter(([, value]) => value > 0)
      .map(
        ([at, value]) =>
          `<rect x="${x(at) - wide}" y="${y}" width="${wide}" height="${tall - 1}" fill="hsl(${230 - 210 * Math.sqrt(value / most)} 75% 55%)"/>`,
      );
    const edge = edgeOf(each);
    const label = Number.isFinite(edge) ? format(edge, panel.options?.yAxis?.unit) : "+Inf";
    return `${boxes.join("")}<text x="56" y="${y + tall / 2 + 4}" text-anchor="end">${escape(label)}</text>`;
  });
  return `<svg width="${width}" height="${height}" data-panel="${escape(panel.title)}">${drawn.join("")}${drawTimes(span, x, height)}</svg>`;
}

function edgeOf({ labels }: Series): number {
  return labels["le"] === "+Inf" ? Infinity : Number(labels["le"]);
}

function drawStates({ panel, series }: FilledPanel, { width, height }: Box, span: Span): string {
  const shown = series.slice(0, Math.floor((height - 20) / ROW));
  const x = (at: number): number => 190 + ((at - span.from) / (span.to - span.from)) * (width - 200);
  const rows = shown.map((each, index) => {
    const y = index * ROW;
    const wide = (width - 200) / 180 + 0.5;
    const boxes = each.points.map(
      ([at, value]) =>
        `<rect x="${x(at)}" y="${y}" width="${wide}" height="${ROW - 4}" fill="${colorOf(panel, each, index, value)}"/>`,
    );
    return `<text x="184" y="${y + 15}" text-anchor="end">${escape(each.name.slice(0, 30))}</text>${boxes.join("")}`;
  });
  return `<svg width="${width}" height="${height}">${rows.join("")}${drawTimes(span, x, height)}</svg>`;
}

function moreThan(all: number, shown: number): string {
  return all > shown ? `<div class="more">and ${all - shown} more</div>` : "";
}

/** The little of Markdown that boards use. */
function markdown(text: string): string {
  return text
    .split(/\n{2,}/)
    .map((paragraph) => {
      const inline = escape(paragraph)
        .replaceAll(/\*\*(.+?)\*\*/g, "<b>$1</b>")
        .replaceAll(/`(.+?)`/g, "<code>$1</code>")
        .replaceAll(/\[(.+?)\]\((.+?)\)/g, "<u>$1</u>");
      return `<p>${inline.replaceAll(/^#+ (.*)$/gm, "<b>$1</b>").replaceAll(/^- /gm, "<br>• ")}</p>`;
    })
    .join("");
}
