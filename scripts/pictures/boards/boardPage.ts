import type { Dashboard, FilledPanel, FilledRow, Span } from "./dashboard.ts";
import { drawPanel } from "./drawPanel.ts";
import { escape } from "./format.ts";

/** CSS pixels of a picture, and of Grafana's grid: 24 columns, 30 px for a unit of height, 8 px between panels. */
export const WIDTH = 1440;
const COLUMNS = 24;
const UNIT = 30;
const GAP = 8;
const MARGIN = 16;

/** Pixels of a panel's title and its borders. */
const HEAD = 34;
const SIDE = 10;

const STYLE = `
  body { margin: 0; padding: ${MARGIN}px; width: ${WIDTH - 2 * MARGIN}px; background: #111217; color: #ccccdc; font: 13px system-ui, sans-serif }
  h1 { font-size: 19px; margin: 0 0 2px } h2 { font-size: 15px; margin: 16px 0 8px; font-weight: 500 }
  header p { margin: 0; color: #9a9aa8 }
  .panel { position: absolute; box-sizing: border-box; background: #181b1f; border: 1px solid #2a2d34; border-radius: 3px; overflow: hidden; padding: 0 ${SIDE}px }
  .panel h3 { font-size: 13px; font-weight: 500; margin: 7px 0 5px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
  .none { color: #8e8e99; text-align: center; padding-top: 14px; font-size: 15px }
  .stats { display: flex; flex-wrap: wrap; gap: 4px 24px; align-items: center; justify-content: space-evenly; height: calc(100% - 40px); text-align: center }
  .stats small { display: block; color: #aeaebb } .stats b { font-weight: 500; line-height: 1.1 }
  svg { display: block } svg text { fill: #9a9aa8; font-size: 11px } .grid { stroke: #26292f }
  table { border-collapse: collapse; width: 100% } i { display: inline-block; width: 12px; height: 4px; margin-right: 7px; vertical-align: middle }
  .legend { font-size: 12px } .legend td, .legend th { padding: 0 4px; height: 18px; text-align: right; white-space: nowrap } .legend td:first-child { text-align: left; width: 99%; max-width: 0; overflow: hidden; text-overflow: ellipsis } .legend th { color: #6e9fff; font-weight: 400 }
  .cells td, .cells th { height: 22px; text-align: left; padding: 0 8px; border-bottom: 1px solid #24272d; white-space: nowrap } .cells th { color: #6e9fff; font-weight: 500 }
  .bar { display: flex; height: 24px; align-items: center; gap: 10px } .bar span { width: 36%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; text-align: right } .bar u { flex: 1; height: 16px; background: #22252b } .bar s { display: block; height: 100% } .bar b { width: 84px; font-weight: 500 }
  .pie { display: flex; gap: 16px; align-items: center } .pie > div { border-radius: 50%; flex: none; mask: radial-gradient(circle, transparent 40%, #000 41%) }
  .more { color: #8e8e99; font-size: 12px } .words p { margin: 4px 0 } .words code { background: #22252b; padding: 0 3px }
`;

/** Writes a board as a page that looks about as it does in Grafana. */
export function writePage(dashboard: Dashboard, rows: readonly FilledRow[], span: Span): string {
  const minutes = Math.round((span.to - span.from) / 60);
  const note = `Drawn by this project's own script, not by Grafana, from a real Prometheus: ${minutes} minutes of the example shop with simulated visitors.`;
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><header><h1>${escape(dashboard.title)}</h1><p>${note}</p></header>${rows.map((row) => writeRow(row, span)).join("")}`;
}

function writeRow({ title, panels }: FilledRow, span: Span): string {
  if (panels.length === 0) return "";
  const top = Math.min(...panels.map(({ panel }) => panel.gridPos.y));
  const bottom = Math.max(...panels.map(({ panel }) => panel.gridPos.y + panel.gridPos.h));
  const height = (bottom - top) * (UNIT + GAP);
  const drawn = panels.map((filled) => writePanel(filled, top, span));
  return `<h2>${escape(title)}</h2><section style="position:relative;height:${height}px">${drawn.join("")}</section>`;
}

function writePanel(filled: FilledPanel, top: number, span: Span): string {
  const { x, y, w, h } = filled.panel.gridPos;
  const column = (WIDTH - 2 * MARGIN + GAP) / COLUMNS;
  const box = { width: w * column - GAP, height: h * (UNIT + GAP) - GAP };
  const inside = { width: box.width - 2 * SIDE - 2, height: box.height - HEAD };
  const place = `left:${x * column}px;top:${(y - top) * (UNIT + GAP)}px;width:${box.width}px;height:${box.height}px`;
  return `<div class="panel" style="${place}"><h3>${escape(filled.panel.title)}</h3>${drawPanel(filled, inside, span)}</div>`;
}
