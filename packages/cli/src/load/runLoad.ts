import { type Delivery, deliver } from "./deliver.ts";
import { describeVisit } from "./describeVisit.ts";
import type { Family } from "./families.ts";
import { type LoadClock, type LoadPlan, MOST_VISITS } from "./plan.ts";
import { createBatches } from "./sessionBatches.ts";
import { createTally, type Tally } from "./tally.ts";
import { toBatches } from "./toBatches.ts";

/** The end of a run: all visits are over, it was stopped, its time is up, or the collector answered nothing for too long. */
export type LoadEnd = "done" | "stopped" | "duration" | "silence";

/** A run. */
export interface LoadRun {
  /** Everything sent so far. */
  readonly tally: Tally;
  /** Visitors that have come and not left. */
  readonly inside: () => number;
  /** Resolves when the last visitor has left. Never rejects. */
  readonly ended: Promise<{ readonly end: LoadEnd; readonly ms: number }>;
  /** Sends everybody home. Open requests have five seconds to end. */
  stop(end?: LoadEnd): void;
}

export interface LoadParts {
  readonly families: readonly Family[];
  readonly clock: LoadClock;
  readonly fetch: typeof fetch;
}

/** Milliseconds without an answer, while requests fail, after which the collector counts as gone. */
const LONGEST_SILENCE_MS = 30_000;

/** Milliseconds that open requests have after the end. */
const GRACE_MS = 5_000;

/** Starts the visitors of a plan. */
export function runLoad(plan: LoadPlan, { families, clock, fetch }: LoadParts): LoadRun {
  const tally = createTally(families);
  const { ending, cutting, stop, why } = createEnding();
  const start = clock.now();
  let inside = 0;
  const delivery: Delivery = {
    url: collectUrl(plan),
    origin: plan.origin,
    fetch,
    clock,
    tally,
    ending,
    cutting,
    onRequest: watchSilence(clock, () => stop("silence")),
  };
  const visitor = async (number: number): Promise<void> => {
    await clock.sleep((plan.rampUpMs * number) / plan.visitors, ending);
    if (ending.aborted) return;
    inside += 1;
    await comeAgain(plan, number, delivery, start);
    inside -= 1;
  };
  const watch = new AbortController();
  void clock.sleep(plan.durationMs, watch.signal).then(() => {
    if (!watch.signal.aborted) stop("duration");
  });
  const visitors = Array.from({ length: plan.visitors }, (_, number) => visitor(number));
  const ended = Promise.all(visitors).then(() => {
    watch.abort();
    return { end: why(), ms: clock.now() - start };
  });
  return { tally, inside: () => inside, ended, stop };
}

/** The end of a run: its first reason counts, and open requests are cut some time after it. */
interface Ending extends Pick<Delivery, "ending" | "cutting">, Pick<LoadRun, "stop"> {
  /** `done` until `stop` gives another reason. */
  readonly why: () => LoadEnd;
}

function createEnding(): Ending {
  const ending = new AbortController();
  const cutting = new AbortController();
  let why: LoadEnd = "done";
  return {
    ending: ending.signal,
    cutting: cutting.signal,
    why: () => why,
    stop: (end = "stopped") => {
      if (ending.signal.aborted) return;
      why = end;
      ending.abort();
      setTimeout(() => cutting.abort(), GRACE_MS).unref();
    },
  };
}

/** Calls back when requests have failed for too long without an answer between them. */
function watchSilence(clock: LoadClock, onSilence: () => void): Delivery["onRequest"] {
  let failingSince: number | undefined;
  return (isAnswered) => {
    if (isAnswered) failingSince = undefined;
    else if (clock.now() - (failingSince ??= clock.now()) > LONGEST_SILENCE_MS) onSilence();
  };
}

function collectUrl({ root, key }: LoadPlan): string {
  return `${root}/collect${key === undefined ? "" : `?key=${encodeURIComponent(key)}`}`;
}

/** All visits of one visitor, with a pause between two of them. */
async function comeAgain(plan: LoadPlan, visitor: number, delivery: Delivery, start: number): Promise<void> {
  const { clock, ending, tally } = delivery;
  const { visits, holdMs, rampUpMs, thinkMs } = plan;
  const isOver = (visit: number): boolean =>
    tally.visits.begun >= MOST_VISITS ||
    (holdMs === undefined ? visit >= visits : clock.now() >= start + rampUpMs + holdMs);
  for (let visit = 0; !ending.aborted && !isOver(visit); visit++) {
    tally.visits.begun += 1;
    await playVisit(plan, visitor, visit, delivery);
    if (!ending.aborted) tally.visits.ended += 1;
    if (thinkMs > 0) await clock.sleep(thinkMs, ending);
  }
}

/** One visit at its pace. A batch waits for the one before it, as in a page that has to try again. */
async function playVisit(plan: LoadPlan, visitor: number, visit: number, delivery: Delivery): Promise<void> {
  const { clock, ending } = delivery;
  const { sender, events } = describeVisit(plan.site, { ...plan, visitor, visit });
  const batchOf = createBatches(plan, visitor, visit, () => clock.now());
  const start = clock.now();
  let sending = Promise.resolve();
  for (const batch of toBatches(events)) {
    const waitMs = start + batch.atMs - clock.now();
    if (waitMs > 0) await clock.sleep(waitMs, ending);
    // A visitor who is sent home leaves the rest undone.
    if (ending.aborted) break;
    sending = sending.then(async () => {
      if (!ending.aborted) await deliver(batchOf(batch.events), sender, delivery);
    });
  }
  await sending;
}
