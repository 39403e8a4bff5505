import type { KeyRows } from "./keyRows.ts";
import type { Ledger } from "./ledger.ts";
import type { Rows } from "./rows.ts";
import type { SqliteFile } from "./sqliteFile.ts";
import type { Total } from "./total.ts";

export interface CheckpointOptions {
  readonly file: SqliteFile;
  readonly rows: Rows;
  readonly ledger: Ledger;
  readonly keys: KeyRows;
}

/** Moves the content of the log into totals and rows of keys, in small steps between the commits of groups. */
export interface Checkpoint {
  /** Begins a checkpoint up to a group. Returns false if one is under way or nothing is new. */
  begin(upTo: number): boolean;
  /** Does one step. `lastSeq` is the last group in the totals. Returns false when nothing is left. */
  step(lastSeq: number): boolean;
}

/** Rows of totals per step: about a millisecond. */
const TOTALS_IN_STEP = 500;
/** Groups whose rows are deleted per step: each has a few pages. */
const GROUPS_IN_STEP = 128;

/**
 * Each row of a total records up to which group it counts, so a crash may follow any step: the replay adds to each
 * series what its row lacks. When every total is written, groups become superfluous, a few at a time: one step writes
 * their keys, the next deletes their rows.
 */
export function createCheckpoint(options: CheckpointOptions): Checkpoint {
  const { rows, ledger, keys } = options;
  let target: number | undefined;
  let queue: Total[] = [];
  /** Rows of folded series: they are deleted together with the groups that name them. */
  const gone = new Set<Total>([...ledger.totals.values()].filter((total) => total.gone));
  const writeTotals = createTotalsWriter(options, gone);
  const cover = createCover(options, gone);
  const dropGroups = createGroupsDropper(options);

  return {
    begin: (upTo) => {
      if (target !== undefined || upTo <= rows.coveredTo) return false;
      target = upTo;
      queue = [...ledger.dirty];
      return true;
    },
    step: (lastSeq) => {
      if (target === undefined) return dropGroups();
      if (ledger.folded.size > 0) {
        writeTotals(ledger.folded, lastSeq);
        ledger.folded.clear();
      } else if (queue.length > 0) {
        writeTotals(
          queue.splice(-TOTALS_IN_STEP).filter((total) => ledger.dirty.has(total)),
          lastSeq,
        );
      } else if (!dropGroups()) {
        const end = keys.sliceEnd(target);
        cover(end);
        if (end === target) target = undefined;
      }
      return true;
    },
  };
}

/** Writes the keys of the groups up to one, and deletes the rows of series that were folded until then. */
function createCover(
  { file, rows, ledger, keys }: CheckpointOptions,
  gone: Set<Total>,
): (upTo: number) => void {
  return (upTo) =>
    file.commit(() => {
      keys.write(upTo, rows);
      for (const total of gone) {
        if (total.asOf > upTo) continue;
        rows.removeSeries(total);
        ledger.totals.delete(total.id);
        gone.delete(total);
      }
      rows.writeState(upTo);
    });
}

/** Deletes some of the groups that became superfluous. Returns false if none is left. */
function createGroupsDropper({ file, rows }: CheckpointOptions): () => boolean {
  let dropped = rows.coveredTo;
  return () => {
    if (dropped >= rows.coveredTo) return false;
    const end = Math.min(dropped + GROUPS_IN_STEP, rows.coveredTo);
    file.commit(() => rows.dropGroups(0, end));
    dropped = end;
    return true;
  };
}

/** Writes totals as of a group. Adds the totals of folded series to `gone`. */
function createTotalsWriter(
  { file, rows, ledger }: Omit<CheckpointOptions, "keys">,
  gone: Set<Total>,
): (totals: Iterable<Total>, lastSeq: number) => void {
  return (totals, lastSeq) =>
    file.commit(() => {
      for (const total of totals) {
        const definition = ledger.definitions.get(total.id);
        if (definition !== undefined) rows.writeSeries(total, definition);
        rows.writeTotal(total, lastSeq);
        total.asOf = lastSeq;
        ledger.definitions.delete(total.id);
        ledger.dirty.delete(total);
        if (total.gone) gone.add(total);
      }
      rows.writeState(rows.coveredTo);
    });
}
