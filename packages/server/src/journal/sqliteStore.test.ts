import { copyFileSync, existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { useFolder } from "../../../../test/support/journal/conformance.ts";
import { writeKeyBlocks } from "./keyBlock.ts";
import { createRecordWriter } from "./records.ts";
import { openSqliteStore, type SqliteStore } from "./sqliteStore.ts";

const folder = useFolder();
const nobody = { series: () => {}, keys: () => {} };
const SERIES = 12;

/** The effects of one group: it counts, and folds a series into the one beside it. */
interface Step {
  readonly counts: readonly { readonly series: number; readonly value: number }[];
  readonly fold: number | undefined;
  /** Steps of a checkpoint after it, and whether one begins. */
  readonly checkpoint: boolean;
  readonly steps: number;
  /** True if the log restarts after it. */
  readonly restart: boolean;
}

const COUNT: Step = {
  counts: [{ series: 1, value: 1 }],
  fold: undefined,
  checkpoint: false,
  steps: 0,
  restart: false,
};

const stepArbitrary: fc.Arbitrary<Step> = fc.record({
  counts: fc.array(fc.record({ series: fc.nat({ max: SERIES - 1 }), value: fc.nat({ max: 9 }) }), {
    maxLength: 8,
  }),
  fold: fc.option(fc.nat({ max: SERIES - 2 }), { nil: undefined, freq: 4 }),
  checkpoint: fc.boolean(),
  steps: fc.nat({ max: 3 }),
  restart: fc.boolean(),
});

/** Assigns ids to series as the main thread does, and defines each series at its first increment. */
function createModel() {
  const ids = new Map<number, number>();
  const totals = new Map<number, number>();
  let next = 1;
  const writer = createRecordWriter();
  const idOf = (series: number): number => {
    const known = ids.get(series);
    if (known !== undefined) return known;
    ids.set(series, next);
    writer.define(next, JSON.stringify({ metric: `m${series}`, shape: "counter", labels: {} }));
    return next++;
  };
  return {
    totals,
    commit: (store: SqliteStore, { counts, fold }: Step): void => {
      for (const { series, value } of counts) {
        writer.increment(idOf(series), value, 1);
        totals.set(series, (totals.get(series) ?? 0) + value);
      }
      if (fold !== undefined && ids.has(fold)) {
        writer.fold(ids.get(fold)!, idOf(fold + 1));
        totals.set(fold + 1, (totals.get(fold + 1) ?? 0) + (totals.get(fold) ?? 0));
        totals.delete(fold);
        ids.delete(fold);
      }
      const { buffer, length } = writer.take();
      const records = new Uint8Array(buffer, 0, length);
      const keys = writeKeyBlocks([]);
      store.commitGroup(records, keys);
      store.countGroup(records, keys);
    },
  };
}

/** The totals that a start would find if the process were killed now: the files as they are, elsewhere. */
function totalsAfterCrash(path: string, image: string): Map<number, number> {
  for (const part of ["", "-wal"]) if (existsSync(path + part)) copyFileSync(path + part, image + part);
  const definitions = new Map<number, number>();
  const store = openSqliteStore(image, {
    ...nobody,
    series: (id, definition) => {
      const { metric } = JSON.parse(Buffer.from(definition).toString()) as { metric: string };
      definitions.set(id, Number(metric.slice(1)));
    },
  });
  const totals = new Map(
    [...store.ledger.totals.values()]
      .filter(({ gone }) => !gone)
      .map(({ id, value }) => [definitions.get(id)!, value]),
  );
  store.close();
  return totals;
}

test("a crash at any moment, also within a checkpoint, finds every series as it was", () => {
  let run = 0;
  fc.assert(
    fc.property(fc.array(stepArbitrary, { minLength: 1, maxLength: 12 }), (steps) => {
      run += 1;
      const own = join(folder.path, String(run));
      mkdirSync(own);
      const path = join(own, "journal");
      const store = openSqliteStore(path, nobody);
      const model = createModel();
      for (const [index, step] of steps.entries()) {
        model.commit(store, step);
        if (step.checkpoint) store.beginCheckpoint();
        for (let part = 0; part < step.steps; part += 1) store.stepCheckpoint();
        if (step.restart) store.shortenLog(0);
        expect(totalsAfterCrash(path, join(own, `image${index}`))).toEqual(model.totals);
      }
      store.coverLog();
      expect(store.logBytes).toBe(0);
      store.close();
      expect(totalsAfterCrash(path, join(own, "last"))).toEqual(model.totals);
    }),
    { numRuns: 12 },
  );
});

test("a refused group that is in the file all the same is deleted", () => {
  const path = join(folder.path, "journal");
  const first = openSqliteStore(path, nobody);
  const model = createModel();
  model.commit(first, COUNT);
  model.commit(first, COUNT);
  first.close();
  const again = openSqliteStore(path, nobody, { acknowledged: 1 });
  expect(again.lastSeq).toBe(1);
  expect([...again.ledger.totals.values()].map(({ value }) => value)).toEqual([1]);
  again.close();
});

test("forgotten keys are removed from the file", () => {
  const path = join(folder.path, "journal");
  const found: number[] = [];
  const store = openSqliteStore(path, nobody);
  for (let number = 0; number < 5; number += 1) {
    const generation = { number, since: number };
    const keys = writeKeyBlocks([{ from: "page", generation, words: new Uint32Array(6).fill(number + 1) }]);
    store.commitGroup(new Uint8Array(0), keys);
    store.countGroup(new Uint8Array(0), keys);
    store.coverLog();
  }
  store.close();
  const again = openSqliteStore(path, { ...nobody, keys: ({ generation }) => found.push(generation.number) });
  expect(found).toEqual([3, 4]);
  again.close();
});

test("a restarted log keeps its length, and the next transaction overwrites its beginning", () => {
  const path = join(folder.path, "journal");
  const store = openSqliteStore(path, nobody);
  const model = createModel();
  for (let group = 0; group < 20; group += 1) model.commit(store, COUNT);
  const { size } = statSync(`${path}-wal`);
  for (let round = 0; round < 3; round += 1) {
    store.shortenLog(0);
    for (let group = 0; group < 10; group += 1) model.commit(store, COUNT);
    expect(statSync(`${path}-wal`).size).toBe(size);
    expect(totalsAfterCrash(path, join(folder.path, `image${round}`))).toEqual(model.totals);
  }
  store.close();
});
