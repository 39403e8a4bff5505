/** Gauges of the catalog: set by the app or read at each scrape, and never exposed while their value is unknown. */
import { defineCatalog } from "@rumkit/protocol";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { scrape } from "../../../../test/support/scrape.ts";
import type { Collector } from "../collector/collector.ts";
import { createCollector } from "../collector/createCollector.ts";

const labels = { tool: ["maya", "houdini"] } as const;
const catalog = defineCatalog({
  app: "lab",
  routes: [],
  gauges: {
    licenses_borrowed: { help: "Licenses in use.", labels, outOf: "licenses" },
    licenses: { help: "Licenses bought.", labels, name: "licenses_total" },
    backlog: { help: "Age of the oldest order.", unit: "seconds" },
  },
});

let collector: Collector<typeof catalog>;
let warnings: string[];
beforeEach(() => {
  warnings = [];
  const spy = vi.spyOn(process, "emitWarning").mockImplementation((text) => void warnings.push(String(text)));
  collector = createCollector({ catalog, runtimeMetrics: false, environment: "production" });
  onTestFinished(async () => {
    await collector.stop();
    spy.mockRestore();
  });
});

/** The samples of the gauges. */
async function shown(): Promise<Record<string, number>> {
  return Object.fromEntries(
    [...(await scrape(collector.app))].filter(([series]) => /^(licenses|backlog)/.test(series)),
  );
}

async function refused(): Promise<Record<string, number>> {
  const found = [...(await scrape(collector.app))].flatMap(([series, value]) => {
    const reason = /^rum_tracked_events_rejected_total\{reason="(\w+)"\}/.exec(series)?.[1];
    return reason !== undefined && value > 0 ? [[reason, value] as const] : [];
  });
  return Object.fromEntries(found);
}

async function unread(metric: string): Promise<number> {
  return (await scrape(collector.app)).get(`rum_metric_read_failures_total{metric="${metric}"}`) ?? 0;
}

/** Calls with arguments that the compiler refuses, as plain JavaScript can. */
const loose = (): Collector<typeof catalog> & {
  setGauge: (...given: unknown[]) => void;
  observeGauge: (...given: unknown[]) => () => void;
} => collector as never;

describe("a gauge that is set", () => {
  test("has no sample before, then the value that was set last, 0 and negative ones too", async () => {
    expect(await shown()).toEqual({});
    collector.setGauge("licenses_borrowed", 12, { tool: "maya" });
    collector.setGauge("licenses_borrowed", 0, { tool: "houdini" });
    collector.setGauge("licenses", 50, { tool: "maya" });
    collector.setGauge("backlog", 3);
    collector.setGauge("backlog", -1.5);
    expect(await shown()).toEqual({
      'licenses_borrowed{tool="maya"}': 12,
      'licenses_borrowed{tool="houdini"}': 0,
      'licenses_total{tool="maya"}': 50,
      backlog_seconds: -1.5,
    });
  });

  test("is a gauge in both formats", async () => {
    collector.setGauge("licenses", 50, { tool: "maya" });
    const accept = "application/openmetrics-text";
    for (const headers of [{}, { accept }]) {
      const text = await (await collector.app.request("/metrics", { headers })).text();
      expect(text).toContain("# TYPE licenses_total gauge\n");
      expect(text).toContain('\nlicenses_total{tool="maya"} 50');
    }
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, undefined, "12", null, 3n])(
    "to %s has no sample until it is set again, which is counted and explained",
    async (value) => {
      collector.setGauge("backlog", 4);
      loose().setGauge("backlog", value);
      expect(await shown()).toEqual({});
      expect(await refused()).toEqual({ bad_number: 1 });
      expect(warnings.join()).toContain('The gauge "backlog" needs a finite number, not ');
      collector.setGauge("backlog", 5);
      expect(await shown()).toEqual({ backlog_seconds: 5 });
    },
  );

  test.each([
    [
      "an unknown name",
      ["license_borrowed", 1, { tool: "maya" }],
      "unknown_name",
      'Did you mean "licenses_borrowed"?',
    ],
    ["the name of a property", ["constructor", 1], "unknown_name", "has no gauge"],
    ["no name", [undefined, 1], "unknown_name", 'no gauge "undefined"'],
    [
      "an unknown value",
      ["licenses", 1, { tool: "word" }],
      "unknown_label_value",
      '"tool" cannot be "word". Known: maya, houdini.',
    ],
    ["a missing label", ["licenses", 1], "missing_label", '"tool" is missing. Known: maya, houdini.'],
    [
      "another label",
      ["licenses", 1, { tool: "maya", user: "ann" }],
      "bad_event",
      '"user" is not a label of it. Its labels: tool.',
    ],
    ["a label that it lacks", ["backlog", 1, { tool: "maya" }], "bad_event", "Its labels: none."],
  ])("under %s is refused, counted and explained", async (_, given, reason, text) => {
    loose().setGauge(...given);
    expect(await shown()).toEqual({});
    expect(await refused()).toEqual({ [reason]: 1 });
    expect(warnings.join()).toContain(text);
  });

  test("with labels that throw is refused", async () => {
    const labelsThatThrow = Object.defineProperty({}, "tool", {
      enumerable: true,
      get: () => {
        throw new Error("gone");
      },
    });
    loose().setGauge("licenses", 1, labelsThatThrow);
    expect(await refused()).toEqual({ bad_event: 1 });
  });
});

describe("a gauge that is read", () => {
  test("has the value of each scrape, and none once its reading has ended", async () => {
    let seconds = 1;
    const end = collector.observeGauge("backlog", () => seconds);
    expect(await shown()).toEqual({ backlog_seconds: 1 });
    seconds = 2;
    expect(await shown()).toEqual({ backlog_seconds: 2 });
    end();
    end();
    expect(await shown()).toEqual({});
  });

  test("has the series that its reading returns, and no other", async () => {
    const used = new Map<"maya" | "houdini", number>([["maya", 3]]);
    collector.observeGauge("licenses_borrowed", function* () {
      for (const [tool, value] of used) yield { labels: { tool }, value };
    });
    expect(await shown()).toEqual({ 'licenses_borrowed{tool="maya"}': 3 });
    used.set("houdini", 1).delete("maya");
    expect(await shown()).toEqual({ 'licenses_borrowed{tool="houdini"}': 1 });
  });

  test("joins several readings: each has its series", async () => {
    const end = collector.observeGauge("licenses", () => [{ labels: { tool: "maya" }, value: 50 }]);
    collector.observeGauge("licenses", () => [{ labels: { tool: "houdini" }, value: 8 }]);
    expect(await shown()).toEqual({
      'licenses_total{tool="maya"}': 50,
      'licenses_total{tool="houdini"}': 8,
    });
    end();
    expect(await shown()).toEqual({ 'licenses_total{tool="houdini"}': 8 });
  });

  const fails = (): never => {
    throw new Error("the server is down");
  };
  test.each([
    ["throws", fails],
    ["returns a promise", () => Promise.resolve([])],
    ["returns a number in place of a list", () => 3],
    ["returns nothing", () => undefined],
    [
      "yields without end",
      () =>
        (function* () {
          for (;;) yield { labels: { tool: "maya" }, value: 1 };
        })(),
    ],
    [
      "throws in the middle",
      () =>
        (function* () {
          yield { labels: { tool: "maya" }, value: 1 };
          fails();
        })(),
    ],
  ])("and %s has no sample until it recovers, which is counted and said", async (_, wrong) => {
    let isWrong = false;
    loose().observeGauge("licenses", () => (isWrong ? wrong() : [{ labels: { tool: "maya" }, value: 50 }]));
    expect(await shown()).toEqual({ 'licenses_total{tool="maya"}': 50 });
    isWrong = true;
    expect(await shown()).toEqual({});
    expect(await unread("licenses_total")).toBeGreaterThan(0);
    expect(warnings.join()).toContain("licenses_total cannot be read, so it has no sample in /metrics: ");
    isWrong = false;
    expect(await shown()).toEqual({ 'licenses_total{tool="maya"}': 50 });
  });

  test.each([
    ["is not finite", { labels: { tool: "maya" }, value: Number.NaN }, 'licenses_total of "maya"'],
    ["has an unknown label value", { labels: { tool: "word" }, value: 1 }, '"tool" cannot be "word"'],
    ["has no labels", { value: 1 }, '"tool" is missing'],
    ["is null", null, '"tool" is missing'],
  ])("and one of its values %s keeps its other series", async (_, item, text) => {
    loose().observeGauge("licenses", () => [item, { labels: { tool: "houdini" }, value: 8 }]);
    expect(await shown()).toEqual({ 'licenses_total{tool="houdini"}': 8 });
    expect(await unread("licenses_total")).toBeGreaterThan(0);
    expect(warnings.join()).toContain(text);
  });

  test("under an unknown name is refused, and its end does nothing", async () => {
    loose().observeGauge("license", () => 1)();
    expect(await refused()).toEqual({ unknown_name: 1 });
  });
});

test("a gauge that stays the same for two days keeps its value", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "performance", "Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const other = createCollector({ catalog, runtimeMetrics: false, environment: "production" });
  onTestFinished(() => other.stop());
  other.setGauge("licenses", 50, { tool: "maya" });
  vi.setSystemTime(Date.now() + 48 * 3_600_000);
  vi.advanceTimersByTime(5_000);
  expect((await scrape(other.app)).get('licenses_total{tool="maya"}')).toBe(50);
});
