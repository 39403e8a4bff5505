import { type RecordReader, readRecords } from "./records.ts";
import { addToTotal, createTotal, foldTotal, type SeriesDefinition, type Total } from "./total.ts";

/** The totals of every series over all groups so far, and which of them the file lacks. */
export interface Ledger {
  readonly totals: Map<number, Total>;
  /** Definitions that have no row yet. */
  readonly definitions: Map<number, string>;
  /** Series that have changed since their row was written. */
  readonly dirty: Set<Total>;
  /**
   * Series of folds since the last write: their rows are written together or not at all. If only one row of a pair were
   * written, a replay could not know what the other one lacks.
   */
  readonly folded: Set<Total>;
  /** Begins a series at 0. */
  define(id: number, definition: string): Total;
  /**
   * Counts a group. Skips values that the row of a series contains already (`asOf`). Throws a RangeError for an
   * undefined series.
   */
  apply(seq: number, records: Uint8Array): void;
}

export function createLedger(): Ledger {
  const totals = new Map<number, Total>();
  const definitions = new Map<number, string>();
  const dirty = new Set<Total>();
  const folded = new Set<Total>();

  const define = (id: number, definition: string): Total => {
    const total = createTotal(id, JSON.parse(definition) as SeriesDefinition);
    totals.set(id, total);
    return total;
  };
  const parts = { totals, definitions, dirty, folded, define };
  return { ...parts, apply: (seq, records) => readRecords(records, createCounter(parts, seq)) };
}

/** Counts the records of a group in the ledger. */
function createCounter(
  { totals, definitions, dirty, folded, define }: Omit<Ledger, "apply">,
  seq: number,
): RecordReader {
  const totalOf = (id: number): Total => {
    const total = totals.get(id);
    if (!total) throw new RangeError(`Series ${id} was never defined.`);
    return total;
  };
  const fold = (from: Total, into: Total): void => {
    foldTotal(from, into);
    for (const total of [from, into]) {
      folded.add(total);
      dirty.delete(total);
    }
  };
  return {
    define: (id, definition) => {
      if (totals.has(id)) return;
      definitions.set(id, definition);
      // Even if no value of this group counts in it: later groups will not define it again.
      dirty.add(define(id, definition));
    },
    increment: (id, value, times) => {
      const total = totalOf(id);
      if (seq <= total.asOf) return;
      addToTotal(total, value, times);
      if (!folded.has(total)) dirty.add(total);
    },
    fold: (from, into) => {
      if (seq > totalOf(from).asOf) fold(totalOf(from), totalOf(into));
    },
  };
}
