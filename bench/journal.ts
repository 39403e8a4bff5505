/**
 * The cost of the SQLite journal: `npm run bench -- journal`.
 *
 * CPU is that of the main thread alone, which answers requests: the disk and its CPU are another thread's. Then
 * how long a start takes that finds a million ids.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { type Journal, type JournalEntry, openSqliteJournal } from "@rumkit/server";
import { createId } from "./batch.ts";
import { orShort } from "./rounds.ts";

type Increment = JournalEntry["increments"][number];

/** A batch of ten events comes to about so many increments. */
const INCREMENTS = 25;
const SERIES = 500;
const ENTRIES = orShort(100_000, 500);
/** Entries that wait for the disk at the same time: 32 connections, as in the benchmark of `/collect`. */
const AT_ONCE = 32;
const IDS = orShort(1_000_000, 4_000);

const folder = mkdtempSync(join(tmpdir(), "rumkit-bench-"));
const path = join(folder, "metrics.journal");
const series = Array.from({ length: SERIES }, (_, index) => createSeries(index));
const percentile = (sorted: readonly number[], q: number): number =>
  sorted[Math.floor(q * (sorted.length - 1))] ?? NaN;

function createSeries(index: number): Increment["series"] {
  const descriptor = {
    name: `rum_bench_${index % 40}_total`,
    type: "counter",
    help: "Bench.",
    unit: "none",
    side: "page",
    labels: ["route", "device"],
    known: [],
    maxSeries: 1000,
  } as const;
  const labels = { route: `/product/${index}`, device: "mobile" };
  return { descriptor, labels, value: 0, minorUnits: 0n } as unknown as Increment["series"];
}

function createEntry(index: number): JournalEntry {
  const increments = Array.from({ length: INCREMENTS }, (_, place) => ({
    series: series[(index * 7 + place * 13) % SERIES]!,
    // One in five is a measurement, the rest count one.
    value: place % 5 === 0 ? 0.123 * place : 1,
    times: 1,
  }));
  const key = createId(index);
  return { key, from: "page", fingerprint: key.repeat(2), at: 1_795_000_000_000 + index, increments };
}

/**
 * Microseconds an entry, of encoding alone: nothing is awaited while it is measured. The lowest tenth of rounds as
 * short as these is the code's own; what others do to the processor only adds.
 */
async function measureAppend(journal: Journal): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < orShort(600, 2); round += 1) {
    const entries = Array.from({ length: 100 }, (_, index) => createEntry(1e9 + round * 100 + index));
    const kept: Promise<unknown>[] = [];
    const start = performance.now();
    for (const entry of entries) kept.push(journal.append(entry));
    times.push(((performance.now() - start) * 1000) / entries.length);
    await Promise.all(kept);
  }
  return percentile(
    times.toSorted((a, b) => a - b),
    0.1,
  );
}

/** Entries a second with so many waiting at once, and the CPU that the main thread spent on each. */
async function measureThroughput(
  journal: Journal,
): Promise<{ perSecond: number; cpuMicros: number; commits: number[]; entriesEach: number }> {
  const entries = Array.from({ length: ENTRIES }, (_, index) => createEntry(index));
  const commits: number[] = [];
  journal.onCommit?.(({ seconds }) => commits.push(seconds * 1000));
  let next = 0;
  const run = async (): Promise<void> => {
    for (let entry = entries[next++]; entry; entry = entries[next++]) await journal.append(entry);
  };
  const { user, system } = process.threadCpuUsage();
  const start = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, run));
  const seconds = (performance.now() - start) / 1000;
  const cpu = process.threadCpuUsage({ user, system });
  return {
    perSecond: ENTRIES / seconds,
    cpuMicros: (cpu.user + cpu.system) / ENTRIES,
    entriesEach: ENTRIES / commits.length,
    commits: commits.toSorted((a, b) => a - b),
  };
}

/** Milliseconds until a journal is open that has a million ids. */
async function measureStart(): Promise<number[]> {
  const filled = await openSqliteJournal({ path });
  for (let index = 0; index < IDS; index += 2000) {
    const some = Array.from({ length: 2000 }, (_, place) => ({
      ...createEntry(2e9 + index + place),
      increments: [],
    }));
    await Promise.all(some.map(filled.append));
  }
  await filled.close();
  const times: number[] = [];
  for (let start = 0; start < orShort(5); start += 1) {
    const begin = performance.now();
    const journal = await openSqliteJournal({ path });
    times.push(performance.now() - begin);
    await journal.close();
  }
  return times.toSorted((a, b) => a - b);
}

console.log(`\n${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}\n`);
const journal = await openSqliteJournal({ path });
const { perSecond, cpuMicros, commits, entriesEach } = await measureThroughput(journal);
const append = await measureAppend(journal);
await journal.close();
const starts = await measureStart();
console.table({
  [`append of ${INCREMENTS} increments, µs of the main thread`]: append.toFixed(2),
  [`the same with its promise, ${AT_ONCE} at once, µs of CPU`]: cpuMicros.toFixed(2),
  [`entries a second, ${AT_ONCE} at once`]: Math.round(perSecond),
  "entries in a transaction": entriesEach.toFixed(1),
  "commit, p50 ms": percentile(commits, 0.5).toFixed(2),
  "commit, p99 ms": percentile(commits, 0.99).toFixed(2),
  "start with 1,000,000 ids, best ms": starts[0]?.toFixed(0),
  "start with 1,000,000 ids, median ms": percentile(starts, 0.5).toFixed(0),
});
rmSync(folder, { recursive: true });
