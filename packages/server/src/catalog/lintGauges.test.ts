/** The mistakes of declared gauges, each with its place and a remedy; and the families that follow from valid ones. */
import type { Catalog, GaugeSpec } from "@rumkit/protocol";
import { describe, expect, test } from "vitest";
import { draftMetrics } from "../collector/parts.ts";

const help = "Licenses.";
const tool = ["maya", "houdini"];

function faultsOf(gauges: unknown): readonly string[] {
  return draftMetrics({ app: "lab", routes: [], gauges } as Catalog).faults;
}

describe("a mistake of a gauge is refused with a remedy", () => {
  test.each([
    [
      "no help",
      { licenses: {} },
      'gauges.licenses.help is required: one sentence for dashboards, e.g. "Items put into the cart.".',
    ],
    [
      "an unknown key",
      { licenses: { help, label: {} } },
      'gauges.licenses.label is unknown here. Did you mean "labels"?',
    ],
    [
      "a name in camel case",
      { licensesUsed: { help } },
      "gauges.licensesUsed has a name that is not valid: use snake_case: licenses_used.",
    ],
    [
      "a name of a counter",
      { licenses_total: { help } },
      'gauges.licenses_total ends in _total, as counters do. Use licenses, or if boards know that name, add name: "licenses_total".',
    ],
    [
      "a name of Prometheus",
      { up: { help } },
      "gauges.up becomes the metric up, which Prometheus itself has. Put the app's name first.",
    ],
    [
      "a suffix of Prometheus",
      { licenses_info: { help } },
      "gauges.licenses_info becomes the metric licenses_info, but Prometheus adds _info to names of series. Rename it, e.g. licenses.",
    ],
    [
      "a whole that is a part of its part",
      { borrowed: { help, outOf: "licenses" }, licenses: { help, outOf: "borrowed" } },
      'gauges.borrowed.outOf is a part of borrowed itself: "licenses". Remove one of the two.',
    ],
    [
      "its unit in the name",
      { wait_seconds: { help, unit: "seconds" } },
      "gauges.wait_seconds has its unit in the name, which is added automatically: use wait.",
    ],
    [
      "an unknown unit",
      { wait: { help, unit: "ms" } },
      'gauges.wait.unit must be "seconds", "bytes" or "ratio", not "ms". Did you mean "seconds"?',
    ],
    [
      "an unknown join",
      { licenses: { help, processes: "highest" } },
      'gauges.licenses.processes must be "sum", "max" or "min", not "highest". Did you mean "max"?',
    ],
    [
      "a family that is not a metric",
      { licenses: { help, name: "Licenses used" } },
      'gauges.licenses.name must be a metric name in snake_case, e.g. "licenses_borrowed", not "Licenses used".',
    ],
    [
      "a label of Prometheus",
      { licenses: { help, labels: { job: ["a"] } } },
      "gauges.licenses.labels.job is a reserved label name. Take another, e.g. item_job.",
    ],
    [
      "too many label sets",
      { licenses: { help, labels: { a: many(40), b: many(40) } } },
      "gauges.licenses has 1600 label sets; 1000 at most. Make a label an attribute.",
    ],
    [
      "an unknown whole",
      { used: { help, outOf: "license" }, licenses: { help } },
      'gauges.used.outOf is not a gauge: "license". Did you mean "licenses"?',
    ],
    [
      "no other gauge",
      { used: { help, outOf: "all" } },
      'gauges.used.outOf is not a gauge: "all". Known: none.',
    ],
    [
      "itself as the whole",
      { used: { help, outOf: "used" }, licenses: { help } },
      "gauges.used.outOf is the gauge itself. Known: licenses.",
    ],
    [
      "a property of objects as the whole",
      { used: { help, outOf: "constructor" } },
      'gauges.used.outOf is not a gauge: "constructor". Known: none.',
    ],
    [
      "a whole with other labels",
      { used: { help, labels: { tool }, outOf: "all" }, all: { help } },
      "gauges.used.outOf must have the same labels and values as used: a share needs both for each label set.",
    ],
    [
      "a whole with other values",
      { used: { help, labels: { tool }, outOf: "all" }, all: { help, labels: { tool: ["maya", "nuke"] } } },
      "gauges.used.outOf must have the same labels and values as used: a share needs both for each label set.",
    ],
    [
      "a whole in another unit",
      { used: { help, outOf: "all", unit: "bytes" }, all: { help } },
      "gauges.used.outOf is in no unit, and used in bytes: use one.",
    ],
    [
      "a whole of other processes",
      { used: { help, outOf: "all" }, all: { help, processes: "max" } },
      "gauges.used.outOf joins processes by max, and used by sum: use one.",
    ],
    [
      "two of one family",
      { a: { help, name: "licenses" }, licenses: { help } },
      'gauges.a.name is a family of the collector or of another entry: "licenses". Take another name.',
    ],
    [
      "a family of ours",
      { sessions: { help, name: "rum_active_sessions" } },
      'gauges.sessions.name must not begin with rum_, as what the collector itself names: "rum_active_sessions". Use "active_sessions".',
    ],
    [
      "a family that lacks the unit",
      { wait: { help, unit: "seconds", name: "waiting" } },
      'gauges.wait.name must end in its unit: "waiting_seconds".',
    ],
    [
      "a suffix of a histogram",
      { licenses: { help, name: "licenses_count" } },
      'gauges.licenses.name must not end in _count, which Prometheus adds to names of series. Use "licenses".',
    ],
  ])("%s", (_, gauges, fault) => {
    expect(faultsOf(gauges)).toEqual([fault]);
  });
});

function many(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `v${index}`);
}

test("the family is the name with its unit, or the one that is given, which may end in _total", () => {
  const gauges: Record<string, GaugeSpec> = {
    used: { help, labels: { tool }, outOf: "all" },
    all: { help, labels: { tool: tool.toReversed() }, name: "licenses_total" },
    wait: { help, unit: "seconds" },
    disk: { help, unit: "bytes", processes: "max" },
  };
  const { descriptors, faults } = draftMetrics({ app: "lab", routes: [], gauges });
  expect(faults).toEqual([]);
  const own = descriptors.filter(({ help: text }) => text === help);
  expect(
    own.map(({ name, type, known, maxSeries, acrossProcesses, addsUp }) => [
      name,
      type,
      known.length,
      maxSeries,
      acrossProcesses,
      addsUp,
    ]),
  ).toEqual([
    ["used", "gauge", 0, 2, undefined, undefined],
    ["licenses_total", "gauge", 0, 2, undefined, undefined],
    ["wait_seconds", "gauge", 0, 1, "max", undefined],
    ["disk_bytes", "gauge", 0, 1, "max", true],
  ]);
});
