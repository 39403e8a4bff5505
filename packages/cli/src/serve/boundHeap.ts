import { PerformanceObserver } from "node:perf_hooks";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/**
 * The growth of the old generation that starts the next collection, in percent of what the last one left. V8 lets
 * it grow by up to 300, so that of 110 MB 30 are in use under batches of 200 events; with 80 it stays below 70.
 */
const OLD_GROWTH_PERCENT = 80;

/**
 * 16 MiB, both halves together, in bytes. V8 of Node 24 lets it become 105, at up to a tenth less CPU for a batch
 * of 2 kB; with 32 a process grew by 25 MB under attack, and was hardly faster.
 */
const MOST_YOUNG_BYTES = 16 * 2 ** 20;

/** V8 reads both at every collection; `--max-semi-space-size` only before there is a heap. */
const OLD_GROWTH = "--heap-growing-percent";
const YOUNG_GROWTH = "--semi-space-growth-factor";

/**
 * Keeps what the process takes near to what it uses: V8 trades memory for time, gives it back late, and a
 * collector that was attacked once would stay large. Only for a process that runs nothing else, since all that runs in it is
 * bounded. `--max-semi-space-size` and `--heap-growing-percent` on the command line of Node win.
 */
export function boundHeap(): void {
  const chosen = [...process.execArgv, process.env["NODE_OPTIONS"]].join(" ").replaceAll("_", "-");
  if (!chosen.includes(OLD_GROWTH)) setFlagsFromString(`${OLD_GROWTH}=${OLD_GROWTH_PERCENT}`);
  if (!chosen.includes("semi-space")) boundYoungGeneration();
}

/**
 * A collection doubles it at most, and this runs two turns of the event loop later: a turn that fills it several
 * times may leave it twice as large. V8 may shrink it again, and then it may grow.
 */
function boundYoungGeneration(): void {
  const bound = (): void => {
    const factor = youngBytes() * 2 <= MOST_YOUNG_BYTES ? 2 : 1;
    setFlagsFromString(`${YOUNG_GROWTH}=${factor}`);
  };
  bound();
  new PerformanceObserver(bound).observe({ entryTypes: ["gc"] });
}

function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space")?.space_size ?? 0;
}
