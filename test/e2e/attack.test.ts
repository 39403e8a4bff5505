/**
 * A collector under clients that invent paths, names, ids and sessions without end. `npm run faults -- attack`
 * sends fifty thousand batches of a new path each and ten million new values; here it is a fiftieth of that.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Reading } from "../attack/attackedServer.ts";
import { distinctValuesBatch, randomPathBatch, sameValuesBatch, send } from "../attack/hostileBatches.ts";

const MEGABYTE = 2 ** 20;
const PATHS = Number(process.env["ATTACK_PATHS"] ?? 1_000);
const VALUES = Number(process.env["ATTACK_VALUES"] ?? 200_000);

async function startCollector() {
  const server = fork(join(import.meta.dirname, "../attack/attackedServer.ts"), {
    // As a collector is started where memory is short: Node's own choice lets it take some 80 MB more.
    execArgv: ["--expose-gc", "--max-semi-space-size=2"],
  });
  onTestFinished(() => {
    if (server.connected) server.disconnect();
  });
  const ended = once(server, "exit").then(([code]) =>
    Promise.reject(new Error(`The collector ended: ${code}.`)),
  );
  ended.catch(() => {});
  const answer = async <T>(): Promise<T> => {
    const [message] = (await Promise.race([once(server, "message"), ended])) as [T];
    return message;
  };
  const { port } = await answer<{ port: number }>();
  return {
    port,
    read: async (): Promise<Reading> => {
      server.send("read");
      return answer<Reading>();
    },
  };
}

test("neither exposition nor memory grows with what clients invent", { timeout: 900_000 }, async () => {
  const { port, read } = await startCollector();
  // A site in use: its own elements have used up the names that are told apart, its code is compiled, and its
  // heap is as large as batches of 200 events make it, whatever their values.
  await send(port, distinctValuesBatch, 60);
  await send(port, sameValuesBatch, VALUES > 1_000_000 ? 10_000 : 5_000);
  const before = await read();

  const paths = await send(port, randomPathBatch, PATHS);
  const { values } = distinctValuesBatch(port);
  const names = await send(port, distinctValuesBatch, Math.ceil(VALUES / values));
  const after = await read();

  const megabytes = (bytes: number): string => (bytes / MEGABYTE).toFixed(1);
  console.log(
    `${PATHS} batches of a new path, ${VALUES} new values: resident ${megabytes(before.residentBytes)} → ` +
      `${megabytes(after.residentBytes)} MiB, used ${megabytes(before.usedBytes)} → ${megabytes(after.usedBytes)} MiB, exposition ${before.expositionBytes} → ${after.expositionBytes} B, ` +
      `longest slice of a scrape ${after.longestSliceMs.toFixed(1)} ms`,
  );
  expect([...paths.keys(), ...names.keys()].filter((status) => status >= 300)).toEqual([]);
  expect(after.expositionBytes).toBeLessThanOrEqual(1.1 * before.expositionBytes);
  expect(after.usedBytes - before.usedBytes).toBeLessThan(20 * MEGABYTE);
  // What Node keeps of large bodies moves by twenty from run to run, whatever is in them.
  expect(after.residentBytes - before.residentBytes).toBeLessThan(48 * MEGABYTE);
  expect(after.residentBytes).toBeLessThan(384 * MEGABYTE);
});
