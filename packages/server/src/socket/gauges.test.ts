/** The gauges of the catalog in the group `business` of the WebSocket. */
import { defineCatalog, type StreamData } from "@rumkit/protocol";
import { expect, test } from "vitest";
import { describeMetrics } from "../collector/parts.ts";
import { createRecorder } from "../metrics/recorder.ts";
import { createSnapshots } from "./snapshots.ts";

const catalog = defineCatalog({
  app: "lab",
  routes: [],
  gauges: {
    borrowed: { help: "Licenses in use.", labels: { tool: ["maya", "nuke"] } },
    wait: { help: "Oldest order.", unit: "seconds", labels: { queue: ["a", "b"] } },
  },
});

function start() {
  let now = Date.UTC(2027, 0, 15, 12);
  const recorder = createRecorder(describeMetrics(catalog), () => now);
  const snapshots = createSnapshots(catalog, recorder, () => now);
  return {
    snapshots,
    set: (metric: string, value: number, labels: Record<string, string>) =>
      recorder.record({ metric, labels, value }),
    second: () => {
      now += 1_000;
      snapshots.tick();
    },
    of: (labels: Record<string, string[]> = {}) => {
      const subscription = { endpoints: [], models: [], metric_types: ["business" as const], interval: 1 };
      return { ...subscription, labels, exclude: {} };
    },
  };
}

test("a gauge without a value is not there; a value of 0 is", () => {
  const { snapshots, set, of } = start();
  expect(snapshots.read(of()).json).toBe("{}");
  set("borrowed", 0, { tool: "maya" });
  const { json, totals } = snapshots.read(of());
  expect((JSON.parse(json) as StreamData).business?.gauges).toEqual({
    borrowed: { value: 0, series: [{ labels: { tool: "maya" }, value: 0 }] },
  });
  expect(totals.business).toMatchObject({ gauge_borrowed: 0 });
});

test("counts add up over series, of seconds the highest is shown, and filters narrow both", () => {
  const { snapshots, set, of } = start();
  set("borrowed", 3, { tool: "maya" });
  set("borrowed", 4, { tool: "nuke" });
  set("wait_seconds", 9, { queue: "a" });
  set("wait_seconds", 2, { queue: "b" });
  expect(snapshots.read(of()).totals.business).toMatchObject({ gauge_borrowed: 7, gauge_wait: 9 });
  expect(snapshots.read(of({ tool: ["nuke"] })).totals.business).toMatchObject({ gauge_borrowed: 4 });
});

test("the history has the values of earlier seconds, and none from before the gauge was set", () => {
  const { snapshots, set, second, of } = start();
  second();
  set("borrowed", 0, { tool: "maya" });
  second();
  set("borrowed", 5, { tool: "maya" });
  second();
  set("borrowed", Number.NaN, { tool: "maya" });
  second();
  const points = snapshots.pointsAfter(of(), 0).map(({ data }) => data.business?.["gauge_borrowed"]);
  expect(points).toEqual([undefined, 0, 5, undefined]);
});
