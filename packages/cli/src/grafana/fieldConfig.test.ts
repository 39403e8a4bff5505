import { describeMetrics } from "@rumkit/server";
import { describe, expect, it } from "vitest";
import { catalogs } from "../../../../test/support/catalogs.ts";
import { isOneValue, type QueryPanel } from "../boards/board.ts";
import { describeBoards, panelsOf } from "../boards/describeBoards.ts";
import { renderFieldConfig } from "./fieldConfig.ts";

const panels = catalogs
  .flatMap(([, catalog]) => describeBoards(describeMetrics(catalog), catalog))
  .flatMap(panelsOf)
  .flatMap(({ panel }) => (panel.kind === "text" ? [] : [panel]));
const named = (title: string): QueryPanel => panels.find((panel) => panel.title === title)!;

/** The value of an option for a query: its override, or the default. */
function optionOf(panel: QueryPanel, index: number, id: "decimals" | "unit"): unknown {
  const { defaults, overrides } = renderFieldConfig(panel);
  const name = panel.kind === "table" ? panel.queries[index]!.legend : String.fromCodePoint(65 + index);
  const own = overrides
    .filter(({ matcher }) => matcher.options === name)
    .flatMap(({ properties }) => properties)
    .find((property) => property.id === id);
  return own ? own.value : defaults[id];
}

describe("a number of events", () => {
  it("has no decimals as a single value, also beside a change and in a table", () => {
    let checked = 0;
    for (const panel of panels.filter(isOneValue))
      for (const [index, { expression }] of panel.queries.entries())
        if (expression.unit === "count" && index < 26) {
          expect(optionOf(panel, index, "decimals"), panel.title).toBe(0);
          checked += 1;
        }
    expect(checked).toBeGreaterThan(30);
    expect(optionOf(named("Sessions in total"), 0, "decimals")).toBe(0);
  });

  it("is explained where Prometheus estimates it", () => {
    for (const panel of panels.filter(isOneValue)) {
      const isEstimated = panel.queries.some(
        ({ expression }) => /increase\(/.test(expression.text) && expression.unit === "count",
      );
      expect(panel.description.includes("Numbers are rounded: Prometheus estimates"), panel.title).toBe(
        isEstimated,
      );
    }
  });

  it("leaves shares, times and money as they are", () => {
    for (const panel of panels)
      for (const [index, { expression }] of panel.queries.entries())
        if (["ratio", "seconds", "money"].includes(expression.unit) && index < 26)
          expect(optionOf(panel, index, "decimals"), panel.title).toBeUndefined();
  });
});

it("the columns of a table have their units by their headings, because merged rows belong to no query", () => {
  const tables = panels.filter(({ kind }) => kind === "table");
  expect(tables.length).toBeGreaterThan(2);
  for (const panel of tables) {
    for (const { matcher } of renderFieldConfig(panel).overrides) expect(matcher.id).toBe("byName");
    const seconds = panel.queries.findIndex(({ expression }) => expression.unit === "seconds");
    expect(optionOf(panel, seconds, "unit"), panel.title).toBe("s");
  }
});

it("bars and gauges of a share end at the whole", () => {
  const scales = panels.filter(({ kind }) => kind === "gauge" || kind === "bargauge");
  const shares = scales.filter(({ queries }) => queries.every(({ expression }) => expression.highest === 1));
  expect([...new Set(shares.map(({ title }) => title))].toSorted()).toEqual([
    "Error budget left",
    "Error budget left of 30 days",
    "Funnels, share that goes on to the next step",
    "Open series against the budget",
    "Share of good documents",
  ]);
  for (const panel of shares) expect(renderFieldConfig(panel).defaults).toMatchObject({ min: 0, max: 1 });
  for (const panel of scales.filter((each) => !shares.includes(each)))
    expect(renderFieldConfig(panel).defaults, panel.title).not.toHaveProperty("max");
});

it("a legend of reasons names those that occurred, and one of features all", () => {
  const hides = (title: string) =>
    renderFieldConfig(named(title)).overrides.some(({ matcher }) => matcher.id === "byValue");
  for (const title of panels
    .filter(({ title: each }) => each.endsWith(" by reason"))
    .map(({ title: each }) => each))
    expect(hides(title), title).toBe(true);
  expect(hides("Feature uses per minute")).toBe(false);
});

it("a journal in memory shows nothing, not a full disk", () => {
  for (const title of ["Journal", "Free space on the journal's disk", "Oldest entry that waits for the disk"])
    for (const { expression } of named(title).queries)
      expect(expression.text, title).toMatch(/ and sum by \(instance\) \(rum_journal_bytes\{.*\}\) > 0\)?$/);
});
