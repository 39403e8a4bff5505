/** One way to answer a scrape of 100,000 series, alone in a process: fills itself, then measures itself. */
import { readFileSync, writeFileSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import * as successor from "@prometheus-io/client";
import * as promClient from "prom-client";
import type { MetricDescriptor } from "@rumkit/server";
import { createExemplars, createExposition, createRecorder } from "@rumkit/server/internal/testing";
import { orShort } from "../rounds.ts";
import type { Measured } from "./measured.ts";
import { EDGES, labelsOf, NAMES, SERIES, UNBOUNDED } from "./series.ts";

/** Renders everything and returns how many bytes that was. */
type Scrape = () => Promise<number>;

type Kind = "counters" | "histograms";

function createRumkit(kind: Kind): Scrape {
  const isHistogram = kind === "histograms";
  const name = isHistogram ? "bench_seconds" : "bench_total";
  const descriptors: MetricDescriptor[] = [
    {
      name,
      type: isHistogram ? "histogram" : "counter",
      help: "For a measurement.",
      unit: isHistogram ? "seconds" : "none",
      side: "backend",
      labels: NAMES,
      known: [],
      maxSeries: SERIES,
      ...(isHistogram && { buckets: EDGES }),
    },
  ];
  const { families, record } = createRecorder(descriptors, undefined, UNBOUNDED);
  for (let index = 0; index < SERIES; index += 1)
    record({ metric: name, labels: labelsOf(index), value: index % 25 });
  const { open } = createExposition({
    families,
    exemplars: createExemplars(Date.now),
    readAppFamilies: async () => [],
    onRender: () => {},
  });
  return async () => {
    const scrape = open({ format: "text", coding: "identity", names: [], zeroMs: 0 }, () => {});
    let bytes = 0;
    for (let chunk = await scrape.next(); chunk; chunk = await scrape.next()) bytes += chunk.length;
    scrape.leave();
    return bytes;
  };
}

function createLibrary({ Registry, Counter, Histogram }: typeof promClient, kind: Kind): Scrape {
  const registry = new Registry();
  const config = { help: "For a measurement.", labelNames: NAMES, registers: [registry] };
  if (kind === "counters") {
    const counter = new Counter({ name: "bench_total", ...config });
    for (let index = 0; index < SERIES; index += 1) counter.inc(labelsOf(index), index % 25);
  } else {
    const histogram = new Histogram({ name: "bench_seconds", buckets: [...EDGES], ...config });
    for (let index = 0; index < SERIES; index += 1) histogram.observe(labelsOf(index), index % 25);
  }
  return async () => Buffer.from(await registry.metrics()).length;
}

function create(subject: string, kind: Kind): Scrape {
  if (subject === "rumkit") return createRumkit(kind);
  // Both libraries have the same functions, but different types.
  return createLibrary(
    subject === "prom-client" ? promClient : (successor as unknown as typeof promClient),
    kind,
  );
}

/** Linux keeps the highest resident size of a process, and forgets it when told so (proc(5), `clear_refs`). */
function resident(field: "VmRSS" | "VmHWM"): number {
  const status = readFileSync("/proc/self/status", "utf8");
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
}

/** Milliseconds that this thread has computed. */
function computed(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

async function measure(scrape: Scrape): Promise<Measured> {
  globalThis.gc?.();
  await nextTurn();
  writeFileSync("/proc/self/clear_refs", "5");
  const before = resident("VmRSS");
  let block = 0;
  let blockCpu = 0;
  let isRunning = true;
  let last = performance.now();
  let lastCpu = computed();
  const turn = (): void => {
    const now = performance.now();
    const cpu = computed();
    block = Math.max(block, now - last);
    blockCpu = Math.max(blockCpu, cpu - lastCpu);
    last = now;
    lastCpu = cpu;
    if (isRunning) setImmediate(turn);
  };
  setImmediate(turn);
  await nextTurn();
  const start = performance.now();
  const startCpu = computed();
  const bytes = await scrape();
  const total = performance.now() - start;
  const totalCpu = computed() - startCpu;
  await nextTurn();
  isRunning = false;
  return { total, totalCpu, block, blockCpu, bytes, memory: resident("VmHWM") - before };
}

const [subject = "", kind = ""] = process.argv.slice(2);
const scrape = create(subject, kind as Kind);
// The first scrape of a process is slower with all of them: code is cold, and labels are rendered.
const first = await measure(scrape);
// A label set takes some 90 bytes a line.
if (first.bytes < SERIES * 80) throw new Error(`${subject} shows ${first.bytes} bytes: series are missing.`);
await scrape();
const steady: Measured[] = [];
for (let round = 0; round < orShort(5); round += 1) steady.push(await measure(scrape));
// Whatever a library still has open: its figures are out.
process.send?.({ first, steady }, () => process.exit());
