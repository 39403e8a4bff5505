import type { AppendOutcome, Journal, JournalEntry } from "./journal.ts";
import { findAppendNow } from "./memoryJournal.ts";
import type { Recorder } from "../metrics/recorder.ts";
import type { Sample } from "../metrics/sample.ts";
import type { Increment } from "../metrics/seriesStore.ts";
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
 * Throws or rejects if the journal cannot keep the entry; nothing is counted then. With a journal in memory, the entry is
 * counted when this returns, while its values are still in the processor's caches.
 */
export type Count = (entry: Countable) => AppendOutcome | Promise<AppendOutcome>;

export function createCount(
  journal: Journal,
  recorder: Pick<Recorder, "resolve" | "countAll">,
  showEvents: (events: ShownEvents, at: number) => void,
  onFailure: (error: unknown) => void = () => {},
): Count {
  const finish = (outcome: AppendOutcome, increments: readonly Increment[], shown: Shown): AppendOutcome => {
    if (outcome !== "appended") return outcome;
    recorder.countAll(increments);
    showEvents(shown.events, shown.at);
    return outcome;
  };
  const finishLater = async (
    appended: Promise<AppendOutcome>,
    increments: readonly Increment[],
    shown: Shown,
  ): Promise<AppendOutcome> => {
    let outcome;
    try {
      outcome = await appended;
    } catch (error) {
      onFailure(error);
      throw error;
    }
    return finish(outcome, increments, shown);
  };
  const appendNow = findAppendNow(journal);
  return (entry) => {
    const { samples, key, from, fingerprint, at } = entry;
    const increments = samples.map(recorder.resolve);
    const kept = { key, from, fingerprint, at, increments };
    return appendNow
      ? finish(appendNow(kept), increments, entry)
      : finishLater(journal.append(kept), increments, entry);
  };
}

type Shown = Pick<Countable, "events" | "at">;
