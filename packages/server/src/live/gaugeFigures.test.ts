/** The figures of declared gauges: their values now, of all series and of each label value, and their shares. */
import { defineCatalog, type LiveSnapshot } from "@rumkit/protocol";
import { expect, test } from "vitest";
import { describeMetrics } from "../collector/parts.ts";
import { createCalendar } from "../history/calendar.ts";
import { createHistory } from "../history/history.ts";
import { createRecorder } from "../metrics/recorder.ts";
import { createScrubber } from "../scrub/createScrubber.ts";
import { createLive } from "./createLive.ts";

const labels = { tool: ["maya", "Houdini FX"] } as const;
const catalog = defineCatalog({
  app: "lab",
  routes: [],
  gauges: {
    borrowed: { help: "Licenses in use.", labels, outOf: "licenses", processes: "max" },
    licenses: { help: "Licenses bought.", labels, name: "licenses_total", processes: "max" },
    wait: { help: "Oldest order.", unit: "seconds", labels: { queue: ["a", "b"] } },
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
    set: (metric: string, value: number, given: Record<string, string>) =>
      recorder.record({ metric, labels: given, value }),
    second: () => {
      now += 1_000;
      history.tick();
      feed.tick();
    },
    frame,
    /** The numbers of the gauges' figures. */
    numbers: (): Record<string, number | null> => {
      const { figures, numbers } = frame();
      return Object.fromEntries(
        figures.flatMap(({ name }, index) =>
          name.startsWith("gauge_") ? [[name, numbers[index] ?? null]] : [],
        ),
      ) as Record<string, number | null>;
    },
  };
}

test("a gauge has a figure for all series, for each label value, and for its share; null until it is set", () => {
  const live = start();
  const unknown = Object.fromEntries(Object.keys(live.numbers()).map((name) => [name, null]));
  expect(live.numbers()).toEqual(unknown);
  expect(Object.keys(unknown)).toEqual([
    "gauge_borrowed",
    "gauge_borrowed_share",
    "gauge_licenses",
    "gauge_wait",
    "gauge_borrowed_tool_maya",
    "gauge_borrowed_tool_maya_share",
    "gauge_borrowed_tool_houdini_fx",
    "gauge_borrowed_tool_houdini_fx_share",
    "gauge_licenses_tool_maya",
    "gauge_licenses_tool_houdini_fx",
    "gauge_wait_queue_a",
    "gauge_wait_queue_b",
  ]);
  live.set("borrowed", 12, { tool: "maya" });
  live.set("borrowed", 0, { tool: "Houdini FX" });
  live.set("licenses_total", 40, { tool: "maya" });
  live.set("wait_seconds", 3, { queue: "a" });
  live.set("wait_seconds", 7.5, { queue: "b" });
  expect(live.numbers()).toEqual({
    ...unknown,
    gauge_borrowed: 12,
    gauge_borrowed_share: 0.3,
    gauge_licenses: 40,
    // Seconds do not add up: the longest wait.
    gauge_wait: 7.5,
    gauge_borrowed_tool_maya: 12,
    gauge_borrowed_tool_maya_share: 0.3,
    gauge_borrowed_tool_houdini_fx: 0,
    gauge_licenses_tool_maya: 40,
    gauge_wait_queue_a: 3,
    gauge_wait_queue_b: 7.5,
  });
  live.set("borrowed", Number.NaN, { tool: "maya" });
  live.set("borrowed", Number.NaN, { tool: "Houdini FX" });
  expect(live.numbers()["gauge_borrowed"]).toBeNull();
});

test("its points are the values of the seconds, null before it was set", () => {
  const live = start();
  live.second();
  live.set("borrowed", 3, { tool: "maya" });
  live.second();
  live.set("borrowed", 5, { tool: "maya" });
  live.second();
  const { figures, points } = live.frame();
  const column = figures.findIndex(({ name }) => name === "gauge_borrowed");
  expect(points.slice(0, -1).map(({ values }) => values[column])).toEqual([null, 3, 5]);
});

test("values of labels are hidden until they are set, as a whole a gauge is always shown", () => {
  const live = start();
  const hidden = (): string[] =>
    live.frame().figures.flatMap(({ name, hideWhileEmpty }) => (hideWhileEmpty ? [name] : []));
  expect(hidden()).toContain("gauge_borrowed_tool_maya");
  expect(hidden()).not.toContain("gauge_borrowed");
  live.set("borrowed", 0, { tool: "maya" });
  expect(hidden()).not.toContain("gauge_borrowed_tool_maya");
});

test("the query of a figure joins processes first, then label sets", () => {
  const queryOf = (name: string): string =>
    start()
      .frame()
      .figures.find((each) => each.name === name)!.query;
  const ofApp = 'and on (job, instance) app_info{app="lab"}';
  expect(queryOf("gauge_borrowed")).toBe(`sum(max by (tool) (borrowed ${ofApp}))`);
  expect(queryOf("gauge_borrowed_tool_maya_share")).toBe(
    `sum(max by (tool) (borrowed{tool="maya"} ${ofApp})) / (sum(max by (tool) (licenses_total{tool="maya"} ${ofApp})) > 0)`,
  );
  expect(queryOf("gauge_wait")).toBe(`max(wait_seconds ${ofApp})`);
});
