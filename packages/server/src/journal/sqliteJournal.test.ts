import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { testDurableJournal, testJournal, useFolder } from "../../../../test/support/journal/conformance.ts";
import { createRecorder } from "../metrics/recorder.ts";
import { openSqliteJournal } from "./sqliteJournal.ts";

const openIn = (folder: string) => openSqliteJournal({ path: join(folder, "metrics.journal") });

describe("as every journal", () => testJournal(openIn));
describe("as every durable journal", () => testDurableJournal(openIn));

describe("the log of a journal that is never quiet", () => {
  const folder = useFolder();

  test("has an end, and a start finds everything", async () => {
    const path = join(folder.path, "journal");
    const journal = await openSqliteJournal({ path });
    const recorder = createRecorder([
      {
        name: "orders_total",
        help: "Test.",
        type: "counter",
        unit: "none",
        labels: [],
        side: "page",
        known: [],
        maxSeries: 1,
      },
    ]);
    const increment = recorder.resolve({ metric: "orders_total", labels: {}, value: 2 });
    const increments = Array.from({ length: 5_000 }, () => increment);
    const lengths: number[] = [];
    for (let group = 0; group < 150; group += 1) {
      await journal.append({ from: "page", at: 1, increments });
      lengths.push(statSync(`${path}-wal`).size);
    }
    await journal.close();
    // 20 kB a group: without an end the log would have three million bytes.
    expect(Math.max(...lengths)).toBeLessThan(2_600_000);

    const again = await openSqliteJournal({ path });
    expect([...again.saved].map(({ value }) => value)).toEqual([150 * 5_000 * 2]);
    await again.close();
  });
});
