import { describe, expect, it } from "vitest";
import type { Panel, QueryPanel } from "./board.ts";
import { checkPanel } from "./checkPanel.ts";
import { placeSections } from "./layout.ts";

const text = (name: string): Panel => ({
  kind: "text",
  name,
  title: name,
  description: "A text.",
  content: name,
});
const count = {
  text: "sum(x)",
  metric: { name: "x" },
  labels: ["route"],
  unit: "count",
  highest: Infinity,
  filters: [],
} as unknown as QueryPanel["queries"][number]["expression"];
const panel = (name: string, kind: QueryPanel["kind"], ...legends: string[]): QueryPanel => ({
  kind,
  name,
  title: name,
  description: "A panel.",
  queries: legends.map((legend) => ({ expression: count, legend })),
});

describe("the grid", () => {
  it("lets the panels of a line share its width, and goes on below where they do not fit", () => {
    const row = ["a", "b", "c", "d"].map((name) => panel(name, "timeseries", "x"));
    const [section] = placeSections("board", [{ title: "Section", rows: [row] }]);
    expect(section?.panels.map(({ gridPos }) => gridPos)).toEqual([
      { x: 0, y: 1, w: 12, h: 8 },
      { x: 12, y: 1, w: 12, h: 8 },
      { x: 0, y: 9, w: 12, h: 8 },
      { x: 12, y: 9, w: 12, h: 8 },
    ]);
  });

  it("gives the panels of a line the height of the highest, and fills the line whatever their number", () => {
    const row = [
      panel("a", "stat", "x"),
      panel("b", "stat", "x"),
      panel("c", "stat", "x"),
      panel("d", "stat", "x"),
      panel("e", "stat", "x"),
    ];
    const [section] = placeSections("board", [
      { title: "Section", rows: [row, [panel("f", "stat", "x"), panel("g", "heatmap", "x")]] },
    ]);
    expect(section?.panels.map(({ gridPos: { w } }) => w)).toEqual([5, 5, 4, 5, 5, 12, 12]);
    expect(section?.panels.map(({ gridPos: { h } }) => h)).toEqual([4, 4, 4, 4, 4, 8, 8]);
  });

  it("leaves out panels without queries, lines and sections without panels, and keeps words", () => {
    const placed = placeSections("board", [
      { title: "Empty", rows: [[panel("a", "stat")], []] },
      { title: "Words", rows: [[panel("b", "stat")], [text("c")]] },
    ]);
    expect(placed.map(({ title, gridPos, panels }) => [title, gridPos.y, panels.length])).toEqual([
      ["Words", 0, 1],
    ]);
  });

  it("refuses a name that the board has twice", () => {
    const rows = [[panel("a", "stat", "x"), panel("a", "stat", "x")]];
    expect(() => placeSections("board", [{ title: "Section", rows }])).toThrow(
      '[rumkit] The board "board" has "a" twice. Give each panel its name.',
    );
  });
});

describe("a panel that would mislead is refused", () => {
  const money = (currency: string) => ({
    expression: { ...count, unit: "money", labels: [], currency } as const,
    legend: "x",
  });

  it("for two currencies or two units on one axis, not for single values beside each other", () => {
    const queries = [money("USD"), money("EUR")];
    expect(() => checkPanel({ ...panel("a", "timeseries"), queries })).toThrow(
      '[rumkit] Panel "a" needs one unit: money (USD), money (EUR). Split it into panels of one unit each.',
    );
    expect(() => checkPanel({ ...panel("a", "stat"), queries })).not.toThrow();
    expect(() =>
      checkPanel({ ...panel("a", "bargauge"), queries: [money("USD"), { expression: count, legend: "x" }] }),
    ).toThrow("needs one unit");
  });

  it("for a legend with a label that the expression lacks", () => {
    expect(() => checkPanel(panel("a", "stat", "{{user}}"))).toThrow('names the label "user"');
  });

  it("for single values in no order: Prometheus returns a funnel's steps as it likes", () => {
    const steps = (kind: QueryPanel["kind"], expr: string) => () => {
      const labels = ["funnel", "step"];
      checkPanel({
        ...panel("a", kind),
        queries: [{ expression: { ...count, text: expr, labels }, legend: "{{step}}" }],
      });
    };
    const all = "sum by (funnel, step) (x)";
    for (const kind of ["bargauge", "piechart", "stat", "gauge"] as const) {
      expect(steps(kind, all)).toThrow(
        `[rumkit] Panel "a" has series in no order: ${all}. Take highestFirst(), lowestFirst(), or one query for each.`,
      );
      expect(steps(kind, `sort_desc(${all})`)).not.toThrow();
      expect(steps(kind, 'sum by (funnel, step) (x{funnel="buy",step="2"})')).not.toThrow();
      expect(steps(kind, 'sum by (funnel, step) (x{funnel="buy"})')).toThrow("in no order");
    }
    for (const kind of ["timeseries", "table", "heatmap"] as const) expect(steps(kind, all)).not.toThrow();
  });

  it("for a window that does not suit its kind", () => {
    const over = (window: string) => [{ expression: { ...count, text: `rate(x[${window}])` }, legend: "x" }];
    expect(() => checkPanel({ ...panel("a", "stat"), queries: over("$__rate_interval") })).toThrow(
      'Panel "a" is a stat, and asks for $__rate_interval',
    );
    expect(() => checkPanel({ ...panel("a", "timeseries"), queries: over("$__range") })).toThrow(
      'Panel "a" is a timeseries, and asks for $__range',
    );
  });
});
