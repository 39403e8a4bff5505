import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Journal, JournalEntry, MetricDescriptor, Sample } from "@rumkit/server";
import {
  createRecorder,
  type Increment,
  MAX_SECTION_BYTES,
  type Recorder,
  type SavedSeries,
} from "@rumkit/server/internal/testing";

/** Opens the journal in a folder; the same folder is the same journal. */
export type OpenJournal = (folder: string) => Promise<Journal>;

const base = { help: "Test.", side: "page", known: [], maxSeries: 1_000_000 } as const;

/** A counter, money, a histogram and a gauge: everything that a journal can meet. */
const DESCRIPTORS: readonly MetricDescriptor[] = [
  { ...base, name: "clicks_total", type: "counter", unit: "none", labels: ["name", "page"] },
  { ...base, name: "revenue_total", type: "counter", unit: "currency", labels: ["currency"] },
  { ...base, name: "wait_seconds", type: "histogram", unit: "seconds", labels: [], buckets: [0.1, 1] },
  { ...base, name: "queue", type: "gauge", unit: "none", labels: [] },
];

const click = (name = "buy"): Sample => ({ metric: "clicks_total", labels: { name }, value: 1 });
const money = (cents: number): Sample => ({
  metric: "revenue_total",
  labels: { currency: "EUR" },
  value: cents,
});
const wait = (seconds: number, times = 1): Sample => ({
  metric: "wait_seconds",
  labels: {},
  value: seconds,
  times,
});

/** A journal with a recorder, as a collector has them. */
interface Bench {
  readonly journal: Journal;
  readonly recorder: Recorder;
  /** Appends samples, and counts them when they are kept. */
  count(samples: readonly Sample[], entry?: Partial<JournalEntry>): ReturnType<Journal["append"]>;
}

function createBench(journal: Journal): Bench {
  const recorder = createRecorder(DESCRIPTORS);
  return {
    journal,
    recorder,
    count: async (samples, entry = {}) => {
      const increments: Increment[] = samples.map(recorder.resolve);
      const outcome = await journal.append({ from: "page", at: 1, increments, ...entry });
      if (outcome === "appended") for (const increment of increments) recorder.count(increment);
      return outcome;
    },
  };
}

/** Gives each test of a suite a new folder, gone when the test is over. */
export function useFolder(): { readonly path: string } {
  const folder = { path: "" };
  beforeEach(() => {
    folder.path = mkdtempSync(join(tmpdir(), "rumkit-journal-"));
  });
  afterEach(() => rmSync(folder.path, { recursive: true, force: true }));
  return folder;
}

/** The duties of every journal, whatever it keeps its entries in. */
export function testJournal(openIn: OpenJournal): void {
  const folder = useFolder();
  const open = (): Promise<Journal> => openIn(folder.path);
  const entry: JournalEntry = { key: "a", from: "page", fingerprint: "1", at: 0, increments: [] };

  test("a key is new once", async () => {
    const journal = await open();
    expect(await journal.append(entry)).toBe("appended");
    expect(await journal.append(entry)).toBe("duplicate");
    expect(await journal.append({ ...entry, key: "b" })).toBe("appended");
    await journal.close();
  });

  test("of 64 at the same moment one is new", async () => {
    const journal = await open();
    const outcomes = await Promise.all(Array.from({ length: 64 }, () => journal.append(entry)));
    expect(outcomes.filter((outcome) => outcome === "appended")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === "duplicate")).toHaveLength(63);
    await journal.close();
  });

  test("a key with another content is a conflict, also at the same moment", async () => {
    const journal = await open();
    const other = { ...entry, fingerprint: "2" };
    expect(await Promise.all([journal.append(entry), journal.append(other)])).toEqual([
      "appended",
      "conflict",
    ]);
    expect(await journal.append(other)).toBe("conflict");
    await journal.close();
  });

  test("the same key of a page and of server code are two", async () => {
    const journal = await open();
    expect(await journal.append(entry)).toBe("appended");
    expect(await journal.append({ ...entry, from: "server" })).toBe("appended");
    await journal.close();
  });

  test("an entry without a key is always new", async () => {
    const journal = await open();
    const unkeyed: JournalEntry = { from: "page", at: 0, increments: [] };
    expect(await journal.append(unkeyed)).toBe("appended");
    expect(await journal.append(unkeyed)).toBe("appended");
    await journal.close();
  });

  test("a key is remembered when the clock goes back", async () => {
    const journal = await open();
    await journal.append({ ...entry, at: 7_200_000 });
    expect(await journal.append({ ...entry, at: 0 })).toBe("duplicate");
    await journal.close();
  });

  test("a clock that jumps forward by 400 days forgets no key in one step", async () => {
    const journal = await open();
    const later = 400 * 86_400_000;
    await journal.append({ ...entry, at: 1 });
    await journal.append({ ...entry, key: "b", at: later });
    expect(await journal.append({ ...entry, at: later + 1 })).toBe("duplicate");
    await journal.close();
  });

  test.each([100, -400 * 24])(
    "a clock that jumps by %i h and back, again and again, forgets no key",
    async (hours) => {
      const journal = await open();
      const now = 500 * 86_400_000;
      const jump = hours * 3_600_000;
      await journal.append({ ...entry, at: now });
      for (const [index, at] of [
        now + jump,
        now + 1,
        now + jump + 2,
        now + 3,
        now + jump + 4,
        now + 5,
      ].entries()) {
        await journal.append({ ...entry, key: `other-${index}`, at });
        expect(await journal.append({ ...entry, at })).toBe("duplicate");
      }
      await journal.close();
    },
  );

  test("entries resolve in the order in which they came", async () => {
    const journal = await open();
    const order: number[] = [];
    const append = async (index: number): Promise<void> => {
      await journal.append({ ...entry, key: String(index) });
      order.push(index);
    };
    await Promise.all(Array.from({ length: 200 }, (_, index) => append(index)));
    expect(order).toEqual(Array.from({ length: 200 }, (_, index) => index));
    await journal.close();
  });

  test("documents are kept all or none, bounded, and in order; of a new journal there are none", async () => {
    const journal = await open();
    const { documents } = journal;
    expect([...documents!.read("notices")]).toEqual([]);
    const order: number[] = [];
    const write = async (index: number): Promise<void> => {
      await documents!.write([{ section: "notices", key: "a", text: String(index) }]);
      order.push(index);
    };
    await Promise.all(Array.from({ length: 50 }, (_, index) => write(index)));
    expect(order).toEqual(Array.from({ length: 50 }, (_, index) => index));
    const large = { section: "notices", key: "b", text: "x".repeat(MAX_SECTION_BYTES / 2) };
    await documents!.write([large]);
    const other = [
      { section: "silences", key: "a", text: "1" },
      { ...large, key: "c" },
    ];
    await expect(documents!.write(other)).rejects.toMatchObject({ code: "documents_full" });
    // What makes room is accepted with what needs it.
    await documents!.write([...other, { ...large, text: undefined }]);
    await journal.close();
  });

  test("it closes twice", async () => {
    const journal = await open();
    await journal.close();
    await journal.close();
  });
}

/** More duties of a journal that says that it is durable. */
export function testDurableJournal(openIn: OpenJournal): void {
  const folder = useFolder();
  const open = (): Promise<Journal> => openIn(folder.path);
  /** Closes a journal, opens it anew, and says what it saved. */
  const reopen = async ({ journal }: Bench): Promise<Bench & { saved: SavedSeries[] }> => {
    await journal.close();
    const again = await open();
    return { ...createBench(again), saved: [...again.saved] };
  };

  test("a new one has saved nothing, and says that it is durable", async () => {
    const journal = await open();
    expect(journal.durable).toBe(true);
    expect([...journal.saved]).toEqual([]);
    await journal.close();
  });

  test("what was counted is saved: counters, money, histograms, and no gauge", async () => {
    const bench = createBench(await open());
    await bench.count([click(), click(), wait(0.5, 3), { metric: "queue", labels: {}, value: 7 }]);
    await bench.count([click("sell"), money(1999), wait(7)]);
    const { saved, journal } = await reopen(bench);
    expect(new Set(saved)).toEqual(
      new Set<SavedSeries>([
        { metric: "clicks_total", labels: { name: "buy" }, value: 2 },
        { metric: "clicks_total", labels: { name: "sell" }, value: 1 },
        { metric: "revenue_total", labels: { currency: "EUR" }, minorUnits: 1999n },
        { metric: "wait_seconds", labels: {}, buckets: [0.1, 1], counts: [0, 3, 1], sum: 8.5 },
      ]),
    );
    await journal.close();
  });

  test("a series goes on where it was, over any number of starts", async () => {
    let bench = createBench(await open());
    for (let start = 1; start <= 5; start += 1) {
      await bench.count([click(), money(1)]);
      const again = await reopen(bench);
      expect(again.saved).toEqual([
        { metric: "clicks_total", labels: { name: "buy" }, value: start },
        { metric: "revenue_total", labels: { currency: "EUR" }, minorUnits: BigInt(start) },
      ]);
      bench = again;
    }
    await bench.journal.close();
  });

  test("money is exact where a double is not", async () => {
    const bench = createBench(await open());
    for (let times = 0; times < 3; times += 1)
      await bench.count([{ ...money(999_999_999), times: 9_007_199 }]);
    await bench.count([money(1)]);
    const { saved, journal } = await reopen(bench);
    expect(saved[0]?.minorUnits).toBe(3n * 999_999_999n * 9_007_199n + 1n);
    await journal.close();
  });

  test("a key is known after a start, with its content and its sender", async () => {
    const bench = createBench(await open());
    await bench.count([click()], { key: "batch", fingerprint: "1" });
    await bench.count([money(5)], { key: "order", from: "server" });
    const again = await reopen(bench);
    expect(await again.count([click()], { key: "batch", fingerprint: "1" })).toBe("duplicate");
    expect(await again.count([click()], { key: "batch", fingerprint: "2" })).toBe("conflict");
    expect(await again.count([money(5)], { key: "order", from: "server" })).toBe("duplicate");
    expect(await again.count([money(5)], { key: "order", from: "page" })).toBe("appended");
    await again.journal.close();
  });

  test("a series that folded is gone, and the other has what it had", async () => {
    const bench = createBench(await open());
    await bench.count([click("old"), click("old"), click("rest")]);
    const [from, into] = [click("old"), click("rest")].map((sample) => bench.recorder.resolve(sample).series);
    bench.journal.fold(from!, into!);
    await bench.count([click("rest")]);
    const again = await reopen(bench);
    expect(again.saved).toEqual([{ metric: "clicks_total", labels: { name: "rest" }, value: 4 }]);
    await again.count([click("old")]);
    const { saved, journal } = await reopen(again);
    expect(saved).toEqual([
      { metric: "clicks_total", labels: { name: "rest" }, value: 4 },
      { metric: "clicks_total", labels: { name: "old" }, value: 1 },
    ]);
    await journal.close();
  });

  test("a series that was saved before this start folds as well", async () => {
    const bench = createBench(await open());
    await bench.count([click("old"), click("old")]);
    const again = await reopen(bench);
    const [from, into] = [click("old"), click("rest")].map((sample) => again.recorder.resolve(sample).series);
    again.journal.fold(from!, into!);
    const { saved, journal } = await reopen(again);
    expect(saved).toEqual([{ metric: "clicks_total", labels: { name: "rest" }, value: 2 }]);
    await journal.close();
  });

  test("documents are the newest after a start, in the order of their keys, each in its section", async () => {
    const first = await open();
    const section = "notices";
    await first.documents!.write([
      { section, key: "b", text: "1" },
      { section, key: "ä", text: "" },
      { section, key: "a", text: "\u{1f525}\0" },
      { section: "silences", key: "a", text: "other" },
    ]);
    void first.documents!.write([
      { section, key: "b", text: "2" },
      { section, key: "gone", text: "3" },
    ]);
    void first.documents!.write([{ section, key: "gone", text: undefined }]);
    await first.close();
    await expect(first.documents!.write([])).rejects.toMatchObject({ code: "closed" });
    const second = await open();
    const kept = [
      ["a", "\u{1f525}\0"],
      ["b", "2"],
      ["ä", ""],
    ];
    expect([...second.documents!.read(section)]).toEqual(kept);
    expect([...second.documents!.read("silences")]).toEqual([["a", "other"]]);
    // They are what was found, whatever was written since, and the next start finds that.
    await second.documents!.write([{ section, key: "b", text: undefined }]);
    expect([...second.documents!.read(section)]).toEqual(kept);
    await second.close();
    const third = await open();
    expect([...third.documents!.read(section)].map(([key]) => key)).toEqual(["a", "ä"]);
    await third.close();
  });

  test("what is on its way is kept by closing", async () => {
    const bench = createBench(await open());
    const counted = Array.from({ length: 100 }, () => bench.count([click()]));
    const { saved, journal } = await reopen(bench);
    expect(await Promise.all(counted)).toEqual(Array.from({ length: 100 }, () => "appended"));
    expect(saved[0]?.value).toBe(100);
    await journal.close();
  });

  test("after closing it refuses", async () => {
    const bench = createBench(await open());
    await bench.journal.close();
    await expect(bench.count([click()])).rejects.toMatchObject({ code: "closed" });
  });
}
