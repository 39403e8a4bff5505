import type { KeptRows } from "../journal/rowFile.ts";
import { type Calendar, createMinuteClock } from "./calendar.ts";
import { type Column, RAN, weightName } from "./column.ts";
import { addGap, decodeMarks, encodeMarks, type Marks } from "./marks.ts";
import { createMinutes, type Minutes } from "./minutes.ts";

/** The key of the row with the marks. Rows of minutes have the number of their hour, which is never 0. */
const MARKS_KEY = 0;

/** Minimum milliseconds of a gap: a shorter one is not visible in a chart. */
const MIN_GAP_MS = 1_000;

export interface HistoryOptions {
  /** The system clock in milliseconds since 1970, which may be set. */
  readonly wallNow: () => number;
  /** Milliseconds since 1970 that never go back: the clock of the windows. */
  readonly steadyNow: () => number;
  readonly calendar: Calendar;
  /** Undefined if nothing survives a restart. */
  readonly store?: Pick<KeptRows, "rows" | "keep"> | undefined;
}

/** The figures of the last eight days, minute by minute. */
export interface History {
  readonly minutes: Minutes;
  readonly marks: Marks;
  readonly columns: ReadonlyMap<string, Column>;
  /** The first minute that is not complete, counted since 1970. */
  readonly openMinute: number;
  /** Adds a column. A counter continues from its stored total. */
  add(column: Column): void;
  /** Closes the minutes that ended, and stores them. Returns true if there were any. Call it once per second. */
  tick(): boolean;
  /** Returns the total since midnight up to this moment, or the ratio of two. Null for a ratio without a whole. */
  today(name: string): number | null;
  /** The first moment of this day, in milliseconds since 1970. */
  dayStart(): number;
  /** The first moment of this day that was counted, in milliseconds since 1970. */
  readonly countedSince: number;
  /** Stores the current minute. Call it at the end. */
  close(): void;
}

export function createHistory(options: HistoryOptions): History {
  const { wallNow, calendar, store } = options;
  const startedAt = wallNow();
  const { minutes, marks } = readStore(store, startedAt);
  const columns = new Map<string, Column>();
  const daySums = createDaySums(minutes, calendar);
  const closing = createClosing(options, { minutes, marks, columns }, daySums.forget);
  const sumToday = (name: string): number => {
    closing.tick();
    return daySums.of(name, wallNow()) + closing.runningOf(columns.get(name));
  };

  return {
    minutes,
    marks,
    columns,
    get openMinute() {
      return closing.openMinute;
    },
    add: (column) => {
      columns.set(column.name, column);
      restoreTotal(minutes, marks, column);
      closing.storeNext();
    },
    tick: closing.tick,
    today: (name) => readToday(columns.get(name), sumToday),
    dayStart: () => calendar.dayStart(wallNow()),
    get countedSince() {
      return firstOf(minutes, calendar.dayStart(wallNow()), startedAt);
    },
    close: closing.close,
  };
}

/** Moves what was counted into the minutes as they end, and stores them. */
function createClosing(options: HistoryOptions, stored: Stored, onClosed: () => void) {
  const { wallNow, steadyNow, store } = options;
  const { minutes, columns } = stored;
  const clock = createMinuteClock(wallNow, steadyNow);
  const secondNow = (): number => Math.floor(steadyNow() / 1000);
  /** The last steady second that is in the minutes. */
  let closedTo = secondNow() - 1;
  /** True until the counters of every column are stored: a kill before that would lose what was counted. */
  let isNew = true;
  /** Returns what was counted since then. */
  const runningOf = (column: Column | undefined): number => column?.between(closedTo + 1, secondNow()) ?? 0;
  const keep = createKeeper({ ...stored, wallNow, store, runningOf });
  const closeSeconds = (minute: number, to: number): void => {
    if (to <= closedTo) return;
    minutes.add(RAN, minute, to - closedTo);
    for (const column of columns.values()) closeColumn(minutes, column, minute, closedTo + 1, to);
    closedTo = to;
    onClosed();
  };
  const tick = (): boolean => {
    const hasClosed = clock.advance(closeSeconds);
    if (hasClosed || isNew) keep(clock.open);
    isNew = false;
    return hasClosed;
  };
  return {
    get openMinute() {
      return clock.open;
    },
    runningOf,
    tick,
    /** Stores the minutes at the next tick, whether one has ended or not. */
    storeNext: (): void => void (isNew = true),
    close: (): void => {
      tick();
      closeSeconds(clock.open, secondNow());
      keep(clock.open);
    },
  };
}

function readToday(column: Column | undefined, sumToday: (name: string) => number): number | null {
  if (!column) return null;
  const { name, ratioOf } = column;
  if (!ratioOf) return sumToday(name);
  const whole = sumToday(ratioOf[1]);
  return whole === 0 ? null : sumToday(ratioOf[0]) / whole;
}

/** Returns the first moment after another that was counted. */
function firstOf(minutes: Minutes, after: number, startedAt: number): number {
  const first = minutes.firstMinute(Math.floor(after / 60_000));
  return first === undefined ? startedAt : Math.min(first * 60_000, startedAt);
}

/** Reads the rows of an earlier process. The time since then is a gap. */
function readStore(store: HistoryOptions["store"], startedAt: number): { minutes: Minutes; marks: Marks } {
  const minutes = createMinutes();
  for (const [key, bytes] of store?.rows ?? []) if (key !== MARKS_KEY) minutes.readRow(key, bytes);
  const marks = decodeMarks(store?.rows.get(MARKS_KEY));
  if (marks.aliveAt > 0 && startedAt - marks.aliveAt >= MIN_GAP_MS)
    addGap(marks, { from: marks.aliveAt, to: startedAt });
  return { minutes, marks };
}

interface Stored {
  readonly minutes: Minutes;
  readonly marks: Marks;
  readonly columns: ReadonlyMap<string, Column>;
}

interface Kept extends Stored, Pick<HistoryOptions, "wallNow" | "store"> {
  readonly runningOf: (column: Column) => number;
}

/** Returns a function that keeps the last minutes. */
function createKeeper({
  minutes,
  marks,
  columns,
  wallNow,
  store,
  runningOf,
}: Kept): (openMinute: number) => void {
  return (openMinute) => {
    marks.aliveAt = wallNow();
    // Without what is in no minute yet: a process that is killed leaves it in the counters alone.
    for (const column of columns.values())
      if (column.total) marks.totals[column.name] = column.total() - runningOf(column);
    const oldest = minutes.dropBefore(openMinute);
    const rows = minutes.takeChanged().set(MARKS_KEY, encodeMarks(marks));
    store?.keep(rows, oldest);
  };
}

function closeColumn(
  minutes: Minutes,
  { name, merge, between, weight, distribution }: Column,
  minute: number,
  from: number,
  to: number,
): void {
  const value = between(from, to);
  if (merge === "ratio" || value === null) return;
  if (merge === "sum") return minutes.add(name, minute, value);
  if (distribution) minutes.addBins(name, minute, distribution.bins(from, to));
  // Also replaces a minute that two processes share, because the later one has its final value.
  minutes.set(name, minute, value);
  if (weight) minutes.set(weightName(name), minute, weight(from, to));
}

/**
 * Adds the events between the last stored minute and the end of the process, which the journal has only in the
 * counters. They count for the minute in which the process ended.
 */
function restoreTotal(minutes: Minutes, marks: Marks, { name, total }: Column): void {
  const kept = marks.totals[name];
  if (!total || kept === undefined || marks.aliveAt === 0) return;
  const missed = total() - kept;
  // Less than before: series have ended, or it is another journal.
  if (missed > 0) minutes.add(name, Math.floor(marks.aliveAt / 60_000), missed);
}

/** Sums of the complete minutes of this day, each computed once a minute. */
function createDaySums(minutes: Minutes, calendar: Calendar) {
  const sums = new Map<string, number>();
  let day = 0;
  return {
    forget: (): void => sums.clear(),
    of: (name: string, now: number): number => {
      const start = calendar.dayStart(now);
      if (start !== day) sums.clear();
      day = start;
      const found = sums.get(name);
      if (found !== undefined) return found;
      // Up to midnight: a clock that was set back leaves minutes after this one.
      const end = calendar.dayStart(start + 26 * 3_600_000);
      const sum = minutes.sum(name, { from: Math.floor(start / 60_000), to: Math.floor(end / 60_000) });
      sums.set(name, Number.isNaN(sum) ? 0 : sum);
      return sums.get(name)!;
    },
  };
}
