/** The push against a receiver that answers as it likes. The clock is the test's; sockets are real. */
import { Counter, Gauge, Histogram, Registry, Summary } from "prom-client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { STALE_BITS } from "../../../../test/support/push/decode.ts";
import { startReceiver, type TestReceiver } from "../../../../test/support/push/receiver.ts";
import type { DocumentChange, KeptDocuments } from "../journal/keptDocuments.ts";
import { collectorCounter, pageCounter, pageHistogram } from "../metrics/describeFamily.ts";
import { createRecorder, type Recorder } from "../metrics/recorder.ts";
import { createAppMetricsReader } from "../registry/readAppMetrics.ts";
import { createPush, type Push } from "./createPush.ts";
import { describePushMetrics } from "./pushMetrics.ts";
import type { RemoteWriteOptions } from "./remoteWriteOptions.ts";

const START = 1_800_000_000_000;

let now: number;
let receiver: TestReceiver;
let recorder: Recorder;
let registry: Registry;
let warned: string[];
let kept: Map<string, string>;

/** Documents that survive in `kept`. */
const documents: KeptDocuments = {
  read: (section) =>
    [...kept]
      .map(([key, text]) => [...(JSON.parse(key) as [string, string]), text] as const)
      .filter(([name]) => name === section)
      .map(([, key, text]) => [key, text] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  write: async (changes: readonly DocumentChange[]) => {
    for (const { section, key, text } of changes) {
      const id = JSON.stringify([section, key]);
      if (text === undefined) kept.delete(id);
      else kept.set(id, text);
    }
  },
};

function createCounts(): Recorder {
  const page = pageCounter("rum_picks_total", "Picks.", { color: ["red", "blue"] });
  const wait = pageHistogram("rum_wait_seconds", "Waits.", { unit: "seconds", buckets: [0.1, 1] });
  const named = { ...page, name: "rum_names_total", labels: ["name"], known: [], maxSeries: 50 };
  const level = { ...collectorCounter("rum_level", "Level."), type: "gauge" as const };
  return createRecorder([page, wait, named, level, ...describePushMetrics()], () => now);
}

beforeEach(async () => {
  now = START;
  receiver = await startReceiver();
  registry = new Registry();
  warned = [];
  kept = new Map();
  recorder = createCounts();
});
afterEach(() => receiver.stop());

function start(options: Partial<RemoteWriteOptions> = {}): Push {
  return createPush({
    options: {
      url: receiver.url,
      allowPrivateAddresses: ["127.0.0.1"],
      labels: { instance: "one" },
      ...options,
    },
    app: "shop",
    recorder,
    readAppFamilies: createAppMetricsReader(registry, { taken: new Set(), onUnreadable: () => {} }),
    defaultLabels: () => ({}),
    documents,
    onRead: () => {},
    now: () => now,
    random: () => 0.5,
    warn: (_, sentence) => void warned.push(sentence),
  });
}

/** Moves the clock by one push, and waits until nothing more is sent. */
async function nextPush(push: Push, ms = 15_000): Promise<void> {
  now += ms;
  await push.tick();
}

const pick = (color = "red", value = 1): void =>
  recorder.record({ metric: "rum_picks_total", labels: { color }, value });
const counted = (metric: string, labels: Record<string, string> = {}): number =>
  recorder.totals().find((total) => {
    return (
      total.metric === metric && Object.entries(labels).every(([name, value]) => total.labels[name] === value)
    );
  })?.value ?? 0;

test("a family is sent under its aliases as well", async () => {
  const page = pageCounter("rum_picks_total", "Picks.", { color: ["red", "blue"] });
  const aliasOf = { metric: "rum_picks_total", labels: {} };
  const alias = { ...page, name: "clicks", aliasOf };
  recorder = createRecorder([{ ...page, aliases: 1 }, alias, ...describePushMetrics()], () => now);
  pick("red", 3);
  const push = start();
  await nextPush(push, 0);
  pick("red", 4);
  await nextPush(push);
  for (const name of ["rum_picks_total", "clicks"])
    expect(receiver.samples({ __name__: name, color: "red" }).map(({ value }) => value)).toEqual([3, 7]);
  await push.close();
});

test("every sample of the exposition is sent, once an interval", async () => {
  pick("red", 3);
  recorder.record({ metric: "rum_wait_seconds", labels: {}, value: 0.5 });
  recorder.record({ metric: "rum_level", labels: {}, value: -2 });
  const push = start();
  await nextPush(push, 0);
  expect(receiver.requests).toHaveLength(1);
  const at = START;
  const values = (labels: Record<string, string>): unknown =>
    receiver.samples(labels).map(({ value }) => value);
  expect(values({ __name__: "rum_picks_total", color: "red" })).toEqual([3]);
  expect(values({ __name__: "rum_picks_total", color: "blue" })).toEqual([0]);
  expect(values({ __name__: "rum_wait_seconds_bucket", le: "0.1" })).toEqual([0]);
  expect(values({ __name__: "rum_wait_seconds_bucket", le: "1" })).toEqual([1]);
  expect(values({ __name__: "rum_wait_seconds_bucket", le: "+Inf" })).toEqual([1]);
  expect(values({ __name__: "rum_wait_seconds_sum" })).toEqual([0.5]);
  expect(values({ __name__: "rum_wait_seconds_count" })).toEqual([1]);
  expect(values({ __name__: "rum_level" })).toEqual([-2]);
  expect(receiver.samples({}).every((sample) => sample.at === at)).toBe(true);
  now += 14_000;
  await push.tick();
  expect(receiver.requests).toHaveLength(1);
  await nextPush(push, 1_000);
  expect(receiver.requests).toHaveLength(2);
});

test("a series that begins between two pushes gets a 0 just after the one before", async () => {
  const push = start();
  await nextPush(push);
  const first = now;
  recorder.record({ metric: "rum_names_total", labels: { name: "a" }, value: 7 });
  await nextPush(push);
  expect(receiver.samples({ __name__: "rum_names_total" }).map(({ at, value }) => [at, value])).toEqual([
    [first + 1, 0],
    [now, 7],
  ]);
});

test("a series that ends gets a stale marker, also one of the app", async () => {
  const gauge = new Gauge({ name: "app_cart", help: "Cart.", registers: [registry], labelNames: ["id"] });
  gauge.set({ id: "a" }, 1);
  const push = start();
  await nextPush(push);
  gauge.remove({ id: "a" });
  await nextPush(push);
  await nextPush(push);
  const samples = receiver.samples({ __name__: "app_cart" });
  expect(samples.map(({ bits }) => bits === STALE_BITS)).toEqual([false, true]);
});

test("the end sends the last values and the end of every series", async () => {
  const push = start();
  await nextPush(push);
  pick();
  now += 3_000;
  await push.close();
  const samples = receiver.samples({ __name__: "rum_picks_total", color: "red" });
  expect(samples.slice(-2).map(({ at, value, bits }) => [at, bits === STALE_BITS ? "stale" : value])).toEqual(
    [
      [now, 1],
      [now + 1, "stale"],
    ],
  );
  const last = new Map(
    receiver.taken
      .flatMap(({ series }) => series)
      .map(({ pairs, samples: all }) => [JSON.stringify(pairs), all.at(-1)!.bits]),
  );
  expect(new Set(last.values())).toEqual(new Set([STALE_BITS]));
});

test("a start marks the series of a killed process that did not come back", async () => {
  const push = start();
  recorder.record({ metric: "rum_names_total", labels: { name: "gone" }, value: 1 });
  await nextPush(push);
  recorder = createCounts();
  now += 60_000;
  const next = start();
  await nextPush(next);
  expect(receiver.samples({ __name__: "rum_names_total", name: "gone" }).at(-1)!.bits).toBe(STALE_BITS);
  expect(receiver.samples({ __name__: "rum_picks_total", color: "red" }).at(-1)!.value).toBe(0);
});

test.each([500, 502, 503, 429])("%i is sent again, with the same samples and in order", async (status) => {
  receiver.answer(() => status);
  const push = start();
  pick();
  await nextPush(push);
  await nextPush(push);
  pick();
  receiver.answer(() => 204);
  await nextPush(push, 300_000);
  const samples = receiver.samples({ __name__: "rum_picks_total", color: "red" });
  expect(samples.map(({ at, value }) => [at - START, value])).toEqual([
    [0, 0],
    [15_000, 1],
    [30_000, 1],
    [330_000, 2],
  ]);
  expect(counted("rum_push_requests_total", { outcome: "retried" })).toBeGreaterThan(0);
  expect(counted("rum_push_dropped_samples_total")).toBe(0);
});

test("Retry-After is obeyed, in seconds and as a date", async () => {
  for (const header of ["120", new Date(START + 15_000 + 120_000).toUTCString()]) {
    const before = receiver.requests.length;
    receiver.answer(() => ({ status: 429, headers: { "retry-after": header } }));
    now = START;
    kept.clear();
    const push = start();
    await nextPush(push);
    receiver.answer(() => 204);
    for (let second = 0; second < 100; second += 1) {
      now += 1_000;
      await push.tick();
    }
    expect(receiver.requests.length - before).toBe(1);
    await nextPush(push, 30_000);
  }
});

test.each([401, 403, 404, 415, 301])("%i is neither sent again nor split", async (status) => {
  receiver.answer((_, count) => (count === 1 ? { status, headers: { location: receiver.url } } : 204));
  const push = start();
  await nextPush(push);
  const first = now;
  await nextPush(push);
  expect(receiver.requests).toHaveLength(2);
  expect(receiver.samples({}).filter(({ at }) => at === first)).toEqual([]);
  expect(counted("rum_push_dropped_samples_total", { reason: "refused" })).toBeGreaterThan(0);
  expect(warned.join()).toContain(String(status));
});

test("one series that is refused costs no other, and is left out for ten minutes", async () => {
  for (let index = 0; index < 40; index += 1)
    recorder.record({ metric: "rum_names_total", labels: { name: `n${index}` }, value: index });
  receiver.answer(({ series }) => (series.some(({ labels }) => labels["name"] === "n17") ? 400 : 204));
  const push = start();
  await nextPush(push);
  const sent = receiver.samples({ __name__: "rum_names_total" });
  expect(sent.filter(({ at }) => at === now)).toHaveLength(39);
  expect(receiver.requests.length).toBeLessThan(20);
  const bodies = receiver.requests.map(({ body }) => body.toString("base64"));
  expect(new Set(bodies).size).toBe(bodies.length);
  const before = receiver.requests.length;
  await nextPush(push);
  expect(receiver.requests.length - before).toBe(1);
  receiver.answer(() => 204);
  await nextPush(push, 600_000);
  expect(receiver.samples({ name: "n17" })).not.toEqual([]);
});

test("a receiver that refuses everything gets a bounded number of requests", async () => {
  receiver.answer(() => 400);
  const push = start();
  for (let index = 0; index < 50; index += 1)
    recorder.record({ metric: "rum_names_total", labels: { name: `n${index}` }, value: 1 });
  await nextPush(push);
  expect(receiver.requests.length).toBeLessThanOrEqual(65);
  const before = receiver.requests.length;
  await nextPush(push);
  expect(receiver.requests.length - before).toBe(1);
});

test("bisect: false drops a refused request as a whole", async () => {
  receiver.answer((_, count) => (count === 1 ? 400 : 204));
  const push = start({ bisect: false });
  await nextPush(push);
  const first = now;
  await nextPush(push);
  expect(receiver.samples({}).filter(({ at }) => at === first)).toEqual([]);
});

test("what waits survives a restart, in order, and is sent before new samples", async () => {
  receiver.answer(() => 503);
  const push = start();
  for (let count = 0; count < 3; count += 1) {
    pick();
    await nextPush(push, 300_000);
  }
  expect([...kept.keys()].filter((key) => key.includes("push.spool"))).toHaveLength(3);
  const ats = [now - 600_000, now - 300_000, now];
  // Killed. The journal has the counts, too.
  receiver.answer(() => 204);
  now += 10_000;
  const next = start();
  await nextPush(next);
  const samples = receiver.samples({ __name__: "rum_picks_total", color: "red" }).slice(-4);
  expect(samples.map(({ at, value }) => [at, value])).toEqual([
    ...ats.map((at, index) => [at, index + 1]),
    [now, 3],
  ]);
  expect([...kept.keys()].filter((key) => key.includes("push.spool"))).toHaveLength(0);
});

test("samples past the horizon are dropped and counted", async () => {
  receiver.answer(() => 500);
  const push = start({ maxAgeMs: 60_000 });
  await nextPush(push);
  await nextPush(push, 30_000);
  receiver.answer(() => 204);
  now += 45_000;
  await push.tick();
  await nextPush(push, 300_000);
  expect(counted("rum_push_dropped_samples_total", { reason: "too_old" })).toBeGreaterThan(0);
  // Those of the first push waited for 75 s.
  expect(receiver.samples({}).every(({ at }) => at > START + 15_000)).toBe(true);
});

test("the spool is bounded in bytes, and drops the oldest", async () => {
  receiver.answer(() => 500);
  const push = start({ maxSpoolBytes: 65_536, maxAgeMs: 86_400_000 });
  for (let count = 0; count < 120; count += 1) {
    for (let index = 0; index < 50; index += 1)
      recorder.record({ metric: "rum_names_total", labels: { name: `n${index}` }, value: Math.random() });
    await nextPush(push);
  }
  const bytes = [...kept]
    .filter(([key]) => key.includes("push.spool"))
    .reduce((sum, [, text]) => sum + text.length, 0);
  expect(bytes).toBeLessThanOrEqual(65_536 + 4_096);
  expect(counted("rum_push_dropped_samples_total", { reason: "spool_full" })).toBeGreaterThan(0);
  push.show();
  expect(counted("rum_push_spool_used_ratio")).toBeGreaterThan(0.5);
  expect(counted("rum_push_lag_seconds")).toBe((now - START) / 1_000);
});

test("a clock that is set back sends nothing until it is past the last sample", async () => {
  const push = start();
  await nextPush(push);
  const last = now;
  now -= 60_000;
  await push.tick();
  expect(counted("rum_push_dropped_samples_total", { reason: "clock" })).toBeGreaterThan(0);
  now = last;
  await nextPush(push);
  const ats = receiver.samples({ __name__: "rum_level" }).map(({ at }) => at);
  expect(ats).toEqual(ats.toSorted((a, b) => a - b));
  expect(new Set(ats).size).toBe(ats.length);
});

test("a clock that was a year ahead, and is right now, sends again at once, also after a restart", async () => {
  now = START + 365 * 86_400_000;
  const push = start();
  await nextPush(push);
  now = START;
  await nextPush(push);
  const ats = (): readonly number[] => receiver.samples({ __name__: "rum_level" }).map(({ at }) => at);
  expect(ats().at(-1)).toBe(now);
  now = START + 365 * 86_400_000;
  await nextPush(push);
  now = START + 60_000;
  const next = start();
  await nextPush(next);
  expect(ats().at(-1)).toBe(now);
});

test("the app's metrics are sent as its registry shows them", async () => {
  const counter = new Counter({ name: "app_jobs_total", help: "Jobs.", registers: [registry] });
  const histogram = new Histogram({
    name: "app_time",
    help: "Time.",
    registers: [registry],
    buckets: [1],
    labelNames: ["job"],
  });
  const summary = new Summary({ name: "app_size", help: "Size.", registers: [registry], percentiles: [0.5] });
  counter.inc(4);
  histogram.observe({ job: "mail" }, 2);
  summary.observe(8);
  const push = start({ labels: { instance: "one", job: "shop" } });
  await nextPush(push);
  const values = (labels: Record<string, string>): unknown =>
    receiver.samples(labels).map(({ value }) => value);
  expect(values({ __name__: "app_jobs_total" })).toEqual([4]);
  // As a scrape does it with the job of its target.
  expect(values({ __name__: "app_time_bucket", le: "1", job: "shop", exported_job: "mail" })).toEqual([0]);
  expect(values({ __name__: "app_time_bucket", le: "+Inf", exported_job: "mail" })).toEqual([1]);
  expect(values({ __name__: "app_time_sum", exported_job: "mail" })).toEqual([2]);
  expect(values({ __name__: "app_size", quantile: "0.5" })).toEqual([8]);
  expect(values({ __name__: "app_size_count" })).toEqual([1]);
});
