import { describe, expect, test } from "vitest";
import { testJournal } from "../../../../test/support/journal/conformance.ts";
import { createMemoryJournal } from "./memoryJournal.ts";

describe("as every journal", () => {
  testJournal(async () => createMemoryJournal());
});

test("it reports that it keeps nothing across a restart", () => {
  expect(createMemoryJournal().durable).toBe(false);
});

test("a key is remembered for its retention and forgotten after at most two", async () => {
  const journal = createMemoryJournal({ retentionMs: 100 });
  const append = (key: string, at: number) => journal.append({ key, from: "page", at, increments: [] });
  await append("first", 1_000);
  expect(await append("first", 1_099)).toBe("duplicate");
  await append("second", 1_100);
  expect(await append("first", 1_199)).toBe("duplicate");
  await append("third", 1_200);
  expect(await append("first", 1_201)).toBe("appended");
});

test("a flood of keys forgets the oldest, never the newest", async () => {
  const journal = createMemoryJournal({ maxKeys: 10 });
  for (let index = 0; index < 25; index += 1)
    await journal.append({ key: String(index), from: "page", at: 1, increments: [] });
  expect(await journal.append({ key: "24", from: "page", at: 1, increments: [] })).toBe("duplicate");
  expect(await journal.append({ key: "0", from: "page", at: 1, increments: [] })).toBe("appended");
});

test("a flood of batches forgets no order", async () => {
  const journal = createMemoryJournal({ maxKeys: 10 });
  await journal.append({ key: "order", from: "server", at: 1, increments: [] });
  for (let index = 0; index < 100; index += 1) {
    await journal.append({ key: String(index), from: "page", at: 1, increments: [] });
  }
  expect(await journal.append({ key: "order", from: "server", at: 1, increments: [] })).toBe("duplicate");
});
