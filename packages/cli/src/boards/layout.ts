import { createHash } from "node:crypto";
import type { Panel, PanelKind, PlacedPanel, PlacedSection, Section } from "./board.ts";

/** Grafana's grid: 24 columns. */
const COLUMNS = 24;
const HEADING_HEIGHT = 1;

interface Size {
  readonly height: number;
  readonly inLine: number;
}

/** Height of each kind, and how many of it fit beside each other. */
const SIZES: Readonly<Record<PanelKind, Size>> = {
  stat: { height: 4, inLine: 6 },
  gauge: { height: 6, inLine: 6 },
  bargauge: { height: 8, inLine: 3 },
  piechart: { height: 8, inLine: 4 },
  table: { height: 8, inLine: 2 },
  timeseries: { height: 8, inLine: 3 },
  heatmap: { height: 8, inLine: 3 },
  "state-timeline": { height: 6, inLine: 2 },
  text: { height: 3, inLine: 3 },
};

/** A large figure, which is read across a room. */
const LARGE: Size = { height: 6, inLine: 4 };

function sizeOf(panel: Panel): Size {
  return panel.kind !== "text" && panel.large ? LARGE : SIZES[panel.kind];
}

/**
 * Places sections below each other. Panels without queries are left out, and so are lines and sections without panels.
 * The panels of a line share its width; a line with more than fit goes on below.
 */
export function placeSections(board: string, sections: readonly Section[]): PlacedSection[] {
  const number = createNumbers(board);
  let y = 0;
  return sections.flatMap(({ title, rows, collapsed = false }) => {
    const lines = rows.flatMap((row) => toLines(row.filter(isShown)));
    if (lines.length === 0) return [];
    const heading = { x: 0, y, w: COLUMNS, h: HEADING_HEIGHT };
    y += HEADING_HEIGHT;
    const id = number(`section ${title}`);
    const panels = lines.flatMap((line) => {
      const placed = placeLine(line, y, number);
      y += placed[0]!.gridPos.h;
      return placed;
    });
    return [{ id, title, collapsed, gridPos: heading, panels }];
  });
}

function isShown(panel: Panel): boolean {
  return panel.kind === "text" || panel.queries.length > 0;
}

function placeLine(line: readonly Panel[], y: number, number: (name: string) => number): PlacedPanel[] {
  const h = Math.max(...line.map((panel) => sizeOf(panel).height));
  const edge = (index: number) => Math.round((index * COLUMNS) / line.length);
  return line.map((panel, index) => ({
    id: number(panel.name),
    gridPos: { x: edge(index), y, w: edge(index + 1) - edge(index), h },
    panel,
  }));
}

/** Splits a row into lines of about equal length. */
function toLines(row: readonly Panel[]): Panel[][] {
  if (row.length === 0) return [];
  const inLine = Math.min(...row.map((panel) => sizeOf(panel).inLine));
  const count = Math.ceil(row.length / inLine);
  const length = Math.ceil(row.length / count);
  return Array.from({ length: count }, (_, line) => row.slice(line * length, (line + 1) * length));
}

/**
 * Returns a function that gives each name its number: the same in every version and for every catalog, because it
 * follows from the name. Throws for a name that the board has twice.
 */
function createNumbers(board: string): (name: string) => number {
  const names = new Set<string>();
  const used = new Set<number>();
  return (name) => {
    if (names.has(name))
      throw new Error(`[rumkit] The board "${board}" has "${name}" twice. Give each panel its name.`);
    names.add(name);
    let id = createHash("sha256").update(name).digest().readUInt32BE() >>> 2;
    // Two names with one number are a chance of one in a million.
    while (id === 0 || used.has(id)) id += 1;
    used.add(id);
    return id;
  };
}
