import { expect, test } from "vitest";
import type { Journal, JournalEntry } from "./journal.ts";

/** What every journal has to do, whatever it keeps its entries in. */
export function testJournal(create: () => Promise<Journal>): void {
  const entry: JournalEntry = { key: "a", from: "page", fingerprint: "1", at: 0, increments: [] };

  test("a key is new once", async () => {
    const journal = await create();
    expect(await journal.append(entry)).toBe("appended");
    expect(await journal.append(entry)).toBe("duplicate");
    expect(await journal.append({ ...entry, key: "b" })).toBe("appended");
    await journal.close();
  });

  test("of 64 at the same moment one is new", async () => {
    const journal = await create();
    const outcomes = await Promise.all(Array.from({ length: 64 }, () => journal.append(entry)));
    expect(outcomes.filter((outcome) => outcome === "appended")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === "duplicate")).toHaveLength(63);
    await journal.close();
  });

  test("a key with another content is a conflict", async () => {
    const journal = await create();
    await journal.append(entry);
    expect(await journal.append({ ...entry, fingerprint: "2" })).toBe("conflict");
    await journal.close();
  });

  test("an entry without a key is always new", async () => {
    const journal = await create();
    const unkeyed: JournalEntry = { from: "page", at: 0, increments: [] };
    expect(await journal.append(unkeyed)).toBe("appended");
    expect(await journal.append(unkeyed)).toBe("appended");
    await journal.close();
  });

  test("a key is remembered when the clock goes back", async () => {
    const journal = await create();
    await journal.append({ ...entry, at: 7_200_000 });
    expect(await journal.append({ ...entry, at: 0 })).toBe("duplicate");
    await journal.close();
  });
}
