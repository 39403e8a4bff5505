/** A start that is refused leaves every byte as it is, so that what was acknowledged is found once the reason is gone. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { countSaved, createEntry } from "../../../../test/support/journal/entries.ts";
import type { JournalError, JournalErrorCode } from "./journal.ts";
import { writeKeyBlocks } from "./keyBlock.ts";
import { createRecordWriter } from "./records.ts";
import { toJournalError } from "./sqliteErrors.ts";
import { openSqliteJournal } from "./sqliteJournal.ts";
import { openSqliteStore, type SqliteStore } from "./sqliteStore.ts";
import { createTailMark } from "./journalFiles.ts";

const GROUPS = 30;
/** Keys of each group. */
const KEYS = 10;
const PARTS = ["", "-wal", "-tail"];

let folder: string;
let path: string;

/** A journal as a crash leaves it: half in the file, half in the log. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rumkit-refusals-"));
  const image = join(folder, "image");
  path = join(folder, "journal");
  const store = openSqliteStore(image, { series: () => {}, keys: () => {} });
  store.claim("shop");
  store.commitDocuments([
    { section: "notices", key: "a", text: "1" },
    { section: "notices", key: "b", text: "2" },
  ]);
  const tail = createTailMark(`${image}-tail`);
  for (let group = 1; group <= GROUPS; group += 1) {
    commit(store, group);
    tail.write(group);
    if (group === GROUPS / 2) store.coverLog();
  }
  for (const part of PARTS) copyFileSync(image + part, path + part);
  tail.close();
  store.close();
  for (const part of PARTS) rmSync(image + part, { force: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Adds one to the only series, under keys that are new. */
function commit(store: SqliteStore, group: number): void {
  const writer = createRecordWriter();
  if (group === 1) writer.define(1, JSON.stringify({ metric: "orders_total", shape: "counter", labels: {} }));
  writer.increment(1, 1, 1);
  const { buffer, length } = writer.take();
  const records = new Uint8Array(buffer, 0, length);
  const words = new Uint32Array(KEYS * 6).fill(group);
  const keys = writeKeyBlocks([{ from: "page", generation: { number: 0, since: 0 }, words }]);
  store.commitGroup(records, keys);
  store.countGroup(records, keys);
}

/** Everything in the folder: by name what it is, its rights, and its content. */
function snapshot(): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .toSorted()
      .map((name) => {
        const file = join(folder, name);
        const status = lstatSync(file);
        const content = status.isFile() ? crc32(readFileSync(file)) : 0;
        return [name, `${status.mode} ${status.size} ${content}`];
      }),
  );
}

function refusal(app?: string): JournalError | undefined {
  try {
    openSqliteStore(path, { series: () => {}, keys: () => {} }, { app }).close();
    return undefined;
  } catch (error) {
    return toJournalError(path, error);
  }
}

/** The result of a good start: the counted total, and the number of known keys. */
function found(): { total: number; keys: number } {
  let keys = 0;
  const reader = {
    series: () => {},
    keys: ({ words }: { words: Uint32Array }) => void (keys += words.length / 6),
  };
  const store = openSqliteStore(path, reader);
  const total = store.ledger.totals.get(1)?.value ?? 0;
  store.close();
  return { total, keys };
}

const EVERYTHING = { total: GROUPS, keys: GROUPS * KEYS };
const DOCUMENTS = [
  ["notices", "a", "1"],
  ["notices", "b", "2"],
];

function foundDocuments(): unknown[] {
  const documents: unknown[] = [];
  const reader = { series: () => {}, keys: () => {}, document: (kept: unknown) => documents.push(kept) };
  openSqliteStore(path, reader).close();
  return documents;
}

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  const place = at < 0 ? bytes.length + at : at;
  bytes[place] = bytes[place]! ^ 4;
  writeFileSync(file, bytes);
}

function cut(file: string, part: number): void {
  truncateSync(file, Math.floor(statSync(file).size * part));
}

/** Changes the file as another program would; its log goes into it with that. */
function change(sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

type Kind = readonly [what: string, code: JournalErrorCode, damage: () => void];

const kinds: readonly Kind[] = [
  [
    "a file that is not a database any more",
    "corrupt",
    () => {
      change("PRAGMA wal_checkpoint");
      flip(path, 3);
    },
  ],
  ["a wrong bit in the file", "corrupt", () => flip(path, readFileSync(path).lastIndexOf("orders_total"))],
  ["a file that was cut", "corrupt", () => cut(path, 0.5)],
  ["a file that was emptied", "missing", () => truncateSync(path, 0)],
  ["a file that is gone", "missing", () => rmSync(path)],
  [
    "a file that is gone with its mark",
    "missing",
    () => {
      rmSync(path);
      rmSync(`${path}-tail`);
    },
  ],
  [
    "a file that is gone with its log",
    "missing",
    () => {
      rmSync(path);
      rmSync(`${path}-wal`);
    },
  ],
  [
    "a folder in its place",
    "io_error",
    () => {
      rmSync(path);
      mkdirSync(path);
    },
  ],
  [
    "a link to itself",
    "io_error",
    () => {
      rmSync(path);
      symlinkSync(path, path);
    },
  ],
  ["a wrong bit in the head of the log", "lost_tail", () => flip(`${path}-wal`, 9)],
  [
    "a wrong bit in the middle of the log",
    "lost_tail",
    () => flip(`${path}-wal`, statSync(`${path}-wal`).size >> 1),
  ],
  ["a wrong bit at the end of the log", "lost_tail", () => flip(`${path}-wal`, -9)],
  ["a log that was cut", "lost_tail", () => cut(`${path}-wal`, 0.6)],
  ["a log that was emptied", "lost_tail", () => truncateSync(`${path}-wal`, 0)],
  ["a log that is gone", "lost_tail", () => rmSync(`${path}-wal`)],
  [
    "a mark that cannot be read",
    "io_error",
    () => {
      rmSync(`${path}-tail`);
      mkdirSync(`${path}-tail`);
    },
  ],
  ["a row that was changed", "corrupt", () => change("UPDATE totals SET total = zeroblob(8)")],
  [
    "a row that was deleted",
    "corrupt",
    () => change("DELETE FROM keys WHERE id = (SELECT min(id) FROM keys)"),
  ],
  [
    "a group that was deleted",
    "corrupt",
    () => change("DELETE FROM log WHERE seq = (SELECT max(seq) - 1 FROM log)"),
  ],
  ["a document that was changed", "corrupt", () => change("UPDATE documents SET text = 'other'")],
  ["a document that was moved", "corrupt", () => change("UPDATE documents SET section = 'other'")],
  ["a document that was deleted", "corrupt", () => change("DELETE FROM documents")],
  ["documents that were dropped", "corrupt", () => change("DROP TABLE documents")],
  ["a table that was dropped", "corrupt", () => change("DROP TABLE totals")],
  ["a newer version", "newer_schema", () => change("PRAGMA user_version = 99")],
  ["an older version", "older_schema", () => change("PRAGMA user_version = 0")],
  ["a database of another program", "not_a_journal", () => change("PRAGMA application_id = 7")],
];

describe("a start is refused, and changes nothing", () => {
  test.each(kinds)("for %s", (_what, code, damage) => {
    const whole = PARTS.map((part) => readFileSync(path + part));
    damage();
    const before = snapshot();
    // Twice: what the first try left would show in the second.
    for (const time of [1, 2]) {
      const error = refusal();
      expect(error, `try ${time}`).toMatchObject({ name: "JournalError", code });
      expect(error!.message).toContain(path);
      if (code !== "io_error") expect(error!.message).toMatch(/Nothing was changed\.$/);
      expect(snapshot()).toEqual(before);
    }
    for (const [index, part] of PARTS.entries()) {
      rmSync(path + part, { recursive: true, force: true });
      writeFileSync(path + part, whole[index]!);
    }
    expect(found()).toEqual(EVERYTHING);
  });

  test("for a journal of another app, and names both", () => {
    const before = snapshot();
    expect(refusal("bulletproof")).toMatchObject({
      code: "other_app",
      message: expect.stringMatching(/"shop".*"bulletproof"/) as string,
    });
    expect(snapshot()).toEqual(before);
    expect(refusal("shop")).toBeUndefined();
    expect(found()).toEqual(EVERYTHING);
  });

  test("for a journal that another process has open, under any name", () => {
    const other = join(folder, "link");
    symlinkSync(path, other);
    const store = openSqliteStore(path, { series: () => {}, keys: () => {} });
    const before = snapshot();
    for (const name of [path, other]) {
      expect(() => openSqliteStore(name, { series: () => {}, keys: () => {} })).toThrow(/locked/);
    }
    expect(snapshot()).toEqual(before);
    commit(store, GROUPS + 1);
    store.close();
    expect(found()).toEqual({ total: GROUPS + 1, keys: (GROUPS + 1) * KEYS });
  });

  test.skipIf(process.getuid?.() === 0)("where the user may not write it", () => {
    chmodSync(path, 0o444);
    const before = snapshot();
    expect(refusal()).toMatchObject({ code: "read_only" });
    expect(snapshot()).toEqual(before);
    chmodSync(path, 0o644);
    expect(found()).toEqual(EVERYTHING);
  });
});

test("a file that was moved away for one start and put back has everything", () => {
  renameSync(path, `${path}.away`);
  expect(refusal()).toMatchObject({ code: "missing" });
  renameSync(`${path}.away`, path);
  expect(found()).toEqual(EVERYTHING);
});

test("a file of version 1 has everything, gains documents, and keeps them", () => {
  change("DROP TABLE documents; PRAGMA user_version = 1");
  // Its tallies are those of a file that never had documents.
  const database = new DatabaseSync(path);
  const { documents: _, ...state } = JSON.parse(
    String(database.prepare("SELECT state FROM state").get()!["state"]),
  ) as Record<string, unknown>;
  const text = JSON.stringify(state);
  database.prepare("UPDATE state SET state = ?, checksum = ?").run(text, crc32(text));
  database.close();
  expect(found()).toEqual(EVERYTHING);
  expect(foundDocuments()).toEqual([]);
  const store = openSqliteStore(path, { series: () => {}, keys: () => {} });
  store.commitDocuments([{ section: "notices", key: "a", text: "1" }]);
  store.close();
  expect(foundDocuments()).toEqual(DOCUMENTS.slice(0, 1));
  expect(found()).toEqual(EVERYTHING);
});

test("names that a killed start left behind do no harm", () => {
  for (const part of ["-look", "-look-wal"]) writeFileSync(path + part, "stale");
  expect(found()).toEqual(EVERYTHING);
  expect(readdirSync(folder).filter((name) => name.includes("-look"))).toEqual([]);
});

test("a journal that never acknowledged anything begins at 0: a start that was cut", () => {
  for (const part of PARTS) rmSync(path + part);
  writeFileSync(path, "");
  writeFileSync(`${path}-tail`, "");
  expect(found()).toEqual({ total: 0, keys: 0 });
});

test("the other files of a journal are beside the file itself, even if a link named it", async () => {
  for (const part of PARTS) rmSync(path + part);
  mkdirSync(join(folder, "disk"));
  symlinkSync(join(folder, "disk/real"), path);
  writeFileSync(join(folder, "disk/real"), "");
  const journal = await openSqliteJournal({ path, reserveBytes: 65_536 });
  await journal.append(createEntry(0));
  expect(readdirSync(join(folder, "disk")).toSorted()).toEqual(
    ["", "-reserve", "-tail", "-wal"].map((part) => `real${part}`),
  );
  await journal.close();
  expect(readdirSync(folder).toSorted()).toEqual(["disk", "journal"]);
});

test("a file that is deleted while it is open is noticed, and nothing more is acknowledged", async () => {
  for (const part of PARTS) rmSync(path + part);
  const journal = await openSqliteJournal({ path, reserveBytes: 65_536 });
  await journal.append(createEntry(0));
  renameSync(path, `${path}.away`);
  await expect.poll(() => journal.state?.().failing?.code).toBe("missing");
  await expect(journal.append(createEntry(1))).rejects.toMatchObject({ code: "missing" });
  expect(existsSync(path)).toBe(false);
  // After it was put back, the journal continues with everything that it acknowledged.
  renameSync(`${path}.away`, path);
  await expect.poll(() => journal.state?.().failing).toBeUndefined();
  expect(await journal.append(createEntry(0))).toBe("duplicate");
  expect(await journal.append(createEntry(1))).toBe("appended");
  await journal.close();
  const again = await openSqliteJournal({ path, reserveBytes: 65_536 });
  expect(countSaved(again)).toBe(2);
  await again.close();
});
