import type { Panel, Row } from "./grafanaTypes.ts";
import type { PanelSection, PanelSpec } from "./panelSpec.ts";
import { renderPanel } from "./renderPanel.ts";

/** Grafana's grid: 24 columns. */
const COLUMNS = 24;
const PANELS_IN_A_LINE = 3;
const PANEL_HEIGHT = 8;
const HEADING_HEIGHT = 1;

/** Places sections below each other, with three panels per line. In a line with fewer panels, they are wider. */
export function renderGrid(sections: readonly PanelSection[]): (Panel | Row)[] {
  let y = 0;
  return sections
    .map((section) => ({ ...section, panels: section.panels.filter(({ queries }) => queries.length > 0) }))
    .filter(({ panels }) => panels.length > 0)
    .flatMap((section) => {
      const lines = toLines(section.panels);
      const top = y + HEADING_HEIGHT;
      const heading = renderRow(section, y);
      y = top + lines.length * PANEL_HEIGHT;
      return [heading, ...lines.flatMap((line, index) => renderLine(line, top + index * PANEL_HEIGHT))];
    });
}

function renderRow({ id, title }: PanelSection, y: number): Row {
  const gridPos = { x: 0, y, w: COLUMNS, h: HEADING_HEIGHT };
  return { id, type: "row", title, collapsed: false, gridPos, panels: [] };
}

function renderLine(line: readonly PanelSpec[], y: number): Panel[] {
  const w = COLUMNS / line.length;
  return line.map((panel, index) => renderPanel(panel, { x: index * w, y, w, h: PANEL_HEIGHT }));
}

function toLines(panels: readonly PanelSpec[]): PanelSpec[][] {
  const count = Math.ceil(panels.length / PANELS_IN_A_LINE);
  return Array.from({ length: count }, (_, line) =>
    panels.slice(line * PANELS_IN_A_LINE, (line + 1) * PANELS_IN_A_LINE),
  );
}
