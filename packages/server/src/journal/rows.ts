import { crc32 } from "node:zlib";
import { type KeyBlock, readKeyBlocks, writeKeyBlocks } from "./keyBlock.ts";
import { createDocumentRows, type DocumentRows } from "./documentRows.ts";
import { changeTally, createCheck, createTallies, groupChecksum, rowChecksum } from "./rowChecksum.ts";
import type { Tallied, Tally } from "./rowChecksum.ts";
import { corrupt, unreadable } from "./sqliteErrors.ts";
import type { SqliteFile } from "./sqliteFile.ts";
import { decodeTotal, encodeTotal, type Total } from "./total.ts";

/** A committed group. */
export interface LogRow {
  readonly seq: number;
  readonly records: Uint8Array;
  readonly keys: Uint8Array<ArrayBuffer>;
}

/** A block of keys with its row. */
export interface KeyRow {
  readonly id: number;
  readonly block: KeyBlock;
  readonly checksum: number;
}

/**
 * The rows of a journal, each with a checksum. A tally holds the number of rows outside of the log and the sum of their
 * checksums, so that a missing row is detected as well as a changed one.
 *
 * Every read throws a `JournalError` "corrupt" if anything does not fit.
 */
export interface Rows extends DocumentRows {
  /** The last group that totals and keys contain, so that its row in the log is superfluous. */
  readonly coveredTo: number;
  /** The app of the journal; written with the tallies. */
  app: string | undefined;
  appendGroup(seq: number, records: Uint8Array, keys: Uint8Array): void;
  dropGroups(from: number, to: number): void;
  writeSeries(total: Total, definition: string): void;
  writeTotal(total: Total, asOf: number): void;
  removeSeries(total: Total): void;
  /** Writes a row. If `before` is given, it replaces the row with that checksum. */
  writeKeys(id: number, block: KeyBlock, before: number | undefined): KeyRow;
  removeKeys(id: number, checksum: number): void;
  /** Writes the tallies. Must be the last write of each transaction that changes a row outside of the log. */
  writeState(coveredTo: number): void;
  /** Reads the tallies. Must be the first read. */
  readState(): void;
  readSeries(add: (id: number, definition: Uint8Array, checksum: number) => void): void;
  readTotals(totals: ReadonlyMap<number, Total>): void;
  readKeys(): KeyRow[];
  /** The groups after `coveredTo`, in order, without a gap. */
  readLog(): Iterable<LogRow>;
}

/** Node 22 binds NULL for empty bytes. */
const BYTES = "ifnull(?, zeroblob(0))";

/** The content of the state row. */
interface Book {
  coveredTo: number;
  app: string | undefined;
  readonly tallies: Readonly<Record<Tallied, Tally>>;
}

export function createRows(file: SqliteFile, path: string): Rows {
  const tallies = createTallies();
  const book: Book = { coveredTo: 0, app: undefined, tallies };
  const putState = file.prepare("INSERT OR REPLACE INTO state VALUES (1, ?, ?)");
  return {
    get coveredTo() {
      return book.coveredTo;
    },
    get app() {
      return book.app;
    },
    set app(name) {
      book.app = name;
    },
    writeState: (covered) => {
      book.coveredTo = covered;
      const state = JSON.stringify({ coveredTo: covered, app: book.app, ...tallies });
      putState.run(state, crc32(state));
    },
    ...createLogRows(file, path, book),
    ...createSeriesRows(file, book),
    ...createKeyBlockRows(file, book),
    ...createDocumentRows(file, path, tallies.documents),
    ...createRowReader(file, path, book),
  };
}

function createLogRows(
  file: SqliteFile,
  path: string,
  book: Book,
): Pick<Rows, "appendGroup" | "dropGroups" | "readLog"> {
  const insertGroup = file.prepare(`INSERT INTO log VALUES (?, ${BYTES}, ${BYTES}, ?)`);
  const deleteGroups = file.prepare("DELETE FROM log WHERE seq BETWEEN ? AND ?");
  return {
    appendGroup: (seq, records, keys) => {
      insertGroup.run(seq, records, keys, groupChecksum(seq, records, keys));
    },
    dropGroups: (from, to) => {
      deleteGroups.run(from, to);
    },
    *readLog() {
      let last = book.coveredTo;
      const rest = file.prepare("SELECT seq, records, keys, checksum FROM log WHERE seq > ? ORDER BY seq");
      for (const row of rest.iterate(book.coveredTo)) {
        const { seq, records, keys } = row as unknown as LogRow;
        if (seq !== last + 1) throw corrupt(path, `group ${last + 1} is missing`);
        if (row["checksum"] !== groupChecksum(seq, records, keys)) {
          throw corrupt(path, `group ${seq} does not fit its checksum`);
        }
        last = seq;
        yield { seq, records, keys };
      }
    },
  };
}

function createSeriesRows(
  file: SqliteFile,
  { tallies }: Book,
): Pick<Rows, "writeSeries" | "writeTotal" | "removeSeries"> {
  const insertSeries = file.prepare("INSERT INTO series VALUES (?, ?, ?)");
  const deleteSeries = file.prepare("DELETE FROM series WHERE id = ?");
  const putTotal = file.prepare(`INSERT OR REPLACE INTO totals VALUES (?, ?, ${BYTES}, ?)`);
  const deleteTotal = file.prepare("DELETE FROM totals WHERE id = ?");
  return {
    writeSeries: (total, definition) => {
      const bytes = Buffer.from(definition);
      const checksum = rowChecksum(bytes, total.id, 0);
      insertSeries.run(total.id, bytes, checksum);
      changeTally(tallies.series, undefined, checksum);
      total.definitionChecksum = checksum;
    },
    writeTotal: (total, asOf) => {
      const bytes = encodeTotal(total);
      const checksum = rowChecksum(bytes, total.id, asOf);
      putTotal.run(total.id, asOf, bytes, checksum);
      changeTally(tallies.totals, total.totalChecksum, checksum);
      total.totalChecksum = checksum;
    },
    removeSeries: (total) => {
      deleteSeries.run(total.id);
      deleteTotal.run(total.id);
      changeTally(tallies.series, total.definitionChecksum, undefined);
      changeTally(tallies.totals, total.totalChecksum, undefined);
    },
  };
}

function createKeyBlockRows(file: SqliteFile, { tallies }: Book): Pick<Rows, "writeKeys" | "removeKeys"> {
  const putKeys = file.prepare("INSERT OR REPLACE INTO keys VALUES (?, ?, ?)");
  const deleteKeys = file.prepare("DELETE FROM keys WHERE id = ?");
  return {
    writeKeys: (id, block, before) => {
      const bytes = writeKeyBlocks([block]);
      const checksum = rowChecksum(bytes, id, 0);
      putKeys.run(id, bytes, checksum);
      changeTally(tallies.keys, before, checksum);
      return { id, block, checksum };
    },
    removeKeys: (id, checksum) => {
      deleteKeys.run(id);
      changeTally(tallies.keys, checksum, undefined);
    },
  };
}

type RowReader = Pick<Rows, "readState" | "readSeries" | "readTotals" | "readKeys">;

function createRowReader(file: SqliteFile, path: string, book: Book): RowReader {
  return {
    readState: () => readState(file, path, book),
    readSeries: (add) => readSeries(file, path, book, add),
    readTotals: (totals) => readTotals(file, path, book, totals),
    readKeys: () => readKeys(file, path, book),
  };
}

function readState(file: SqliteFile, path: string, book: Book): void {
  const row = file.prepare("SELECT state, checksum FROM state").get();
  if (!row) return;
  const text = String(row["state"]);
  if (row["checksum"] !== crc32(text)) throw corrupt(path, "the row of its state does not fit its checksum");
  const state = JSON.parse(text) as { coveredTo: number; app?: string } & Record<Tallied, Tally>;
  book.coveredTo = state.coveredTo;
  book.app = state.app;
  // An earlier version kept no documents.
  for (const name of Object.keys(book.tallies) as Tallied[]) Object.assign(book.tallies[name], state[name]);
}

function readSeries(
  file: SqliteFile,
  path: string,
  book: Book,
  add: Parameters<Rows["readSeries"]>[0],
): void {
  const checked = createCheck(path, "series", book.tallies.series);
  for (const row of file.prepare("SELECT id, definition, checksum FROM series").iterate()) {
    const { id, definition } = row as unknown as { id: number; definition: Uint8Array };
    const expected = rowChecksum(definition, id, 0);
    checked.row(id, expected, row["checksum"]);
    fit(path, `the definition of series ${id}`, () => add(id, definition, expected));
  }
  checked.end();
}

function readTotals(file: SqliteFile, path: string, book: Book, totals: ReadonlyMap<number, Total>): void {
  const checked = createCheck(path, "totals", book.tallies.totals);
  for (const row of file.prepare("SELECT id, as_of, total, checksum FROM totals").iterate()) {
    const { id, as_of, total: bytes } = row as unknown as { id: number; as_of: number; total: Uint8Array };
    const expected = rowChecksum(bytes, id, as_of);
    checked.row(id, expected, row["checksum"]);
    const total = totals.get(id);
    if (!total) throw corrupt(path, `total ${id} has no series`);
    fit(path, `total ${id}`, () => decodeTotal(total, bytes));
    total.asOf = as_of;
    total.totalChecksum = expected;
  }
  checked.end();
}

function readKeys(file: SqliteFile, path: string, book: Book): KeyRow[] {
  const checked = createCheck(path, "keys", book.tallies.keys);
  const rows: KeyRow[] = [];
  for (const row of file.prepare("SELECT id, block, checksum FROM keys ORDER BY id").iterate()) {
    const { id, block: bytes } = row as unknown as { id: number; block: Uint8Array<ArrayBuffer> };
    const checksum = rowChecksum(bytes, id, 0);
    checked.row(id, checksum, row["checksum"]);
    const [block] = fit(path, `block ${id} of keys`, () => readKeyBlocks(bytes));
    if (!block) throw corrupt(path, `block ${id} of keys is empty`);
    rows.push({ id, block, checksum });
  }
  checked.end();
  return rows;
}

function fit<T>(path: string, what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw unreadable(path, `${what} cannot be read`, error);
  }
}
