import type { AppendOutcome, Journal, JournalEntry } from "./journal.ts";
import type { Recorder } from "../metrics/recorder.ts";
import type { Sample } from "../metrics/sample.ts";
import type { ShownEvents } from "../base/shownEvents.ts";

/** Samples that are counted together, once, with their description for the live tail. */
interface Countable extends Omit<JournalEntry, "increments"> {
  readonly samples: readonly Sample[];
  readonly events: ShownEvents;
}

/**
 * Counts an entry exactly once. The journal keeps it first and reports whether it is new. Then all samples are recorded
 * synchronously, so that no scrape sees half a batch.
 *
 * Rejects if the journal cannot keep the entry; nothing is counted then.
 */
export type Count = (entry: Countable) => Promise<AppendOutcome>;

export function createCount(
  journal: Journal,
  recorder: Pick<Recorder, "resolve" | "count">,
  showEvents: (events: ShownEvents, at: number) => void,
  onFailure: (error: unknown) => void = () => {},
): Count {
  return async ({ events, samples, key, from, fingerprint, at }) => {
    const increments = samples.map(recorder.resolve);
    let outcome;
    try {
      outcome = await journal.append({ key, from, fingerprint, at, increments });
    } catch (error) {
      onFailure(error);
      throw error;
    }
    if (outcome !== "appended") return outcome;
    for (const increment of increments) recorder.count(increment);
    showEvents(events, at);
    return outcome;
  };
}
