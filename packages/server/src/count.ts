import type { AppendOutcome, Journal, JournalEntry } from "./journal/journal.ts";
import type { ShownEvents } from "./live/tail.ts";
import type { Recorder } from "./metrics/recorder.ts";
import type { Sample } from "./metrics/sample.ts";

/** What is counted together, once: the samples, and how the live tail shows them. */
interface Countable extends Omit<JournalEntry, "increments"> {
  readonly samples: readonly Sample[];
  readonly events: ShownEvents;
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
  recorder: Pick<Recorder, "resolve" | "count">,
  showEvents: (events: ShownEvents, at: number) => void,
  onFailure: (error: unknown) => void = () => {},
): Count {
  return async ({ events, samples, ...entry }) => {
    const increments = samples.map(recorder.resolve);
    const outcome = await journal.append({ ...entry, increments }).catch((error: unknown) => {
      onFailure(error);
      throw error;
    });
    if (outcome !== "appended") return outcome;
    for (const increment of increments) recorder.count(increment);
    showEvents(events, entry.at);
    return outcome;
  };
}
