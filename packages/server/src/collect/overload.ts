import { monitorEventLoopDelay } from "node:perf_hooks";
import { events, type EventType } from "@rumkit/protocol";

/** The load of the collector. */
export interface Load {
  /** Milliseconds by which the event loop was late: the median of the last second. */
  readonly delayMs: number;
  /** Milliseconds that the oldest batch has waited for the journal. */
  readonly journalMs: number;
}

/** Shed events: 0 none, 1 the most frequent, 2 all but conversions, money and errors, 3 everything (503). */
type OverloadLevel = 0 | 1 | 2 | 3;

/**
 * The load at which each level starts. A page waits ten seconds for an answer, so a wait of half a second loses
 * nothing yet, but shows that more arrives than can be processed.
 */
const LEVELS: readonly Load[] = [
  { delayMs: 200, journalMs: 500 },
  { delayMs: 500, journalMs: 1_500 },
  { delayMs: 1_500, journalMs: 5_000 },
];

/**
 * Consecutive readings, one per second, that must exceed a level before it starts. A single task that blocks the event
 * loop, such as a large answer of the app, is not a reason to shed events.
 */
const BUSY_READINGS = 3;

/** Consecutive readings that must be below a level before it ends, so that the level does not flap. */
const CALM_READINGS = 5;

/** Decides which events are shed. */
export interface Overload {
  readonly level: OverloadLevel;
  /** True if events of a type are shed at this level. */
  sheds(type: EventType): boolean;
  /** Reads the load. Call it once per second. */
  read(): void;
}

export function createOverload(readLoad: () => Load): Overload {
  let level: OverloadLevel = 0;
  let calm = 0;
  let busy = 0;
  const step = (by: 1 | -1): void => {
    level = (level + by) as OverloadLevel;
    calm = 0;
    busy = 0;
  };
  return {
    get level() {
      return level;
    },
    sheds: (type) => {
      if (level === 0) return false;
      const { shedFrom } = events[type];
      return shedFrom !== "never" && level >= shedFrom;
    },
    read: () => {
      const reached = levelOf(readLoad());
      calm = reached < level ? calm + 1 : 0;
      busy = reached > level ? busy + 1 : 0;
      if (busy >= BUSY_READINGS) step(1);
      else if (calm >= CALM_READINGS) step(-1);
    },
  };
}

/** The same levels, of which only the last one has a consequence: everything is refused. */
export function withoutShedding(overload: Overload): Overload {
  return {
    get level() {
      return overload.level;
    },
    sheds: () => false,
    read: overload.read,
  };
}

function levelOf({ delayMs, journalMs }: Load): OverloadLevel {
  const reached = LEVELS.filter((least) => delayMs >= least.delayMs || journalMs >= least.journalMs);
  return reached.length as OverloadLevel;
}

/** Reads the delay of the event loop since the last reading. */
export function createDelayReading(): { readonly read: () => number; readonly stop: () => void } {
  const histogram = monitorEventLoopDelay({ resolution: 20 });
  histogram.enable();
  return {
    read: () => {
      const nanoseconds = histogram.percentile(50);
      histogram.reset();
      return nanoseconds / 1e6;
    },
    stop: () => {
      histogram.disable();
    },
  };
}
