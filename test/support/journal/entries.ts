import type { Journal, JournalEntry } from "@rumkit/server";

type Increment = JournalEntry["increments"][number];

const series = {
  descriptor: {
    name: "orders_total",
    type: "counter",
    help: "Orders.",
    unit: "none",
    side: "page",
    labels: [],
    known: [],
    maxSeries: 1,
  },
  labels: {},
  value: 0,
  minorUnits: 0n,
} as unknown as Increment["series"];

/** An entry that counts one, under a new key. */
export function createEntry(index: number): JournalEntry {
  const key = (index + 1).toString(16).padStart(32, "0");
  return { key, from: "page", fingerprint: key, at: 1, increments: [{ series, value: 1, times: 1 }] };
}

/** The number of entries that a journal had counted before it was opened. */
export function countSaved(journal: Journal): number {
  const [saved] = journal.saved;
  return saved?.value ?? 0;
}
