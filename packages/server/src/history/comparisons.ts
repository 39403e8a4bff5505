import type { LiveComparison } from "@rumkit/protocol";
import type { Calendar } from "./calendar.ts";
import { type Column, RAN } from "./column.ts";
import type { History } from "./history.ts";
import { KEPT_MINUTES, type MinuteRange } from "./minutes.ts";

/** Minimum fraction of a time range that must be counted for a comparison. */
const MIN_COVERED = 0.9;

const MINUTE_MS = 60_000;

/** Compares figures with the same time of yesterday and of a week ago, and remembers the best days. */
export interface Comparisons {
  /** Returns the comparison of each of these columns, as of the last complete minute. */
  of(names: readonly string[]): LiveComparison[];
}

export function createComparisons(history: History, calendar: Calendar): Comparisons {
  let recordedDay = 0;
  return {
    of: (names) => {
      const at = history.openMinute * MINUTE_MS;
      const day = calendar.dayStart(at);
      const columns = names.flatMap((name) => history.columns.get(name) ?? []);
      if (day !== recordedDay) for (const column of columns) keepRecord(history, calendar, column, day);
      recordedDay = day;
      return columns.map((column) => compare(history, calendar, column, day, at));
    },
  };
}

function compare(
  history: History,
  calendar: Calendar,
  column: Column,
  day: number,
  at: number,
): LiveComparison {
  const earlier = (days: number): number | null => {
    const from = calendar.daysBefore(day, days);
    return valueOf(history, column, { from, to: calendar.daysBefore(at, days) }, MIN_COVERED);
  };
  const record = history.marks.records[column.name];
  return {
    figure: column.name,
    at,
    today: valueOf(history, column, { from: day, to: at }, 0),
    yesterday: earlier(1),
    lastWeek: earlier(7),
    ...(record && { record }),
  };
}

/** A range in milliseconds since 1970. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** Returns the value of a column over a range; of a state, its value at the end. */
function valueOf(history: History, column: Column, range: Range, covered: number): number | null {
  const { minutes } = history;
  const whole = toMinutes(range);
  if (column.merge === "last") return numberOrNull(minutes.at(column.name, whole.to - 1));
  if (coverage(history, whole) < covered) return null;
  if (!column.ratioOf) return numberOrNull(minutes.sum(column.name, whole));
  const [part, total] = column.ratioOf.map((name) => minutes.sum(name, whole)) as [number, number];
  return total > 0 ? numberOrNull((Number.isNaN(part) ? 0 : part) / total) : null;
}

/** The share of a range in which the collector ran, 0 to 1. */
function coverage({ minutes }: History, range: MinuteRange): number {
  const seconds = (range.to - range.from) * 60;
  const ran = minutes.sum(RAN, range);
  return seconds <= 0 ? 1 : (Number.isNaN(ran) ? 0 : ran) / seconds;
}

/** Checks the days that have ended for a new record. A day counts even if a part of it was not counted. */
function keepRecord(history: History, calendar: Calendar, { name, merge }: Column, today: number): void {
  if (merge !== "sum") return;
  const { marks, minutes } = history;
  for (let days = 1; days * 24 * 60 < KEPT_MINUTES; days += 1) {
    const day = calendar.daysBefore(today, days);
    const value = minutes.sum(name, toMinutes({ from: day, to: calendar.daysBefore(today, days - 1) }));
    if (value > (marks.records[name]?.value ?? 0)) marks.records[name] = { value, day };
  }
}

function toMinutes({ from, to }: Range): MinuteRange {
  return { from: Math.floor(from / MINUTE_MS), to: Math.floor(to / MINUTE_MS) };
}

function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
