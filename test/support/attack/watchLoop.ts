/**
 * Loaded into a collector's process before its own code: from one SIGUSR2 to the next it watches the event loop,
 * and then writes a `Reading` on a line of the standard error.
 */
import { writeSync } from "node:fs";

/** The memory of a process, and the longest block of its event loop while it was watched. */
export interface Reading {
  readonly residentBytes: number;
  /** The most that was resident since it started. */
  readonly peakBytes: number;
  /** Milliseconds that the main thread computed, without what the machine gave to others meanwhile. */
  readonly longestBlockMs: number;
}

let watching: NodeJS.Immediate | undefined;
let longestBlockMs = 0;

process.on("SIGUSR2", () => {
  if (watching) report();
  else watch(computedMs());
});

function watch(last: number): void {
  const now = computedMs();
  // The first call says that it begins.
  if (!watching) say("Watching");
  longestBlockMs = watching ? Math.max(longestBlockMs, now - last) : 0;
  watching = setImmediate(watch, now);
}

function report(): void {
  clearImmediate(watching);
  watching = undefined;
  const { rss: residentBytes } = process.memoryUsage();
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  say(JSON.stringify({ residentBytes, peakBytes, longestBlockMs } satisfies Reading));
}

function computedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** At once, and not when the loop has time. */
function say(line: string): void {
  writeSync(2, `${line}\n`);
}
