import type { JournalError } from "./journalError.ts";
import type { Sender } from "./keyMemory.ts";
import { createWaitingKeys, type WaitingKeys } from "./waitingKeys.ts";

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
