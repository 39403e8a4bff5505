// @vitest-environment happy-dom
/** The cards, charts and the table that a catalog declares, on the page. */
import type { LiveFigure, LiveHistory, LiveLayout } from "@rumkit/protocol";
import { act, cleanup, fireEvent, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { board, delta, event, show, snapshot, views } from "../../test/shownPage.tsx";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const figure = (name: string, parts: Partial<LiveFigure> = {}): LiveFigure => ({
  ...views,
  name,
  title: name,
  group: "business",
  windowSeconds: 10,
  ...parts,
});
const now = { unit: "count", decimals: 0, period: "now", merge: "last" } as const;
const ofCad = (name: string): LiveFigure["partOf"] => ({ figure: name, label: "tool", value: "cad" });
const ofCam = (name: string): LiveFigure["partOf"] => ({ figure: name, label: "tool", value: "<b>cam" });

const figures: LiveFigure[] = [
  figure("card_borrows"),
  figure("card_borrows_cad", { partOf: ofCad("card_borrows")! }),
  figure("card_overage", {
    unit: "ratio",
    merge: "ratio",
    ratioOf: ["card_overage_part", "card_overage_whole"],
    thresholds: { warn: 0.15, bad: 0.3, isAbove: true },
    windowSeconds: 60,
  }),
  figure("card_overage_part", { unit: "count", partOf: { figure: "card_overage" } }),
  figure("card_overage_whole", { unit: "count", partOf: { figure: "card_overage" } }),
  figure("card_cost", { unit: "money", currency: "USD", per: "minute", windowSeconds: 300 }),
  figure("card_active", now),
  figure("card_active_of", { ...now, partOf: { figure: "card_active" } }),
  figure("chart_usage", now),
  figure("chart_usage_cad", { ...now, partOf: ofCad("chart_usage")! }),
  figure("chart_usage_cam", { ...now, partOf: ofCam("chart_usage")! }),
  figure("chart_usage_of_cad", { ...now, partOf: ofCad("chart_usage_of")! }),
  figure("chart_usage_of_cam", { ...now, partOf: ofCam("chart_usage_of")! }),
];
const layout: LiveLayout = {
  cards: [
    { title: "Borrows / second", figure: "card_borrows" },
    { title: "Overage rate", figure: "card_overage" },
    { title: "Cost", figure: "card_cost" },
    { title: "Active", figure: "card_active", outOf: "card_active_of" },
  ],
  charts: [
    { title: "Borrow rate", figure: "card_borrows", as: "line" },
    { title: "Usage", figure: "chart_usage", as: "bars", by: "tool", outOf: "chart_usage_of" },
    { title: "Usage over time", figure: "chart_usage", as: "line", by: "tool" },
  ],
  activity: {
    title: "Last borrows",
    events: [{ type: "conversion", name: "borrow" }],
    columns: ["tool", "user"],
  },
};
/** The values of the seconds, all the same; numbers with an overage of 12 in 80. */
const numbers = [7.4, 2.5, 0.15, 12, 80, 130_000, 27, 40, 27, 20, 7, 20, 20];
const second = [8, 3, 0.15, 12, 80, 50_000, 27, 40, 27, 20, 7, 20, 20];
const points = Array.from({ length: 121 }, (_, index) => ({ second: 1_000 + index, values: second }));
const borrow = (details: Record<string, string>, name = "borrow") =>
  event({ source: "server", type: "conversion", name, at: 1_000, details });

function start(query = "", overage = 0.15) {
  const given = show({ view: "overview", query });
  given.receive(
    snapshot({
      figures,
      numbers: numbers.with(2, overage),
      points,
      board: { ...board, layout },
      tail: [
        borrow({ tool: "cad", user: "<img src=x>" }),
        borrow({ tool: "cam" }, "renewal"),
        borrow({ tool: "<b>cam", user: "eve", seat: "7" }),
      ],
    }),
  );
  return given;
}

const card = (name: string): HTMLElement => screen.getByRole("article", { name });
const region = (name: string): HTMLElement => screen.getByRole("region", { name });
const rowsOf = (name: string): string[] =>
  within(region(name))
    .getAllByRole("listitem")
    .map(({ textContent }) => textContent);

test("the first view has the declared cards, charts and events, and nothing of the page without them", () => {
  start();
  expect(screen.getAllByRole("article").map((each) => each.getAttribute("aria-label"))).toEqual(
    layout.cards!.map(({ title }) => title),
  );
  expect(screen.getAllByRole("region").map((each) => each.getAttribute("aria-label"))).toEqual([
    "Cards",
    "Borrow rate",
    "Usage",
    "Usage over time",
    "Last borrows",
    "Events",
  ]);
});

test("a card says its number, the time that it is of, and the sum of the window of the charts", () => {
  start("&window=60");
  expect(card("Borrows / second").textContent).toBe("Borrows / second7.4 over the last 10 s · 480 in 60 s");
  expect(card("Overage rate").textContent).toContain("15.0 %");
  expect(card("Cost").textContent).toBe("Cost$1,300 per minuteover the last 5 min · $30,000.00 in 60 s");
  expect(card("Active").textContent).toBe("Active27 of 40now");
});

test.each([
  ["at the warning", 0.15, "good", "Good"],
  ["above the warning", 0.151, "warn", "Warning"],
  ["at the critical threshold", 0.3, "warn", "Warning"],
  ["above the critical threshold", 0.301, "bad", "Critical"],
])("a ratio %s has its color and its word", (_what, overage, level, word) => {
  start("", overage);
  expect(card("Overage rate").dataset["level"]).toBe(level);
  expect(within(card("Overage rate")).getByText(word)).toBeTruthy();
  expect(card("Cost").dataset["level"]).toBeUndefined();
});

test("a line has 60 points, whatever the window", () => {
  const { valuesOf, drawn } = start("&window=60");
  expect(valuesOf("card_borrows")).toEqual(Array<number>(60).fill(8));
  fireEvent.change(screen.getByRole("combobox", { name: "Charts show the last" }), {
    target: { value: "300" },
  });
  expect(drawn.get("card_borrows")!.values).toHaveLength(60);
});

test("bars are stacked from what is used and what is available; a full one is marked", () => {
  start();
  expect(rowsOf("Usage")).toEqual(["cad20 of 20, 0 available", "<b>cam7 of 20, 13 available"]);
  const bars = within(region("Usage")).getAllByRole("listitem");
  expect(bars.map(({ dataset }) => dataset["full"])).toEqual(["true", "false"]);
  const widths = bars.map((bar) => bar.querySelector<HTMLElement>(".stackUsed")?.style.width);
  expect(widths).toEqual(["100%", "35%"]);
  expect(rowsOf("Usage over time")).toEqual(["cad20", "<b>cam7"]);
});

test("a filter narrows what is counted by its label, and the page names what is not", () => {
  const { valuesOf } = start("&window=60&label.tool=cad");
  expect(card("Borrows / second").textContent).toContain("2.5");
  expect(valuesOf("card_borrows_cad")).toEqual(Array<number>(60).fill(3));
  expect(rowsOf("Usage")).toEqual(["cad20 of 20, 0 available"]);
  expect(screen.getByRole("note").textContent).toBe(
    "Not filtered by tool: Overage rate, Cost, Active are of the whole app.",
  );
});

test("the table has the declared events with their attributes as text, and a new one within a second", () => {
  const { receive, pass, container } = start();
  const rows = () =>
    within(region("Last borrows"))
      .getAllByRole("row")
      .slice(1)
      .map((row) => [...row.querySelectorAll("td")].slice(1).map(({ textContent }) => textContent));
  expect(rows()).toEqual([
    ["Borrow", "<b>cam", "eve"],
    ["Borrow", "cad", "<img src=x>"],
  ]);
  expect(container.querySelector("img")).toBeNull();
  receive(delta({ numbers, tail: [borrow({ tool: "cad", user: "bob" })] }));
  pass(1_000);
  expect(rows()[0]).toEqual(["Borrow", "cad", "bob"]);
  fireEvent.focus(within(region("Last borrows")).getByRole("button", { name: /bob/ }));
  receive(delta({ numbers, tail: [borrow({ tool: "cad", user: "ann" })] }));
  pass(2_000);
  expect(rows()[0]).toEqual(["Borrow", "cad", "bob"]);
});

test("a window of hours is read from the history: lines in 60 steps, and the sums of the cards", async () => {
  const asked: { names: readonly string[]; step: number; span: number }[] = [];
  const answer = (
    names: readonly string[],
    { from, to, step }: { from: number; to: number; step: number },
  ): LiveHistory => ({
    from,
    to,
    step,
    source: "collector",
    figures: names.map((name) => ({ name, values: Array<number>((to - from) / step).fill(step * 2) })),
    releases: [],
    gaps: [],
  });
  const { drawn } = start("&window=10800");
  expect(drawn.get("card_borrows")?.values).toEqual([]);
  cleanup();
  const given = show({
    view: "overview",
    query: "&window=10800",
    history: async (names, range) => {
      asked.push({ names, step: range.step, span: range.to - range.from });
      return answer(names, range);
    },
  });
  given.receive(snapshot({ figures, numbers, points, board: { ...board, layout } }));
  await act(() => vi.advanceTimersByTimeAsync(100));
  expect(given.valuesOf("card_borrows")).toEqual(Array<number>(60).fill(2));
  expect(card("Borrows / second").textContent).toContain("· 21.6K in 3 h");
  const steps = asked.filter(({ span }) => span === 10_800).map(({ step }) => step);
  expect(new Set(steps)).toEqual(new Set([10_800, 180]));
});

test("a page without a layout keeps its tiles, its large chart and its buttons of windows", () => {
  const given = show({ view: "overview" });
  given.receive(snapshot({ tail: [event({})] }));
  expect(screen.getByRole("region", { name: "Today" })).toBeTruthy();
  expect(screen.getByRole("region", { name: "Just happened" })).toBeTruthy();
  expect(screen.getAllByRole("radio")).toHaveLength(4);
});
