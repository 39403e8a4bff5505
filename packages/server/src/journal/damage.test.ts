import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { useFolder } from "../../../../test/support/journal/conformance.ts";
import { JournalError } from "./journal.ts";
import { writeKeyBlocks } from "./keyBlock.ts";
import { createRecordWriter } from "./records.ts";
import { openSqliteStore } from "./sqliteStore.ts";
import { createTailMark } from "./journalFiles.ts";

/** Number of damaged places. By hand: `DAMAGES=1000 vitest run …`. */
const DAMAGES = Number(process.env["DAMAGES"] ?? 60);
const TIMEOUT = Math.max(120_000, DAMAGES * 2_000);
const GROUPS = 40;
const SERIES = 30;

const folder = useFolder();
const nobody = { series: () => {}, keys: () => {} };

/** The result of a start: the total of each series, and the number of keys. */
interface Found {
  readonly totals: Readonly<Record<number, number>>;
  readonly keys: number;
}

function open(path: string): Found {
  let keys = 0;
  const store = openSqliteStore(path, { ...nobody, keys: ({ words }) => void (keys += words.length / 6) });
  const totals = Object.fromEntries([...store.ledger.totals.values()].map(({ id, value }) => [id, value]));
  store.close();
  return { totals, keys };
}

/** The result after each group, and the files as a crash leaves them: half in the file, half in the log. */
let states: Found[];
beforeEach(() => {
  states = [{ totals: {}, keys: 0 }];
  const path = join(folder.path, "journal");
  const store = openSqliteStore(path, nobody);
  const tail = createTailMark(`${path}-tail`);
  const writer = createRecordWriter();
  const totals: Record<number, number> = {};
  for (let group = 1; group <= GROUPS; group += 1) {
    for (let id = 1; id <= SERIES; id += 1) {
      if (group === 1) writer.define(id, JSON.stringify({ metric: `m${id}`, shape: "counter", labels: {} }));
      writer.increment(id, id * group, 1);
      totals[id] = (totals[id] ?? 0) + id * group;
    }
    const { buffer, length } = writer.take();
    const records = new Uint8Array(buffer, 0, length);
    const words = new Uint32Array(60).fill(group);
    const keys = writeKeyBlocks([{ from: "page", generation: { number: 0, since: 0 }, words }]);
    store.commitGroup(records, keys);
    store.countGroup(records, keys);
    tail.write(group);
    states.push({ totals: { ...totals }, keys: group * 10 });
    if (group === GROUPS / 2) store.coverLog();
    if (group === (GROUPS * 3) / 4) store.beginCheckpoint();
    if (group > (GROUPS * 3) / 4) store.stepCheckpoint();
  }
  for (const part of ["", "-wal", "-tail"]) copyFileSync(path + part, `${path}.image${part}`);
  tail.close();
  store.close();
});

/** The same numbers in every run. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Flips a bit, or cuts, at a place of the file or of its log. Returns what was done, in words. */
function damage(image: string, copy: string, random: (below: number) => number): string {
  for (const part of ["", "-wal", "-tail"]) {
    if (existsSync(image + part)) copyFileSync(image + part, copy + part);
  }
  const target = copy + (random(2) === 0 ? "" : "-wal");
  const bytes = readFileSync(target);
  const at = random(bytes.length);
  const isCut = random(4) === 0;
  if (!isCut) bytes[at] = bytes[at]! ^ (1 << random(8));
  writeFileSync(target, isCut ? bytes.subarray(0, at) : bytes);
  return `${isCut ? "cut" : "flip"} at ${at} of ${target.endsWith("-wal") ? "the log" : "the file"}`;
}

function tryOpen(path: string): Found | JournalError {
  try {
    return open(path);
  } catch (error) {
    if (error instanceof JournalError) return error;
    throw error;
  }
}

test("undamaged, the image has everything", () => {
  const image = join(folder.path, "journal.image");
  expect(open(image)).toEqual(states.at(-1));
});

test(
  `damaged at ${DAMAGES} places, it starts with everything or refuses with a reason`,
  { timeout: TIMEOUT },
  () => {
    const image = join(folder.path, "journal.image");
    const random = createRandom(7);
    let refused = 0;
    for (let time = 0; time < DAMAGES; time += 1) {
      const copy = join(folder.path, `copy${time % 4}`);
      const what = damage(image, copy, random);
      const found = tryOpen(copy);
      if (found instanceof JournalError) {
        refused += 1;
        expect(found.message, what).toContain(copy);
      } else expect(found, what).toEqual(states.at(-1));
    }
    // Most of the file is content: a check that finds little would pass otherwise.
    expect(refused).toBeGreaterThan(DAMAGES / 3);
  },
);

test(
  `after a power loss, without the mark, it may lack the end of the log, and never has a wrong total`,
  { timeout: TIMEOUT },
  () => {
    const image = join(folder.path, "journal.image");
    const random = createRandom(11);
    for (let time = 0; time < DAMAGES; time += 1) {
      const copy = join(folder.path, `copy${time % 4}`);
      const what = damage(image, copy, random);
      rmSync(`${copy}-tail`);
      const found = tryOpen(copy);
      if (!(found instanceof JournalError)) expect(states, what).toContainEqual(found);
    }
  },
);
