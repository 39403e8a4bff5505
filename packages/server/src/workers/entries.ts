import { showCall } from "../base/shownEvents.ts";
import type { AppendOutcome } from "../journal/journal.ts";
import type { Count } from "../journal/count.ts";
import type { Entry } from "./wire.ts";

/** The answer to a call of a worker. `unknown`: the collector that got it first is gone, and the call has no key. */
export type EntryOutcome = AppendOutcome | "failed" | "unknown";

/** Calls that are remembered, so that one whose answer was lost gets the same answer. A retry comes within seconds. */
const REMEMBERED = 50_000;

/** Returns a function that counts a call of a worker once, however often it arrives. Never rejects. */
export function createEntries(count: Count, epoch: string): (entry: Entry) => Promise<EntryOutcome> {
  const answers = new Map<string, Promise<EntryOutcome>>();
  return (entry) => {
    const known = answers.get(entry.call);
    if (known) return known;
    const mayBeCounted = entry.epoch !== undefined && entry.epoch !== epoch;
    if (mayBeCounted && entry.key === undefined) return Promise.resolve("unknown");
    const answer = countOnce(entry, count);
    answers.set(entry.call, answer);
    void answer.then((outcome) => {
      // Nothing was kept: the same call may be tried again.
      if (outcome === "failed") answers.delete(entry.call);
    });
    if (answers.size > REMEMBERED) answers.delete(answers.keys().next().value!);
    return answer;
  };
}

async function countOnce({ key, at, samples, event }: Entry, count: Count): Promise<EntryOutcome> {
  try {
    return await count({ key, from: "server", at, samples, events: showCall(event) });
  } catch {
    return "failed";
  }
}
