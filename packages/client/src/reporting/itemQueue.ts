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
  size(): number;
  /** Number of waiting values. */
  values(): number;
}

export interface QueueLimits {
  readonly maxItems: number;
  readonly maxBytes: number;
}

interface Entry {
  readonly text: string;
  readonly bytes: number;
  count: number;
}

export function createItemQueue({ maxItems, maxBytes }: QueueLimits): ItemQueue {
  let entries: Entry[] = [];
  let bytes = 0;
  let values = 0;
  /** The latest entry of each text whose values merge. */
  const mergeable = new Map<string, Entry>();

  const remove = (count: number): readonly Entry[] => {
    const removed = entries.slice(0, count);
    entries = entries.slice(count);
    for (const entry of removed) {
      bytes -= entry.bytes;
      values -= entry.count;
      if (mergeable.get(entry.text) === entry) mergeable.delete(entry.text);
    }
    return removed;
  };
  return {
    add: (text, merge) => {
      let entry = merge ? mergeable.get(text) : undefined;
      if (!entry || entry.count === MAX_COUNT) {
        entry = createEntry(text);
        if (entry.bytes > BATCH_BYTES) return "oversize";
        if (entries.length >= maxItems || bytes + entry.bytes > maxBytes) return "queue_full";
        entries.push(entry);
        bytes += entry.bytes;
        if (merge) mergeable.set(text, entry);
      }
      entry.count += 1;
      values += 1;
      return undefined;
    },
    take: () => (entries.length === 0 ? undefined : toTaken(remove(fitting(entries)))),
    clear: () => void remove(entries.length),
    size: () => entries.length,
    values: () => values,
  };
}

function createEntry(text: string): Entry {
  return { text, bytes: ENCODER.encode(text).length + ITEM_EXTRA, count: 0 };
}

function toTaken(entries: readonly Entry[]): Taken {
  return { items: entries.map(toJson).join(), counts: entries.map(({ count }) => count) };
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
