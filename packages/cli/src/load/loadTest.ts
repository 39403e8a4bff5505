import { setTimeout as wait } from "node:timers/promises";
import { checkDoor } from "./checkDoor.ts";
import { compare, type Comparison } from "./compare.ts";
import { type Family, familiesOf } from "./families.ts";
import type { LoadClock, LoadPlan } from "./plan.ts";
import { type Counters, type MetricsSource, readCounters } from "./readCounters.ts";
import type { LoadReport } from "./report.ts";
import { type LoadRun, runLoad } from "./runLoad.ts";

export interface LoadTestParts {
  readonly clock?: LoadClock;
  readonly fetch?: typeof fetch;
  /** Called once the visitors come. */
  readonly onStart?: (run: LoadRun) => void;
}

const CLOCK: LoadClock = {
  now: () => Date.now(),
  sleep: (ms, signal) => wait(ms, undefined, { signal }).catch(() => {}),
};

/** Times that the counters are read at the end until they agree, and milliseconds between two: workers pass counts on. */
const READINGS = 4;
const BETWEEN_READINGS_MS = 500;

/**
 * Sends the visitors of a plan to a collector, and compares. Throws an Error before the
 * first visit if its metrics cannot be read, or if it refuses the batches.
 */
export async function loadTest(plan: LoadPlan, parts: LoadTestParts = {}): Promise<LoadReport> {
  const { clock = CLOCK, fetch: ask = fetch, onStart } = parts;
  const families = familiesOf(plan.site.measurements);
  const source: MetricsSource = { url: plan.metricsUrl, token: plan.token, fetch: ask };
  const before = await readCounters(source, families);
  await checkDoor(plan, ask);
  const run = runLoad(plan, { families, clock, fetch: ask });
  onStart?.(run);
  const ended = await run.ended;
  const compared = await compareAtEnd(source, families, before, run, clock);
  return { plan, ...ended, tally: run.tally, ...compared };
}

async function compareAtEnd(
  source: MetricsSource,
  families: readonly Family[],
  before: Counters,
  { tally }: LoadRun,
  clock: LoadClock,
): Promise<{ comparison: Comparison | undefined; fault: string | undefined }> {
  try {
    for (let reading = 1; ; reading++) {
      const comparison = compare(tally, families, before, await readCounters(source, families));
      const isShort = comparison.rows.some(({ counted, least }) => counted < least);
      if (!isShort || reading === READINGS) return { comparison, fault: undefined };
      await clock.sleep(BETWEEN_READINGS_MS, new AbortController().signal);
    }
  } catch (error) {
    return { comparison: undefined, fault: (error as Error).message.replace("[rumkit] ", "") };
  }
}
