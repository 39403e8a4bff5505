import type { TailEntry } from "../stream/liveState.ts";

/** A row of the list: an event, or the number of those that were passed over because they came too fast. */
export type PacedRow = { readonly entry: TailEntry } | { readonly more: number; readonly serial: number };

/** The rows of the list, and the events that wait. */
export interface PacedRows {
  /** Newest first. */
  readonly rows: readonly PacedRow[];
  /** Oldest first. */
  readonly waiting: readonly TailEntry[];
  /** The serial number of the newest event that was taken in. */
  readonly lastSerial: number;
}

/** Rows that stay: more than a screen shows. */
const KEPT_ROWS = 30;

/** Events that may wait, and are shown one after the other; of more, only the newest is. */
const MOST_WAITING = 4;

/** Milliseconds between two new rows: four in a second can still be read. */
export const ROW_INTERVAL = 250;

export const noRows: PacedRows = { rows: [], waiting: [], lastSerial: -1 };

/** Takes in what is new in the tail, whose newest event comes first. */
export function takeIn(state: PacedRows, tail: readonly TailEntry[]): PacedRows {
  const fresh = tail.filter(({ serial }) => serial > state.lastSerial).toReversed();
  const newest = fresh.at(-1);
  if (!newest) return state;
  return { ...state, waiting: [...state.waiting, ...fresh], lastSerial: newest.serial };
}

/** Shows one more row, if an event waits. */
export function showNext(state: PacedRows): PacedRows {
  const { waiting, rows } = state;
  if (waiting.length === 0) return state;
  const passed = waiting.length > MOST_WAITING ? waiting.length - 1 : 0;
  const entry = waiting[passed]!;
  const next = passed > 0 ? mergeMore(rows, passed, entry.serial) : rows;
  return { ...state, rows: [{ entry }, ...next].slice(0, KEPT_ROWS), waiting: waiting.slice(passed + 1) };
}

/** Consecutive numbers of events that were passed over become one. */
function mergeMore(rows: readonly PacedRow[], passed: number, serial: number): readonly PacedRow[] {
  const [first, second] = rows;
  // A run of rows in each of which some were passed over reads as a flicker of numbers: the sum moves up instead.
  if (first && "entry" in first && second && "more" in second)
    return [{ more: second.more + passed, serial }, first, ...rows.slice(2)];
  return [{ more: passed, serial }, ...rows];
}
