/**
 * The run-time cost for a page, as ratios to a page with `web-vitals` alone: `npm run bench -- page`.
 *
 * A real Chromium loads every page in turns, each time in a new context, so that noise of the machine
 * meets all of them.
 */
import { cpus } from "node:os";
import type { Browser } from "playwright-core";
import { openBrowser } from "./openBrowser.ts";
import { type Calls, measureCalls } from "./page/measureCalls.ts";
import { measureStart, type Start } from "./page/measureStart.ts";
import { type Longest, measureTasks, SLOW_DOWN, type Tasks } from "./page/measureTasks.ts";
import { median } from "./page/median.ts";
import { BASELINE, buildPages, type Page } from "./page/pages.ts";
import { servePages } from "./page/servePages.ts";
import { isShort, orShort } from "./rounds.ts";

const START_ROUNDS = orShort(20);
const TASK_ROUNDS = orShort(5);
const CALL_ROUNDS = orShort(7);

const built = await buildPages();
const pages = isShort
  ? built.filter(({ title }, index) => title === BASELINE || index === built.length - 1)
  : built;
const server = await servePages(pages);
const browser = await openBrowser();
console.log(`\n${cpus()[0]?.model.trim()}, ${cpus().length} cores, Chromium ${browser.version()}`);
try {
  // The first load of a browser pays for its caches.
  if (!isShort) await inTurns(1, pages, measureStart);
  reportStart(await inTurns(START_ROUNDS, pages, measureStart));
  reportTasks(await inTurns(TASK_ROUNDS, pages, measureTasks));
  reportCalls(
    await inTurns(
      CALL_ROUNDS,
      pages.filter(({ isOurs }) => isOurs),
      measureCalls,
    ),
  );
} finally {
  await browser.close();
  server.stop();
}

type Results<T> = ReadonlyMap<string, readonly T[]>;

async function inTurns<T>(
  rounds: number,
  chosen: readonly Page[],
  measure: (browser: Browser, url: string) => Promise<T>,
): Promise<Results<T>> {
  const results = new Map<string, T[]>(chosen.map(({ title }) => [title, []]));
  for (let turn = 0; turn < rounds; turn += 1) {
    for (const { title, path } of chosen)
      results.get(title)!.push(await measure(browser, server.origin + path));
  }
  return results;
}

function reportStart(results: Results<Start>): void {
  const rows = [...results].map(([page, starts]) => {
    const evaluation = starts.map(({ startMs }) => startMs);
    const script = starts.map(({ scriptMs }) => scriptMs);
    return {
      page,
      min: Math.min(...evaluation),
      median: median(evaluation),
      scriptMin: Math.min(...script),
      scriptMedian: median(script),
    };
  });
  const baseline = rows.find(({ page }) => page === BASELINE)!;
  console.log(
    `\nStart, ${START_ROUNDS} loads each: evaluation with init, and all script until the page rests\n`,
  );
  console.table(
    rows.map((row) => ({
      page: row.page,
      "min ms": round(row.min),
      "median ms": round(row.median),
      "× min": round(row.min / baseline.min),
      "× median": round(row.median / baseline.median),
      "script min ms": round(row.scriptMin),
      "script median ms": round(row.scriptMedian),
      "× script": round(row.scriptMedian / baseline.scriptMedian),
    })),
  );
}

function reportTasks(results: Results<Tasks>): void {
  console.log(
    `\nAt ${SLOW_DOWN} × slow-down, ms: the median of ${TASK_ROUNDS} rounds, and the worst of them\n`,
  );
  console.table(
    [...results].map(([page, tasks]) => {
      const of = (part: keyof Tasks, what: keyof Longest): string => {
        const all = tasks.map((each) => each[part][what]);
        return `${round(median(all))} (${round(Math.max(...all))})`;
      };
      return {
        page,
        "load: task": of("load", "task"),
        "load: script": of("load", "script"),
        "100 clicks: task": of("clicks", "task"),
        "100 clicks: script": of("clicks", "script"),
        "1,000 calls: task": of("calls", "task"),
      };
    }),
  );
}

function reportCalls(results: Results<Calls>): void {
  console.log(`\nA call of trackAction, µs: the median of ${CALL_ROUNDS} runs of 10,000 calls\n`);
  console.table(
    [...results].map(([page, calls]) => {
      const of = (name: keyof Calls): number => median(calls.map((each) => each[name]));
      const mark = of("performanceMark");
      return {
        page,
        "same labels": round(of("same")),
        "new labels": round(of("distinct")),
        "performance.mark": round(mark),
        "× same": round(of("same") / mark),
        "× new": round(of("distinct") / mark),
      };
    }),
  );
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
