import { setTimeout as wait } from "node:timers/promises";
import type { LiveEvent } from "@rumkit/protocol";
import type { ShownEvents } from "../base/shownEvents.ts";
import type { AppendOutcome } from "../journal/journal.ts";
import type { Sample } from "../metrics/sample.ts";
import type { EntryOutcome } from "./entries.ts";
import type { LinkClient } from "./linkClient.ts";
import { type Entry, LINK_PATHS } from "./wire.ts";

/** Milliseconds between the attempts of a call: in all, a collector may be away for about three seconds. */
const ATTEMPTS_MS = [0, 100, 300, 900, 1_700];

/** Errors of connections that were never open: nothing has arrived. */
const NOT_SENT = ["ECONNREFUSED", "ENOENT"];

type CallClient = Pick<LinkClient, "post" | "epoch">;

/** A call of server code, as its translation in this process describes it. */
interface Call {
  readonly key?: string | undefined;
  readonly at: number;
  readonly samples: readonly Sample[];
  readonly events: ShownEvents;
}

/**
 * Returns a function that lets the collector count a call of server code, and returns the outcome. Rejects if the collector
 * could not keep it or cannot say whether it did.
 */
export function createCallSender(client: CallClient, worker: string): (call: Call) => Promise<AppendOutcome> {
  let calls = 0;
  return async ({ key, at, samples, events }) => {
    calls += 1;
    const [event] = events.describe() as [Omit<LiveEvent, "at">];
    const entry: Entry = { call: `${worker} ${calls}`, key, at, samples, event };
    const outcome = await sendUntilAnswered(client, entry);
    if (outcome === "failed" || outcome === "unknown") throw new Error(`[rumkit] The call is ${outcome}.`);
    return outcome;
  };
}

async function sendUntilAnswered({ post, epoch }: CallClient, entry: Entry): Promise<EntryOutcome> {
  let failure: unknown;
  let sent = entry;
  for (const delay of ATTEMPTS_MS) {
    if (delay > 0) await wait(delay);
    // Of before: while this attempt fails, another request may find the next collector.
    const before = epoch();
    try {
      return ((await post(LINK_PATHS.entry, sent)) as { readonly outcome: EntryOutcome }).outcome;
    } catch (error) {
      failure = error;
      const mayHaveArrived = !NOT_SENT.includes(String((error as { code?: unknown }).code));
      if (mayHaveArrived) sent = { ...sent, epoch: sent.epoch ?? before };
    }
  }
  throw failure;
}
