import { createKeptMap, type KeptMap } from "./keptMap.ts";
import type { KeptState } from "../journal/keptState.ts";
import { NOTICE_SHAPE, queueKey, type QueuedNotice } from "./queuedNotice.ts";

/** Maximum dead letters of a receiver, and UTF-16 units of their bodies. The oldest ones go first. */
const MAX_LETTERS = 1_000;
const MAX_BODIES = 4_194_304;

/** Notices that were not delivered, and are kept until a person puts them back into the queue. */
export interface DeadLetters extends Pick<KeptMap<unknown>, "changes"> {
  readonly size: number;
  add(notice: QueuedNotice, error: string): void;
  /** Removes and returns all of them, in the order of their queue. */
  takeAll(): readonly QueuedNotice[];
  all(): readonly QueuedNotice[];
}

export function createDeadLetters(state: KeptState, section: string): DeadLetters {
  const letters = createKeptMap<QueuedNotice>(state, section, NOTICE_SHAPE);
  let size = [...letters.values()].reduce((sum, { body }) => sum + body.length, 0);
  const remove = (letter: QueuedNotice): void => {
    letters.delete(queueKey(letter));
    size -= letter.body.length;
  };
  return {
    get size() {
      return letters.size;
    },
    add: (notice, error) => {
      letters.set(queueKey(notice), { ...notice, error, isStarted: false });
      size += notice.body.length;
      for (const letter of letters.values()) {
        if (letters.size <= MAX_LETTERS && size <= MAX_BODIES) break;
        remove(letter);
      }
    },
    takeAll: () => {
      const all = [...letters.values()].toSorted((a, b) => a.seq - b.seq);
      for (const letter of all) remove(letter);
      return all;
    },
    all: () => [...letters.values()],
    changes: () => letters.changes(),
  };
}
