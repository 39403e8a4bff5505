import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createMemoryLog, type MemoryLog } from "../../../../test/support/cluster/memoryLog.ts";
import { expectSoon } from "../../../../test/support/expectSoon.ts";
import type { ShownEvent } from "../base/shownEvents.ts";
import { steadyNow } from "../base/steadyNow.ts";
import type { Journal } from "../journal/journal.ts";
import type { KeptDocuments } from "../journal/keptDocuments.ts";
import { createMemoryJournal } from "../journal/memoryJournal.ts";
import { openSqliteJournal } from "../journal/sqliteJournal.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { createRecorder, type Recorder } from "../metrics/recorder.ts";
import type { SavedSeries } from "../metrics/restoreSeries.ts";
import type { Sample } from "../metrics/sample.ts";
import { beginEpoch } from "./frameEpoch.ts";
import { framesPart } from "./describeFrameMetrics.ts";
import { createFrameAges } from "./frameAges.ts";
import { createLiveRole } from "./createLiveRole.ts";
import { type MergeFrame, readMergeFrame, type SeriesTotal, writeFrame } from "./frame.ts";
import { createFrameCounts, createFrameReader } from "./frameCounts.ts";
import { createFrameSources } from "./frameSources.ts";
import { createFrameTaker, type FrameTaker } from "./frameTaker.ts";
import { createFrameWriter, type FrameWriter } from "./frameWriter.ts";
import { createWaitingMoments } from "./seenMoments.ts";
import { createSourceTotals, isSourceSeries } from "./sourceTotals.ts";

const base = { help: "Counted.", side: "page", known: [], maxSeries: 100 } as const;
const metrics: readonly MetricDescriptor[] = [
  { ...base, name: "views_total", type: "counter", unit: "none", labels: ["route"] },
  { ...base, name: "revenue_total", type: "counter", unit: "currency", labels: ["currency"] },
  {
    ...base,
    name: "load_seconds",
    type: "histogram",
    unit: "seconds",
    labels: ["route"],
    buckets: [0.1, 0.5, 1, 2.5, 5],
  },
  { ...base, name: "rum_active_sessions", side: "collector", type: "gauge", unit: "none", labels: [] },
  ...framesPart.describe!({ app: "shop", routes: ["/"] }, { role: "live", partitions: 1 }),
  {
    ...base,
    name: "rum_worker_samples_refused_total",
    side: "collector",
    type: "counter",
    unit: "none",
    labels: [],
  },
];

const view = (route: string, times = 1): Sample => ({
  metric: "views_total",
  labels: { route },
  value: 1,
  times,
});
const paid = (value: number): Sample => ({ metric: "revenue_total", labels: { currency: "EUR" }, value });
const load = (value: number): Sample => ({ metric: "load_seconds", labels: { route: "/" }, value });

let log: MemoryLog;
let folder: string;
let ends: (() => Promise<unknown>)[];
beforeEach(() => {
  log = createMemoryLog();
  folder = mkdtempSync(join(tmpdir(), "rumkit-frames-"));
  ends = [];
});
afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  rmSync(folder, { recursive: true });
});

/** A recorder that continues another, as after a restart with a journal. */
function continued(before: Recorder): Recorder {
  const recorder = createRecorder(metrics, steadyNow);
  const saved = before.families.flatMap(({ descriptor, series }) =>
    [...series].map(({ labels, ...values }): SavedSeries => {
      const name = { metric: descriptor.name, labels };
      if (values.kind === "histogram")
        return { ...name, buckets: descriptor.buckets!, counts: [...values.counts], sum: values.sum };
      return values.kind === "money"
        ? { ...name, minorUnits: values.minorUnits }
        : { ...name, value: values.value };
    }),
  );
  recorder.restore(saved);
  return recorder;
}

/** Documents that the next start of a process finds. */
function createDocuments(): KeptDocuments {
  const kept = new Map<string, string>();
  return {
    read: () => [...kept],
    write: async (changes) => {
      for (const { key, text } of changes) if (text !== undefined) kept.set(key, text);
    },
  };
}

function startAggregator(
  name: string,
  recorder = createRecorder(metrics, steadyNow),
  documents: KeptDocuments = createDocuments(),
): { recorder: Recorder; writer: FrameWriter; documents: KeptDocuments } {
  const writer = createFrameWriter({
    broker: log,
    name,
    recorder,
    epoch: () => beginEpoch(documents, Date.now),
    onFailure: () => {},
  });
  ends.push(() => writer.close(1_000));
  return { recorder, writer, documents };
}

interface Live {
  readonly recorder: Recorder;
  readonly taker: FrameTaker;
  /** Counts that sinks saw: those that windows show. */
  readonly seen: Map<string, number>;
}

function startLive(journal: Journal = createMemoryJournal()): Live {
  const recorder = createRecorder(metrics, steadyNow);
  const seen = new Map<string, number>();
  const saved = recorder.restore(journal.saved).filter(isSourceSeries);
  recorder.onCount(() => ({ descriptor: { name } }, value, times) => {
    seen.set(name, (seen.get(name) ?? 0) + value * times);
  });
  const taker = createFrameTaker({
    broker: log,
    name: "live-0",
    recorder,
    journal,
    saved,
    onFrame: () => {},
    onFailure: () => {},
    now: Date.now,
  });
  ends.push(taker.close);
  return { recorder, taker, seen };
}

/** Number and sum by series, and the observations of each bucket. */
function totalsOf(...recorders: readonly Recorder[]): Record<string, readonly number[]> {
  const sums: Record<string, number[]> = {};
  for (const { families } of recorders)
    for (const { descriptor, series } of families)
      for (const each of series) {
        if (descriptor.side === "collector") continue;
        const values =
          each.kind === "histogram" ? [...each.counts, each.sum] : [each.value + Number(each.minorUnits)];
        const key = `${descriptor.name} ${JSON.stringify(each.labels)}`;
        sums[key] = values.map((value, index) => Math.round((value + (sums[key]?.[index] ?? 0)) * 1e6) / 1e6);
      }
  return sums;
}

const untilEqual = (live: Live, ...recorders: readonly Recorder[]): Promise<void> =>
  expectSoon(() => totalsOf(live.recorder)).toEqual(totalsOf(...recorders));

test("counts, money and observations of three aggregators add up", async () => {
  const aggregators = ["a", "b", "c"].map((name) => startAggregator(name));
  const live = startLive();
  for (const [index, { recorder }] of aggregators.entries()) {
    for (let time = 0; time <= index; time += 1) recorder.record(view("/"));
    recorder.record(paid(1234 + index));
    recorder.record(load(0.3 * (index + 1)));
  }
  await untilEqual(live, ...aggregators.map(({ recorder }) => recorder));
  expect(totalsOf(live.recorder)['revenue_total {"currency":"EUR"}']).toEqual([1234 + 1235 + 1236]);
});

test("counts that were committed and not published before a SIGKILL follow once, as counts of this moment", async () => {
  const first = startAggregator("a");
  const live = startLive();
  first.recorder.record(view("/", 5));
  await untilEqual(live, first.recorder);
  log.stopTaking();
  first.recorder.record(view("/", 3));
  first.recorder.record(paid(999));
  first.recorder.record(load(0.7));
  first.recorder.record(load(7));
  await log.untilRefused();
  log.forget();
  const second = startAggregator("a", continued(first.recorder), first.documents);
  log.startTaking();
  await untilEqual(live, second.recorder);
  second.recorder.record(view("/", 2));
  await untilEqual(live, second.recorder);
  expect(live.seen.get("views_total")).toBe(10);
});

test("a frame whose acknowledgement was lost, and that arrives again, counts once", async () => {
  const { recorder } = startAggregator("a");
  const live = startLive();
  recorder.record(view("/"));
  await untilEqual(live, recorder);
  log.loseAcknowledgements(3);
  recorder.record(view("/", 7));
  recorder.record(paid(5));
  await untilEqual(live, recorder);
  await log.untilTaken(4);
  recorder.record(view("/a"));
  await untilEqual(live, recorder);
});

test("a frame of a killed process that arrives after its next start does not count twice", async () => {
  const first = startAggregator("a");
  const live = startLive();
  first.recorder.record(view("/"));
  await untilEqual(live, first.recorder);
  log.stopTaking();
  first.recorder.record(view("/", 4));
  const late = await log.untilRefused();
  log.forget();
  const second = startAggregator("a", continued(first.recorder), first.documents);
  log.startTaking();
  await untilEqual(live, second.recorder);
  await log.publish("frames", late);
  second.recorder.record(view("/b"));
  await untilEqual(live, second.recorder);
});

test("a live role that starts late has the same totals, and shows no increase", async () => {
  const { recorder } = startAggregator("a");
  recorder.record(view("/", 1_000));
  recorder.record(paid(100_000));
  for (const value of [0.05, 0.3, 0.3, 2, 9]) recorder.record(load(value));
  await log.untilTaken(2);
  const live = startLive();
  await untilEqual(live, recorder);
  expect(live.seen.get("views_total") ?? 0).toBe(0);
  recorder.record(view("/"));
  await untilEqual(live, recorder);
  expect(live.seen.get("views_total")).toBe(1);
  await expectSoon(live.taker.isCaughtUp).toBe(true);
});

test("a live role that restarts with its journal counts what came meanwhile once", async () => {
  const { recorder } = startAggregator("a");
  const path = join(folder, "live.journal");
  const journal = await openSqliteJournal({ path });
  const first = startLive(journal);
  recorder.record(view("/", 5));
  recorder.record(load(0.3));
  await untilEqual(first, recorder);
  await first.taker.close();
  await journal.close();
  recorder.record(view("/", 6));
  recorder.record(paid(10));
  await log.untilTaken(1);
  const again = await openSqliteJournal({ path });
  const second = startLive(again);
  ends.unshift(again.close);
  await untilEqual(second, recorder);
  expect(second.seen.get("views_total")).toBe(6);
});

test("a live role that was away for longer than the log keeps frames comes to the same totals, and shows no increase", async () => {
  const { recorder } = startAggregator("a");
  const path = join(folder, "live.journal");
  const journal = await openSqliteJournal({ path });
  const first = startLive(journal);
  recorder.record(view("/", 5));
  await untilEqual(first, recorder);
  await first.taker.close();
  await journal.close();
  recorder.record(view("/", 60));
  recorder.record(load(1.5));
  await log.untilTaken(1);
  await log.trim();
  const again = await openSqliteJournal({ path });
  const second = startLive(again);
  ends.unshift(again.close);
  await untilEqual(second, recorder);
  expect(second.seen.get("views_total") ?? 0).toBe(0);
});

test("a series that ended and came again counts from 0 at its aggregator, and on at the live role", async () => {
  const { recorder } = startAggregator("a");
  const live = startLive();
  recorder.record(view("/gone", 4));
  await expectSoon(() => totalsOf(live.recorder)['views_total {"route":"/gone"}']).toEqual([4]);
  const family = recorder.families.find(({ descriptor }) => descriptor.name === "views_total")!;
  expect(family.mayEnd([...family.series][0]!)).toBe(true);
  recorder.endValue("route", "/gone");
  recorder.record(view("/gone", 3));
  await expectSoon(() => totalsOf(live.recorder)['views_total {"route":"/gone"}']).toEqual([7]);
});

test("a large frame is divided, and counts as a whole", async () => {
  const wide = metrics.map((metric) => ({ ...metric, maxSeries: 5_000 }));
  const recorder = createRecorder(wide, steadyNow, { perMetric: 5_000 });
  startAggregator("a", recorder);
  for (let route = 0; route < 3_000; route += 1) recorder.record(view(`/${"long".repeat(20)}/${route}`));
  await log.untilTaken(3);
  expect(Math.max(...log.sizes())).toBeLessThan(300_000);
});

const anEvent: ShownEvent = { type: "page_view", source: "page", name: "/", count: 1, details: {} };

const SOURCE = "0b9d3c2e-7f1a-4c55-9a43-5d2f8e6b1a70";

/** A frame of an aggregator that a test writes by itself. */
const frameOf = (number: number, content: Partial<MergeFrame>): MergeFrame => ({
  v: 1,
  source: SOURCE,
  name: "a",
  epoch: 1,
  number,
  at: Date.now(),
  ...content,
});

async function publishFrame(number: number, content: Partial<MergeFrame>): Promise<void> {
  await log.publish("frames", { id: String(number), body: writeFrame(frameOf(number, content)) });
}

const total = (route: string, value: number): SeriesTotal => ({
  metric: "views_total",
  labels: { route },
  value,
});

/** Until it has asked for totals: it reads from the end of the log on. */
const untilAsking = (): Promise<void> =>
  expectSoon(async () => (await log.records.read("frames.wanted")) !== undefined).toBe(true);

test("totals of which a part is lost do not count, and the next ones do not count twice", async () => {
  const live = startLive();
  await untilAsking();
  const all = [total("/a", 5), total("/b", 7), total("/c", 1)];
  await publishFrame(1, { begins: "start", totals: all, completes: true });
  await publishFrame(2, { begins: "request", totals: all.slice(0, 1) });
  // The third one had the second total.
  await publishFrame(4, { totals: all.slice(2), completes: true });
  await publishFrame(5, { begins: "request", totals: all, completes: true });
  await publishFrame(6, { series: [{ metric: "views_total", labels: { route: "/c" }, counted: [[1, 1]] }] });
  await expectSoon(() => totalsOf(live.recorder)).toEqual({
    'views_total {"route":"/a"}': [5],
    'views_total {"route":"/b"}': [7],
    'views_total {"route":"/c"}': [2],
  });
  await publishFrame(6, {});
  await log.publish("frames", { id: "odd", body: Buffer.from("not a frame") });
  await expectSoon(() => valuesOf(live.recorder, "rum_frames_total")).toEqual({
    counted: 5,
    repeated: 1,
    unreadable: 1,
    missed: 1,
  });
});

/** The values of a family by its one label, without those that are unknown. */
function valuesOf({ families }: Recorder, name: string): Record<string, number> {
  const { series } = families.find(({ descriptor }) => descriptor.name === name)!;
  return Object.fromEntries(
    [...series].flatMap((each) =>
      each.kind === "histogram" || Number.isNaN(each.value)
        ? []
        : [[Object.values(each.labels)[0], each.value]],
    ),
  );
}

test("the newest frame of an aggregator has an age until the aggregator ends, or was silent for an hour", () => {
  const recorder = createRecorder(metrics, steadyNow);
  let now = 10_000;
  const ages = createFrameAges(recorder.record, () => now);
  const shown = (): Record<string, number> => {
    ages.show();
    return valuesOf(recorder, "rum_frames_age_seconds");
  };
  ages.see(frameOf(1, { at: 8_000 }));
  ages.see(frameOf(1, { at: 12_000, name: "b" }));
  ages.see(frameOf(1, { at: 10_000, name: "c" }));
  expect(shown()).toEqual({ a: 2, b: 0, c: 0 });
  ages.see(frameOf(2, { at: 10_000, name: "c", isLast: true }));
  now += 3_600_000 - 1_000;
  expect(shown()).toEqual({ b: 3_597 });
});

test("an aggregator that is silent is not asked for the counts of a frame that was lost", () => {
  const recorder = createRecorder(metrics, steadyNow);
  const totals = createSourceTotals([]);
  let now = 0;
  const sources = createFrameSources(createFrameReader(recorder, totals), totals, () => now);
  sources.add(createFrameCounts(), frameOf(7, {}), false);
  now = 9_000;
  expect(sources.needTotals()).toBe(true);
  now = 10_000;
  expect(sources.needTotals()).toBe(false);
  sources.add(createFrameCounts(), frameOf(8, {}), false);
  expect(sources.needTotals()).toBe(true);
});

test("an aggregator whose journal fails at the start publishes frames once it has recovered", async () => {
  const live = startLive();
  const recorder = createRecorder(metrics, steadyNow);
  let failures = 2;
  const documents = createDocuments();
  const writer = createFrameWriter({
    broker: log,
    name: "a",
    recorder,
    epoch: () =>
      failures-- > 0 ? Promise.reject(new Error("The disk is full.")) : beginEpoch(documents, Date.now),
    onFailure: () => {},
  });
  ends.push(() => writer.close(1_000));
  recorder.record(view("/", 3));
  await untilEqual(live, recorder);
});

test("while the log takes no frames, events of ten seconds wait, and the others are counted by type", () => {
  let now = 0;
  const { seen, take } = createWaitingMoments(() => now);
  const events = {
    length: 1,
    errors: 0,
    errorTimes: 0,
    types: () => ["page_view"],
    describe: () => [anEvent],
    pageErrors: () => [],
  };
  for (now = 0; now < 60_000; now += 10) seen.events(events, now);
  const taken = take()!;
  expect([taken.moments.length, taken.skipped]).toEqual([3_000, { page_view: 3_000 }]);
});

test("a frame that names more missing events than there can be is shown with a bounded number of them", async () => {
  const shown: (readonly string[])[] = [];
  const role = createLiveRole(
    { recorder: createRecorder(metrics, steadyNow), journal: createMemoryJournal() },
    {
      cluster: { role: "live", broker: log as never, name: "live-0" },
      processes: { take: () => {} },
      tap: {
        events: (events) => void shown.push(events.types()),
        skippedErrors: () => {},
        vital: () => {},
        release: () => {},
      },
      saved: [],
      onFailure: () => {},
    },
  );
  ends.push(async () => role.close?.());
  await untilAsking();
  await publishFrame(1, {
    seen: {
      moments: [{ at: Date.now(), events: [anEvent], errors: [] }],
      skipped: { b: 2 ** 40, c: 1 },
      skippedErrors: 0,
      vitals: [],
      releases: [],
    },
  });
  await expectSoon(() => shown.length).toBe(1);
  expect(shown[0]!.length).toBe(10_001);
});

test("a frame whose source is not the identity of a journal is refused", () => {
  expect(readMergeFrame(writeFrame(frameOf(1, {}))).source).toBe(SOURCE);
  for (const source of ["heads", "log", "a b", ""])
    expect(() => readMergeFrame(writeFrame(frameOf(1, { source })))).toThrow("not a frame");
});
