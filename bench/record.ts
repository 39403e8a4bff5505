/**
 * Nanoseconds of one count on a series that exists: `npm run bench -- record`.
 *
 * All run in turns in one process, many short rounds each; of each the best round counts, because noise only
 * ever slows down. Ours has the live page's windows attached, as in a collector; the libraries do nothing else.
 */
import { cpus } from "node:os";
import { defineCatalog } from "@rumkit/protocol";
import * as successor from "@prometheus-io/client";
import * as promClient from "prom-client";
import { describeMetrics } from "@rumkit/server";
import {
  createCalendar,
  createHistory,
  createLive,
  createRecorder,
  createScrubber,
} from "@rumkit/server/internal/testing";
import { orShort } from "./rounds.ts";

const ROUNDS = orShort(400);
const COUNTS = 4_608;

const LABELS = ["route", "navigation", "device", "browser", "connection", "experience"] as const;
type LabelSet = Record<(typeof LABELS)[number], string>;

const values: Record<(typeof LABELS)[number], readonly string[]> = {
  route: Array.from({ length: 32 }, (_, index) => `/products/category-${index}/items`),
  navigation: ["hard", "soft", "bfcache"],
  device: ["desktop", "mobile"],
  browser: ["chrome", "firefox", "safari"],
  connection: ["3g", "4g"],
  experience: ["good", "poor", "unknown"],
};

/** Every third of the 3,456 sets, in an order that jumps through memory. */
const sets: readonly LabelSet[] = LABELS.reduce<Partial<LabelSet>[]>(
  (partial, label) => partial.flatMap((set) => values[label].map((value) => ({ ...set, [label]: value }))),
  [{}],
)
  .map((set, index) => ({ set: set as LabelSet, place: (index * 7919) % 3456 }))
  .filter(({ place }) => place % 3 === 0)
  .toSorted((a, b) => a.place - b.place)
  .map(({ set }) => set);
const [first] = sets as [LabelSet];

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** From the first bucket to the one above the last edge. */
const SECONDS = [0.004, 0.03, 0.2, 0.007, 1.2, 0.08, 40, 0.6];

/** Counts `COUNTS` times. Each is a separate function, so that V8 fits each loop to what it calls. */
interface Subject {
  readonly title: string;
  readonly rows: Readonly<Record<string, () => void>>;
}

const ROWS = [
  "6 labels, one set",
  "6 labels, 64 sets in turns",
  "6 labels, 1,152 sets in turns",
  "kept child",
  "kept child that a live figure reads",
  "histogram of 12 buckets, kept child",
  "the same, read by the table of durations",
  "histogram of 12 buckets, 1 label",
  "money, 2 labels",
] as const;

/** A recorder with the live page's windows attached, and every label set counted once. */
function createBenchRecorder() {
  const catalog = defineCatalog({
    app: "shop",
    routes: ["/"],
    conversions: { purchase: { help: "Orders.", from: "server", value: { money: ["USD"] } } },
  });
  const base = { help: "A sentence.", unit: "none", side: "page", known: [], maxSeries: 5_000 } as const;
  const recorder = createRecorder(
    [
      ...describeMetrics(catalog),
      { ...base, name: "bench_total", type: "counter", labels: LABELS },
      {
        ...base,
        name: "bench_seconds",
        type: "histogram",
        unit: "seconds",
        labels: ["route"],
        buckets: BUCKETS,
      },
      // Alike, with a name that the table of durations reads.
      {
        ...base,
        name: "job_duration_seconds",
        type: "histogram",
        unit: "seconds",
        labels: ["job_name"],
        buckets: BUCKETS,
      },
    ],
    undefined,
    { perMetric: 5_000 },
  );
  const calendar = createCalendar();
  const history = createHistory({ wallNow: Date.now, steadyNow: Date.now, calendar });
  createLive({ catalog, recorder, scrub: createScrubber(), history, calendar, now: Date.now });
  for (const labels of sets) recorder.record({ metric: "bench_total", labels, value: 1 });
  return recorder;
}

function ours(): Subject {
  const { record, child } = createBenchRecorder();
  const kept = child("bench_total", first);
  const read = child("http_requests_total", { method: "GET", route: "/", status: "200" });
  const observed = child("bench_seconds", { route: "/" });
  const tabled = child("job_duration_seconds", { job_name: "mail" });
  const money = { conversion: "purchase", currency: "USD" };
  return {
    title: "rumkit",
    rows: {
      "6 labels, one set": () => {
        for (let index = 0; index < COUNTS; index += 1)
          record({ metric: "bench_total", labels: first, value: 1 });
      },
      "6 labels, 64 sets in turns": () => {
        for (let index = 0; index < COUNTS; index += 1) {
          record({ metric: "bench_total", labels: sets[index & 63]!, value: 1 });
        }
      },
      "6 labels, 1,152 sets in turns": () => {
        for (let index = 0; index < COUNTS; index += 1) {
          record({ metric: "bench_total", labels: sets[index % sets.length]!, value: 1 });
        }
      },
      "kept child": () => {
        for (let index = 0; index < COUNTS; index += 1) kept.add(1);
      },
      "kept child that a live figure reads": () => {
        for (let index = 0; index < COUNTS; index += 1) read.add(1);
      },
      "histogram of 12 buckets, kept child": () => {
        for (let index = 0; index < COUNTS; index += 1) observed.add(SECONDS[index & 7]!);
      },
      "the same, read by the table of durations": () => {
        for (let index = 0; index < COUNTS; index += 1) tabled.add(SECONDS[index & 7]!);
      },
      "histogram of 12 buckets, 1 label": () => {
        for (let index = 0; index < COUNTS; index += 1) {
          record({ metric: "bench_seconds", labels: { route: "/" }, value: SECONDS[index & 7]! });
        }
      },
      "money, 2 labels": () => {
        for (let index = 0; index < COUNTS; index += 1) {
          record({ metric: "revenue_total", labels: money, value: 1999 });
        }
      },
    },
  };
}

/** The metrics of a library, with every label set counted once. */
function createLibraryMetrics({ Counter, Histogram, Registry }: typeof promClient) {
  const registers = [new Registry()];
  const counter = new Counter({ name: "bench_total", help: "A.", labelNames: LABELS, registers });
  const histogram = new Histogram({
    name: "bench_seconds",
    help: "A.",
    labelNames: ["route"],
    buckets: BUCKETS,
    registers,
  });
  const money = new Counter({
    name: "money_total",
    help: "A.",
    labelNames: ["conversion", "currency"],
    registers,
  });
  for (const labels of sets) counter.inc(labels);
  return { counter, histogram, money };
}

function library(title: string, module: typeof promClient): Subject {
  const { counter, histogram, money } = createLibraryMetrics(module);
  const kept = counter.labels(first);
  const observed = histogram.labels({ route: "/" });
  const paid = { conversion: "purchase", currency: "USD" };
  return {
    title,
    rows: {
      "6 labels, one set": () => {
        for (let index = 0; index < COUNTS; index += 1) counter.inc(first);
      },
      "6 labels, 64 sets in turns": () => {
        for (let index = 0; index < COUNTS; index += 1) counter.inc(sets[index & 63]!);
      },
      "6 labels, 1,152 sets in turns": () => {
        for (let index = 0; index < COUNTS; index += 1) counter.inc(sets[index % sets.length]!);
      },
      "kept child": () => {
        for (let index = 0; index < COUNTS; index += 1) kept.inc();
      },
      "histogram of 12 buckets, kept child": () => {
        for (let index = 0; index < COUNTS; index += 1) observed.observe(SECONDS[index & 7]!);
      },
      "histogram of 12 buckets, 1 label": () => {
        for (let index = 0; index < COUNTS; index += 1)
          histogram.observe({ route: "/" }, SECONDS[index & 7]!);
      },
      "money, 2 labels": () => {
        for (let index = 0; index < COUNTS; index += 1) money.inc(paid, 19.99);
      },
    },
  };
}

const subjects = [
  ours(),
  library("prom-client 15", promClient),
  library("@prometheus-io/client 0.16", successor as unknown as typeof promClient),
];

const best = new Map<() => void, number>();
for (let round = 0; round < ROUNDS; round += 1) {
  for (const run of subjects.flatMap(({ rows }) => Object.values(rows))) {
    const start = process.hrtime.bigint();
    run();
    const nanoseconds = Number(process.hrtime.bigint() - start) / COUNTS;
    best.set(run, Math.min(best.get(run) ?? Number.POSITIVE_INFINITY, nanoseconds));
  }
}

const cell = (run: (() => void) | undefined): string => (run ? best.get(run)!.toFixed(1) : "");
console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.versions.node}; ns a count\n`);
console.log(`| what | ${subjects.map(({ title }) => title).join(" | ")} |`);
console.log(`| --- | ${subjects.map(() => "---:").join(" | ")} |`);
for (const row of ROWS)
  console.log(`| ${row} | ${subjects.map(({ rows }) => cell(rows[row])).join(" | ")} |`);
