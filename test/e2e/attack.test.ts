/**
 * A collector under clients that invent paths, names, ids and sessions without end. `npm run faults -- attack`
 * sends fifty thousand batches of a new path each and ten million new values; here it is a fiftieth of that.
 */
import { expect, onTestFinished, test } from "vitest";
import { startAttackedCollector } from "../support/attack/attackedCollector.ts";
import {
  distinctValuesBatch,
  randomPathBatch,
  samePathBatch,
  sameValuesBatch,
  send,
} from "../support/attack/hostileBatches.ts";

const MEGABYTE = 2 ** 20;
const PATHS = Number(process.env["ATTACK_PATHS"] ?? 1_000);
const VALUES = Number(process.env["ATTACK_VALUES"] ?? 200_000);

test("neither exposition nor memory grows with what clients invent", { timeout: 900_000 }, async () => {
  const collector = await startAttackedCollector();
  onTestFinished(collector.end);
  const { port } = collector;
  // A site in use: its own elements have used up the names that are counted separately, its code is compiled, and its
  // heap is as large as so many batches and batches of 200 events make it, whatever their values.
  await send(port, distinctValuesBatch, 60);
  await send(port, samePathBatch, 10_000);
  await send(port, sameValuesBatch, 3_000);
  const before = await collector.read();

  const paths = await send(port, randomPathBatch, PATHS);
  const { values } = distinctValuesBatch(port);
  const names = await send(port, distinctValuesBatch, Math.ceil(VALUES / values));
  const after = await collector.read();

  const megabytes = (bytes: number): string => (bytes / MEGABYTE).toFixed(1);
  console.log(
    `${PATHS} batches of a new path, ${VALUES} new values: resident ${megabytes(before.residentBytes)} → ` +
      `${megabytes(after.residentBytes)} MiB, at most ${megabytes(after.peakBytes)}; exposition ` +
      `${before.expositionBytes} → ${after.expositionBytes} B, longest block of a scrape ${after.longestBlockMs.toFixed(1)} ms`,
  );
  expect([...paths.keys(), ...names.keys()].filter((status) => status >= 300)).toEqual([]);
  expect(after.expositionBytes).toBeLessThanOrEqual(1.1 * before.expositionBytes);
  expect(after.residentBytes - before.residentBytes).toBeLessThanOrEqual(20 * MEGABYTE);
  expect(after.peakBytes).toBeLessThanOrEqual(256 * MEGABYTE);
});
