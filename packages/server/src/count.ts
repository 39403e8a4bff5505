import type { LiveEvent } from "@rumkit/protocol";
import type { AppendOutcome, Journal, JournalEntry } from "./journal/journal.ts";
import type { RecordSample } from "./metrics/sample.ts";

/** What is counted together, once: the samples, and how the live tail shows them. */
interface Countable extends JournalEntry {
  readonly events: readonly Omit<LiveEvent, "at">[];
}

/**
 * Counts an entry exactly once: the journal keeps it first and says whether it is new, then every sample is
 * recorded without a pause between, so that no scrape sees half a batch.
 *
 * Rejects where the journal cannot keep it; nothing is counted then.
 */
export type Count = (entry: Countable) => Promise<AppendOutcome>;

export function createCount(
  journal: Journal,
  record: RecordSample,
  showEvent: (event: LiveEvent) => void,
): Count {
  return async ({ events, ...entry }) => {
    const outcome = await journal.append(entry);
    if (outcome !== "appended") return outcome;
    for (const sample of entry.samples) record(sample);
    for (const event of events) showEvent({ ...event, at: entry.at });
    return outcome;
  };
}
