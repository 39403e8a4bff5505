/** The cards and charts that a catalog declares, as the live page gets them. */
import { defineCatalog, type LiveSnapshot } from "@rumkit/protocol";
import { expect, test } from "vitest";
import { describeMetrics } from "../collector/parts.ts";
import { createCalendar } from "../history/calendar.ts";
import { createHistory } from "../history/history.ts";
import { createRecorder } from "../metrics/recorder.ts";
import { createScrubber } from "../scrub/createScrubber.ts";
import { createLive } from "./createLive.ts";

const tool = ["CAD - Draft", "CAM", "cam"] as const;

const catalog = defineCatalog({
  app: "licenses",
  routes: [],
  conversions: {
    borrow: { help: "Licenses borrowed.", from: "server", labels: { tool } },
    overage: { help: "Licenses beyond.", from: "server", labels: { tool }, value: { money: ["USD"] } },
  },
  gauges: {
    borrowed: { help: "Licenses in use.", labels: { tool }, outOf: "pool" },
    pool: { help: "Licenses in all.", labels: { tool }, name: "licenses_total" },
  },
  live: {
    cards: {
      borrows: { title: "Borrows / second", rate: "conversion:borrow", by: "tool" },
      overage_rate: {
        ratio: "conversion:overage",
        to: "conversion:borrow",
        by: "tool",
        warning: 0.15,
        critical: 0.3,
      },
      cost: { title: "Cost / minute", money: "conversion:overage" },
      active: { gauge: "borrowed", by: "tool" },
      used: { ratio: "borrowed", to: "licenses_total" },
      visitors: { figure: "active_sessions" },
    },
    charts: {
      borrow_rate: { figure: "card_borrows" },
      utilization: { gauge: "borrowed", by: "tool" },
      by_tool: { increase: "conversion:borrow", labels: { tool: ["CAM", "cam"] }, by: "tool", as: "line" },
    },
    activity: { events: ["conversion:borrow"], columns: ["tool", "user"] },
  },
});

function start() {
  let now = Date.UTC(2027, 0, 15, 12);
  const clock = (): number => now;
  const recorder = createRecorder(describeMetrics(catalog), clock);
  const calendar = createCalendar("UTC");
  const history = createHistory({ wallNow: clock, steadyNow: clock, calendar });
  const { feed } = createLive({ catalog, recorder, scrub: createScrubber(), history, calendar, now: clock });
  const frame = (): LiveSnapshot =>
    JSON.parse(Buffer.from(feed.snapshot()).toString().split("data: ")[1]!) as LiveSnapshot;
  return {
    frame,
    count: (conversion: "borrow" | "overage", of: string, times = 1): void =>
      recorder.record({ metric: "conversions_total", labels: { conversion, tool: of }, value: 1, times }),
    pay: (minorUnits: number): void =>
      recorder.record({
        metric: "revenue_total",
        labels: { conversion: "overage", currency: "USD" },
        value: minorUnits,
      }),
    set: (metric: string, of: string, value: number): void =>
      recorder.record({ metric, labels: { tool: of }, value }),
    pass: (seconds: number): void => {
      for (let passed = 0; passed < seconds; passed += 1) {
        now += 1_000;
        history.tick();
        feed.tick();
      }
    },
    numberOf: (name: string): number | null => {
      const { figures, numbers } = frame();
      return numbers[figures.findIndex((figure) => figure.name === name)] ?? null;
    },
  };
}

test("the layout has the cards, the charts with their kind, and the events of the table", () => {
  expect(start().frame().board.layout).toEqual({
    cards: [
      { title: "Borrows / second", figure: "card_borrows" },
      { title: "Overage rate", figure: "card_overage_rate" },
      { title: "Cost / minute", figure: "card_cost" },
      { title: "Active", figure: "card_active", outOf: "card_active_of" },
      { title: "Used", figure: "card_used" },
      { title: "", figure: "active_sessions" },
    ],
    charts: [
      { title: "", figure: "card_borrows", as: "line" },
      {
        title: "Utilization",
        figure: "chart_utilization",
        as: "bars",
        by: "tool",
        outOf: "chart_utilization_of",
      },
      { title: "By tool", figure: "chart_by_tool", as: "line", by: "tool" },
    ],
    activity: {
      title: "Recent activity",
      events: [{ type: "conversion", name: "borrow" }],
      columns: ["tool", "user"],
    },
  });
});

test("a rate, a ratio and money are those of the complete seconds of their windows, of all tools and of each", () => {
  const live = start();
  live.count("borrow", "CAM", 30);
  live.count("borrow", "cam", 10);
  live.count("overage", "CAM", 6);
  live.pay(50_000);
  expect([live.numberOf("card_borrows"), live.numberOf("card_cost")]).toEqual([0, 0]);
  live.pass(1);
  live.count("borrow", "CAM", 1_000);
  expect({
    borrows: live.numberOf("card_borrows"),
    cam: live.numberOf("card_borrows_tool_cam"),
    other: live.numberOf("card_borrows_tool_cam_2"),
    overage: live.numberOf("card_overage_rate"),
    overageOfCam: live.numberOf("card_overage_rate_tool_cam"),
    overageOfCad: live.numberOf("card_overage_rate_tool_cad_draft"),
    cost: live.numberOf("card_cost"),
  }).toEqual({
    borrows: 4,
    cam: 3,
    other: 1,
    overage: 0.15,
    overageOfCam: 0.2,
    overageOfCad: null,
    cost: 50_000,
  });
  live.pass(10);
  expect(live.numberOf("card_borrows")).toBe(100);
  live.pass(60);
  expect([live.numberOf("card_borrows"), live.numberOf("card_overage_rate")]).toEqual([0, null]);
});

test("a gauge is its value now, with the whole of its pool; null until it is known", () => {
  const live = start();
  const names = ["card_active", "card_active_of", "card_used", "chart_utilization_tool_cam"];
  expect(names.map(live.numberOf)).toEqual([null, null, null, null]);
  live.set("borrowed", "CAM", 12);
  live.set("licenses_total", "CAM", 40);
  live.set("licenses_total", "cam", 10);
  expect(names.map(live.numberOf)).toEqual([12, 50, 0.24, 12]);
  expect(live.numberOf("chart_utilization_of_tool_cam")).toBe(40);
  expect(live.numberOf("chart_utilization_tool_cam_2")).toBeNull();
});

test("parts say what they are a part of, and only of the selected values", () => {
  const { figures } = start().frame();
  const parts = figures.flatMap(({ name, partOf }) => (partOf ? [[name, partOf] as const] : []));
  const of = (prefix: string) => parts.filter(([name]) => name.startsWith(prefix));
  expect(of("chart_by_tool")).toEqual([
    ["chart_by_tool_tool_cam", { figure: "chart_by_tool", label: "tool", value: "CAM" }],
    ["chart_by_tool_tool_cam_2", { figure: "chart_by_tool", label: "tool", value: "cam" }],
  ]);
  expect(of("card_overage_rate").slice(0, 3)).toEqual([
    ["card_overage_rate_part", { figure: "card_overage_rate" }],
    ["card_overage_rate_whole", { figure: "card_overage_rate" }],
    [
      "card_overage_rate_tool_cad_draft",
      { figure: "card_overage_rate", label: "tool", value: "CAD - Draft" },
    ],
  ]);
  expect(of("card_active_of")).toHaveLength(4);
});

test("the query of a figure has the meaning of its number", () => {
  const queryOf = (name: string): string | undefined =>
    start()
      .frame()
      .figures.find((figure) => figure.name === name)?.query;
  const ofApp = (range: string): string =>
    `and on (job, instance) last_over_time(app_info{app="licenses"}[${range}])`;
  expect(queryOf("card_borrows")).toBe(
    `sum(increase(conversions_total{conversion="borrow"}[1m]) ${ofApp("1m")}) / 60`,
  );
  expect(queryOf("chart_by_tool")).toBe(
    `sum(increase(conversions_total{tool=~"CAM|cam",conversion="borrow"}[60s]) ${ofApp("60s")})`,
  );
  expect(queryOf("card_cost")).toBe(
    `sum(increase(revenue_total{conversion="overage",currency="USD"}[60s]) ${ofApp("60s")})`,
  );
});
