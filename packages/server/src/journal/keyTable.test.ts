import fc from "fast-check";
import { expect, test } from "vitest";
import { KEY_WORDS, writeKey } from "./keyDigest.ts";
import { CHUNK_WORDS, createKeyTable, emptyKeyTable, fillKeyTable } from "./keyTable.ts";

const words = new Uint32Array(KEY_WORDS);

test("it returns the same as a map, through doublings, changes and transfers", () => {
  const step = fc.record({ key: fc.nat({ max: 3000 }), value: fc.nat(), move: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 4000, size: "max" }), (steps) => {
      let table = createKeyTable();
      const map = new Map<number, number>();
      for (const { key, value, move } of steps) {
        words.set([0, key, 0, 1, value, 0]);
        expect(table.get(words, 0)).toBe(map.get(key) ?? -1);
        table.set(words, 0);
        map.set(key, value);
        if (move && key % 100 === 0) table = createKeyTable(table.image());
      }
      expect(table.size).toBe(map.size);
      for (const [key, value] of map) {
        words.set([0, key, 0, 1, 0, 0]);
        expect(table.get(words, 0)).toBe(value);
      }
    }),
    { numRuns: 20 },
  );
});

test("a table with a given number of expected keys does not grow for them", () => {
  const table = createKeyTable(emptyKeyTable(10_000));
  const { places } = table.image();
  for (let key = 1; key <= 10_000; key += 1) {
    words.set([key, 0, 0, 0, 0, 0]);
    table.set(words, 0);
  }
  expect(table.image().places).toBe(places);
});

test("a table that is filled from blocks finds every key, and accepts further ones", () => {
  let next = 0;
  const block = (length: number): Uint32Array<ArrayBuffer> => {
    const keys = new Uint32Array(length);
    for (let at = 0; at < length; at += KEY_WORDS) keys.set([7, (next += 1), 0, 1, next % 5, 0], at);
    return keys;
  };
  // Whole ones are taken as they are, wherever they stand among the others.
  const lengths = [6, CHUNK_WORDS, CHUNK_WORDS - 6, CHUNK_WORDS, 600];
  const table = fillKeyTable(lengths.map(block));
  for (let more = 0; more < 5_000; more += 1) table.set(block(KEY_WORDS), 0);
  expect(table.size).toBe(next);
  for (let key = 1; key <= next; key += 1) {
    words.set([7, key, 0, 1, 0, 0]);
    expect(table.get(words, 0)).toBe(key % 5);
  }
  words.set([7, 0, 0, 1, 0, 0]);
  expect(table.get(words, 0)).toBe(-1);
});

test("ids that differ in one place only spread as well as others", () => {
  const table = createKeyTable(emptyKeyTable(100_000));
  // Chains as long as the table would take minutes: the test would not end in time.
  for (let key = 1; key <= 100_000; key += 1) {
    words.set([key << 16, key, 7, 7, 0, 0]);
    table.set(words, 0);
  }
  expect(table.size).toBe(100_000);
});

test("an id of 32 hexadecimal digits is used as the key, any other id is hashed", () => {
  const other = new Uint32Array(KEY_WORDS);
  writeKey(words, 0, "0123456789abcdef0123456789abcdef", undefined);
  expect([...words]).toEqual([0x01234567, 0x89abcdef, 0x01234567, 0x89abcdef, 0, 0]);
  writeKey(words, 0, "0".repeat(32), undefined);
  expect(words.slice(0, 4).some((word) => word !== 0)).toBe(true);
  writeKey(words, 0, "order-1", undefined);
  writeKey(other, 0, "order-2", undefined);
  expect([...words]).not.toEqual([...other]);
});

test("a fingerprint has 53 bits", () => {
  const other = new Uint32Array(KEY_WORDS);
  writeKey(words, 0, "a", `${"0".repeat(15)}1`);
  writeKey(other, 0, "a", `${"0".repeat(15)}2`);
  expect(words[5]).not.toBe(other[5]);
  writeKey(words, 0, "a", "short");
  writeKey(other, 0, "a", "other");
  expect(words[4]).not.toBe(other[4]);
});
