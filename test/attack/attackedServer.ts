/** A collector in a process of its own, which tells what it takes: started by the attack test with `--expose-gc`. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createCollector } from "@rumkit/server";
import { catalog } from "../../examples/shop/catalog.ts";

/** What the process takes and what a scrape costs it. */
export interface Reading {
  /** Resident bytes after garbage was collected. */
  readonly residentBytes: number;
  /** Of these, what objects and buffers take. */
  readonly usedBytes: number;
  readonly expositionBytes: number;
  /** Milliseconds: the longest that the event loop was held while the exposition was rendered and sent. */
  readonly longestSliceMs: number;
}

const collector = createCollector({ catalog, environment: "production", runtimeMetrics: false });
const server = createServer(collector.nodeListener());
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));

process.on("message", async () => process.send?.(await read()));
process.on("disconnect", () => process.exit());

async function read(): Promise<Reading> {
  for (let times = 0; times < 4; times += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { rss: residentBytes, heapUsed, external } = process.memoryUsage();
  // The first renders what was not rendered before; the shortest of some says what the machine adds.
  const scrapes = [await scrape(), await scrape(), await scrape(), await scrape(), await scrape()];
  return {
    residentBytes,
    usedBytes: heapUsed + external,
    expositionBytes: scrapes[0]!.bytes,
    longestSliceMs: Math.min(...scrapes.map(({ slice }) => slice)),
  };
}

async function scrape(): Promise<{ bytes: number; slice: number }> {
  let slice = 0;
  let running = true;
  let last = performance.now();
  const watch = (): void => {
    const now = performance.now();
    slice = Math.max(slice, now - last);
    last = now;
    if (running) setImmediate(watch);
  };
  setImmediate(watch);
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  const bytes = (await answer.arrayBuffer()).byteLength;
  running = false;
  return { bytes, slice };
}
