/**
 * CPU of a collector's alerts: `npm run bench -- alerts`.
 *
 * 500 alerts of the example shop's catalog, of each kind, over its own metrics with thousands of series, are evaluated
 * once per second of a clock that does not wait. The seconds between are counted into the series; that is not measured.
 */
import { cpus } from "node:os";
import type { AlertDuration, AlertSpec, Catalog } from "@rumkit/protocol";
import { describeMetrics, type MetricDescriptor } from "@rumkit/server";
import {
  createEngine,
  createRecorder,
  createRecorderSource,
  type Recorder,
} from "@rumkit/server/internal/testing";
import { catalog as shop } from "../examples/shop/catalog.ts";
import { orShort } from "./rounds.ts";

const RULES = 500;
const SECONDS = orShort(1_800, 90);

/** Windows of alerts, the usual ones most often. */
const OVER: readonly AlertDuration[] = ["5m", "5m", "10m", "30m", "1h", "6h"];

/** Returns alerts of each kind, each with its own labels, window or limit, as teams write them. */
function alertsOver(metrics: readonly MetricDescriptor[]): Record<string, AlertSpec> {
  const counters = metrics.filter(({ type, unit }) => type === "counter" && unit !== "currency");
  const histograms = metrics.filter(({ type }) => type === "histogram");
  const gauges = metrics.filter(({ type, isInfo }) => type === "gauge" && !isInfo);
  const alerts: Record<string, AlertSpec> = {};
  for (let index = 0; index < RULES; index += 1) {
    const counter = counters[index % counters.length]!;
    const histogram = histograms[index % histograms.length]!;
    const gauge = gauges[index % gauges.length]!;
    const over = OVER[index % OVER.length]!;
    const byOf = ({ labels }: MetricDescriptor) =>
      index % 2 === 0 && labels.length > 0 ? { by: [labels[Math.floor(index / 8) % labels.length]!] } : {};
    const edges = histogram.buckets!;
    const edge = edges[Math.floor(edges.length / 2)]!;
    const kinds: readonly AlertSpec[] = [
      { when: { rate: counter.name, ...byOf(counter), over, above: 1e6 } },
      { when: { increase: counter.name, ...byOf(counter), over, above: 1e9 } },
      { when: { rate: histogram.name, ...byOf(histogram), over, above: 1e6 } },
      { when: { quantile: 0.95, of: histogram.name, ...byOf(histogram), over, above: edge } },
      { when: { share: histogram.name, within: edge, ...byOf(histogram), over, below: 0.001 } },
      { when: { gauge: gauge.name, ...byOf(gauge), above: 1e15 } },
      { when: { absent: counter.name, over } },
      { when: { rate: counter.name, over: "1h", above: 100, comparedTo: "7d" } },
    ];
    alerts[`rule_${index}`] = { for: "5m", ...kinds[index % kinds.length]! };
  }
  return alerts;
}

/** Counts into random series of every metric, as an hour of visits does. */
function fill(recorder: Recorder, metrics: readonly MetricDescriptor[], times: number): void {
  for (const metric of metrics) {
    const { known, labels, type, buckets = [] } = metric;
    for (let index = 0; index < times; index += 1) {
      const random = known[Math.floor(Math.random() * known.length)];
      const open = Object.fromEntries(labels.map((label) => [label, `value-${index % 20}`]));
      const value = type === "histogram" ? (buckets[index % buckets.length] ?? 1) : 1;
      recorder.record({ metric: metric.name, labels: random ?? open, value });
    }
  }
}

const described = describeMetrics(shop);
const catalog: Catalog = { ...shop, alerts: alertsOver(described) };
const metrics = describeMetrics(catalog);
const money = new Set(metrics.filter(({ unit }) => unit === "currency").map(({ name }) => name));
const countable = metrics.filter(({ name, side }) => !money.has(name) && side !== "collector");

let now = Date.UTC(2026, 0, 5);
const recorder = createRecorder(metrics, () => now);
const engine = createEngine({
  catalog,
  metrics,
  source: createRecorderSource(recorder),
  steadyNow: () => now,
});
fill(recorder, countable, 200);
const series = recorder.families.reduce((sum, family) => sum + family.series.size, 0);

let cpu = 0;
/** Milliseconds of CPU of each second: the event loop answers nothing else meanwhile. */
const ticks: number[] = [];
let written = 0;
let fired = 0;
for (let second = 0; second < SECONDS; second += 1) {
  now += 1_000;
  fill(recorder, countable, 2);
  const before = process.cpuUsage();
  fired += engine.evaluate(now).length;
  for (const { text = "" } of engine.save()) written += text.length;
  const { user, system } = process.cpuUsage(before);
  // The first minute compiles it.
  if (second < 60) continue;
  cpu += user + system;
  ticks.push((user + system) / 1_000);
}
ticks.sort((a, b) => a - b);

const perSecond = cpu / 1_000 / (SECONDS - 60);
console.log(`\n${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.versions.node}\n`);
console.table([
  {
    rules: engine.rules.length,
    series,
    "CPU ms each second": perSecond.toFixed(2),
    "% of a core": (perSecond / 10).toFixed(2),
    "p99 ms": (ticks[Math.floor(ticks.length * 0.99)] ?? 0).toFixed(1),
    "longest ms": (ticks.at(-1) ?? 0).toFixed(1),
    "MB of windows": (engine.bytes / 1e6).toFixed(1),
    "kB written a minute": (written / 1e3 / (SECONDS / 60)).toFixed(0),
    changes: fired,
  },
]);
