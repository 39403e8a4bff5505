import fc from "fast-check";
import { expect, test } from "vitest";
import { formatWrite, KafkaRecordState, nameWrite, type RecordWrite } from "./kafkaRecordState.ts";

/** An entry of the log: a write, or a name that was removed. */
interface Entry {
  readonly name: string;
  readonly value: Buffer | null;
}

function read(log: readonly (Entry | undefined)[]): KafkaRecordState {
  const state = new KafkaRecordState();
  log.forEach((entry, offset) => {
    if (entry) state.apply(entry.name, entry.value, offset + 1);
  });
  return state;
}

const entry = (id: string, write: RecordWrite): Entry => ({
  name: nameWrite(write.key, id),
  value: formatWrite(write),
});

test("of two writes that replace the same revision, the first one counts", () => {
  const state = read([
    entry("a", { key: "k", replaces: 0, text: "one" }),
    entry("b", { key: "k", replaces: 1, text: "two" }),
    entry("c", { key: "k", replaces: 1, text: "late" }),
  ]);
  expect(state.read("k")).toEqual({ key: "k", text: "two", revision: 2 });
  expect(state.staleOf("k")).toEqual(["k a", "k c"]);
});

test("a removed record is written again by a write that replaces its removal", () => {
  const log = [entry("a", { key: "k", replaces: 0, text: "one" }), entry("b", { key: "k", replaces: 1 })];
  expect(read(log).read("k")).toBeUndefined();
  expect(read(log).revisionOf("k")).toBe(2);
  // A write of before the removal.
  expect(read([...log, entry("c", { key: "k", replaces: 0, text: "old" })]).read("k")).toBeUndefined();
  expect(read([...log, entry("d", { key: "k", replaces: 2, text: "new" })]).read("k")?.text).toBe("new");
});

test("entries that something else wrote mean nothing", () => {
  const bytes = ["", "{", "[]", "null", '{"key":1}', '{"key":"k","replaces":"0"}'];
  const state = read(bytes.map((text, at) => ({ name: `k ${at}`, value: Buffer.from(text) })));
  expect(state.list("")).toEqual([]);
});

/** Writers that see a prefix of the log, remove stale names as the real ones do, and race. */
const steps = fc.array(
  fc.record({ key: fc.constantFrom("a", "b"), behind: fc.nat(3), isRemoval: fc.boolean() }),
  { maxLength: 40 },
);

function play(moves: readonly { key: string; behind: number; isRemoval: boolean }[]): readonly Entry[] {
  const log: Entry[] = [];
  moves.forEach(({ key, behind, isRemoval }, at) => {
    const seen = read(log.slice(0, Math.max(log.length - behind, 0)));
    for (const name of seen.staleOf(key)) log.push({ name, value: null });
    log.push(entry(`${at}`, { key, replaces: seen.revisionOf(key), ...(!isRemoval && { text: `${at}` }) }));
  });
  return log;
}

test("the log means the same after Kafka has removed earlier entries of a name", () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 200 }), (moves, clean) => {
      const log = play(moves);
      // Compaction keeps the last entry of each name, up to a place that it has reached.
      const compacted = log.map((kept, at) =>
        at < clean && log.slice(at + 1, clean).some(({ name }) => name === kept.name) ? undefined : kept,
      );
      // And forgets removals after a time.
      const forgotten = compacted.map((kept, at) =>
        at < clean && kept?.value === null && !compacted.slice(0, at).some((e) => e?.name === kept.name)
          ? undefined
          : kept,
      );
      for (const seen of [read(compacted), read(forgotten)]) {
        expect(seen.list("")).toEqual(read(log).list(""));
        for (const key of ["a", "b"]) expect(seen.revisionOf(key)).toBe(read(log).revisionOf(key));
      }
    }),
  );
});
