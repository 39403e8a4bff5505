/**
 * The collector with its live page, in a separate process. It answers each message with its CPU time and its memory after
 * two collections: start it with `--expose-gc`.
 */
import type { AddressInfo } from "node:net";
import { createCollector, serveCollector } from "@rumkit/server";
import { catalog } from "./catalog.ts";

/** The CPU time and the memory of the process so far. */
export interface Usage {
  readonly cpuMicros: number;
  /** Bytes of the heap, and of buffers beside it. */
  readonly heap: number;
  readonly rss: number;
}

const collector = createCollector({
  catalog,
  // The viewers name their address: 50 of one address are the limit.
  trustedProxies: ["127.0.0.1/32"],
  runtimeMetrics: false,
});
const server = serveCollector({ collector });
server.once("listening", () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  for (let turn = 0; turn < 2; turn += 1) globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  const usage: Usage = { cpuMicros: user + system, heap: heapUsed + external, rss };
  process.send?.(usage);
});
process.on("disconnect", () => process.exit());
