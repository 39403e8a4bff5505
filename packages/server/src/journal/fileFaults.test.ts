import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  accept,
  type FileFault,
  refuse,
  testFileFaults,
  useFolder,
} from "../../../../test/support/fileFaults.ts";
import { checkJournal } from "./checkJournal.ts";
import { createMeasure, createReserve, createTailMark, readTailMark, walBytes } from "./journalFiles.ts";
import { openSqliteStore } from "./sqliteStore.ts";

const READER = { series: () => {}, keys: () => {} };
const createJournal = (folder: string): void => openSqliteStore(join(folder, "j"), READER).close();

const cases: Readonly<Record<string, FileFault>> = {
  "the mark of the journal, read": {
    files: { "j-tail": "twelve bytes" },
    refused: "j-tail",
    mayBeAbsent: true,
    run: (folder) => void readTailMark(join(folder, "j-tail")),
  },
  "the mark of the journal, opened": {
    files: { "j-tail": "twelve bytes" },
    refused: "j-tail",
    run: (folder) => createTailMark(join(folder, "j-tail")).close(),
  },
  "the journal, opened": {
    files: {},
    refused: "j",
    prepare: createJournal,
    run: (folder) => openSqliteStore(join(folder, "j"), READER).close(),
  },
  "the journal, checked": {
    files: {},
    refused: "j",
    prepare: createJournal,
    run: (folder) => checkJournal(join(folder, "j"), undefined),
  },
  "the reserve of the journal": {
    files: { "j-reserve": "a reserve" },
    refused: "j-reserve",
    run: (folder) => createReserve(join(folder, "j-reserve"), "a reserve".length).fill(),
  },
};

testFileFaults(cases);

const folderOf = useFolder();

test("a journal that cannot be measured is as it was before, and its disk is not full", async () => {
  const folder = folderOf();
  const path = join(folder, "j");
  await writeFile(path, "seven b");
  const measure = createMeasure(path);
  const before = measure(0);
  expect(before).toMatchObject({ bytes: 7, logBytes: 0 });
  expect(before.freeBytes).toBeGreaterThan(0);
  for (const [refused, code] of [
    [path, "EIO"],
    [folder, "EACCES"],
    [`${path}-wal`, "EMFILE"],
  ] as const) {
    refuse(refused, code);
    const measured = measure(5);
    const log = walBytes(path);
    accept();
    expect([measured.bytes, measured.logBytes, log]).toEqual([7, 5, 0]);
    expect(measured.freeBytes).toBeGreaterThan(0);
  }
  refuse(path, "ENOENT");
  expect(measure(0).bytes).toBe(0);
});
