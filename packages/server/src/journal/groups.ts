import type { JournalError } from "./journal.ts";
import type { Sender } from "./keyMemory.ts";
import { createWaitingKeys, type WaitingKeys } from "./keyBlock.ts";

/** Entries that become durable together, in one transaction, or not at all. */
export interface Group {
  entries: number;
  /** Arrival of the first entry, by `performance.now()`; and of the last one, since 1970. */
  since: number;
  at: number;
  readonly keys: Readonly<Record<Sender, WaitingKeys>>;
  /** Records to repeat if the group fails: definitions and folds, on which later groups depend. */
  readonly structure: Uint8Array[];
  readonly kept: Promise<"appended">;
  readonly resolve: (outcome: "appended") => void;
  readonly reject: (error: JournalError) => void;
}

/** The groups that are not durable yet. The code that fills them and the code that sends them share this object. */
export interface Groups {
  gathering: Group;
  onItsWay: Group | undefined;
  /** Why the journal cannot keep anything now; undefined while all is well. */
  failing: JournalError | undefined;
}

export function createGroups(): Groups {
  return { gathering: createGroup(), onItsWay: undefined, failing: undefined };
}

export function createGroup(): Group {
  const { promise, resolve, reject } = Promise.withResolvers<"appended">();
  // No entry waits for a group that holds only folds.
  promise.catch(() => {});
  return {
    entries: 0,
    since: 0,
    at: 0,
    keys: { page: createWaitingKeys(), server: createWaitingKeys() },
    structure: [],
    kept: promise,
    resolve,
    reject,
  };
}

/** The number of accepted entries that are not durable yet. */
export function pendingEntries({ gathering, onItsWay }: Groups): number {
  return gathering.entries + (onItsWay?.entries ?? 0);
}

/** The group that holds a key and whose commit decides about it; undefined if no group holds it. */
export function findGroup({ gathering, onItsWay }: Groups, from: Sender, key: string): Group | undefined {
  if (gathering.keys[from].find(key) >= 0) return gathering;
  return onItsWay && onItsWay.keys[from].find(key) >= 0 ? onItsWay : undefined;
}

/**
 * Turns of the event loop for which a small group waits for the entries that were open a moment ago. A turn in which
 * nothing arrives takes some microseconds.
 */
const MOST_TURNS = 6;
/** Entries of a group that does not wait: the fixed cost of its transaction is small for each of them. */
const LARGE_GROUP = 32;

/** Decides when the gathering group leaves. */
export interface GroupSchedule {
  /** Posts the gathering group soon, unless another one is on its way or the journal fails. */
  schedule(): void;
  cancel(): void;
  /** Call it when the group on its way is kept, before it is removed. */
  kept(): void;
}

/**
 * Posts a group after a turn of the event loop, so that entries of the same turn share a transaction. If more entries
 * were open when the last group was kept, their senders are about to send the next ones, and a small group waits a few
 * turns for them. Otherwise clients would split into cohorts that answer in turns, each with a small group: with 8 and
 * with 32 connections, waiting saves a fifth to a third of the CPU of a request, and a request takes less time.
 */
export function createGroupSchedule(groups: Groups, post: () => void): GroupSchedule {
  let expected = 0;
  let immediate: NodeJS.Immediate | undefined;

  const postAfter = (turns: number): void => {
    immediate = setImmediate(() => {
      const isComplete = groups.gathering.entries >= Math.min(expected, LARGE_GROUP);
      if (isComplete || turns === 1) post();
      else postAfter(turns - 1);
    });
  };
  return {
    schedule: () => {
      if (!groups.onItsWay && !groups.failing && !immediate) postAfter(MOST_TURNS);
    },
    cancel: () => {
      clearImmediate(immediate);
      immediate = undefined;
    },
    kept: () => {
      expected = pendingEntries(groups);
    },
  };
}
