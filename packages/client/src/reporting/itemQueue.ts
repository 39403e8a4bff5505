import { MAX_COUNT, MAX_INGEST_BYTES, MAX_INGEST_ITEMS } from "@rumkit/protocol";

/** Used instead of Node's `Buffer`, because the client runs in edge runtimes, too. */
const ENCODER = new TextEncoder();

/** Maximum bytes of the items of a batch: the rest is for the JSON around them. */
const BATCH_BYTES = MAX_INGEST_BYTES - 1_024;

/** Bytes of an item beyond its text: a comma, `,"count":1000000` and the brace. */
const ITEM_EXTRA = 24;

/** Items taken out of the queue, to be sent together. */
interface Taken {
  /** The items as JSON, without the brackets. */
  readonly items: string;
  /** The number of values in each item. */
  readonly counts: readonly number[];
}

/** The items that wait to be sent, bounded in number and bytes. */
export interface ItemQueue {
  /**
   * Adds a value. `merge`: equal values become one item with a count. Returns the reason if the value is not accepted.
   */
  add(text: string, merge: boolean): "queue_full" | "oversize" | undefined;
  /** The items that fit a request, oldest first; undefined if no item waits. */
  take(): Taken | undefined;
  clear(): void;
  /** Number of waiting items. */
  readonly size: number;
  /** Number of waiting values. */
  readonly values: number;
}

interface Entry {
  readonly text: string;
  readonly bytes: number;
  count: number;
}

export function createItemQueue(limits: { readonly maxItems: number; readonly maxBytes: number }): ItemQueue {
  let entries: Entry[] = [];
  let bytes = 0;
  let values = 0;
  const mergeable = new Map<string, Entry>();

  return {
    add: (text, merge) => {
      const equal = merge ? mergeable.get(text) : undefined;
      if (equal && equal.count < MAX_COUNT) {
        equal.count += 1;
        values += 1;
        return undefined;
      }
      const entry: Entry = { text, bytes: ENCODER.encode(text).length + ITEM_EXTRA, count: 1 };
      if (entry.bytes > BATCH_BYTES) return "oversize";
      if (entries.length >= limits.maxItems || bytes + entry.bytes > limits.maxBytes) return "queue_full";
      entries.push(entry);
      bytes += entry.bytes;
      values += 1;
      if (merge) mergeable.set(text, entry);
      return undefined;
    },
    take: () => {
      if (entries.length === 0) return undefined;
      const taken = entries.slice(0, fitting(entries));
      entries = entries.slice(taken.length);
      for (const entry of taken) {
        bytes -= entry.bytes;
        if (mergeable.get(entry.text) === entry) mergeable.delete(entry.text);
      }
      const counts = taken.map(({ count }) => count);
      values -= counts.reduce((sum, count) => sum + count, 0);
      return { items: taken.map(toJson).join(), counts };
    },
    clear: () => {
      entries = [];
      mergeable.clear();
      bytes = 0;
      values = 0;
    },
    get size() {
      return entries.length;
    },
    get values() {
      return values;
    },
  };
}

/** The number of entries that fit one request: at least one, since no entry is larger than a request. */
function fitting(entries: readonly Entry[]): number {
  let sum = 0;
  const end = entries.findIndex((entry, index) => {
    sum += entry.bytes;
    return index >= MAX_INGEST_ITEMS || sum > BATCH_BYTES;
  });
  return end < 0 ? entries.length : end;
}

function toJson({ text, count }: Entry): string {
  return count === 1 ? `${text}}` : `${text},"count":${count}}`;
}
