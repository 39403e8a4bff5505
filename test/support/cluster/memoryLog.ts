import { type Broker, BrokerError } from "@rumkit/server";

type OutgoingMessage = Parameters<Broker["publish"]>[1];
type KeptRecord = NonNullable<Awaited<ReturnType<Broker["records"]["read"]>>>;

/** One topic in memory, whose faults a test chooses. Without a window in which it would drop a second message. */
export interface MemoryLog {
  readonly publish: Broker["publish"];
  readonly read: Broker["read"];
  readonly bounds: Broker["bounds"];
  readonly records: Broker["records"];
  /** Refuses messages, as a log that cannot be reached. */
  readonly stopTaking: () => void;
  readonly startTaking: () => void;
  /** Resolves with the next message that is refused. */
  readonly untilRefused: () => Promise<OutgoingMessage>;
  /** Never answers the publishers of before: their processes were killed. */
  readonly forget: () => void;
  /** Keeps the next messages, and answers as if it had not. */
  readonly loseAcknowledgements: (times: number) => void;
  /** Resolves when so many more messages are kept. */
  readonly untilTaken: (count: number) => Promise<void>;
  /** Removes all messages that are kept, and one that comes then. */
  readonly trim: () => Promise<void>;
  readonly sizes: () => readonly number[];
}

export function createMemoryLog(): MemoryLog {
  const messages: Uint8Array[] = [];
  const listeners = new Set<() => void>();
  let trimmed = 0;
  let isTaking = true;
  let lost = 0;
  let generation = 0;
  let onRefused: (message: OutgoingMessage) => void = () => {};
  const changed = (signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      listeners.add(resolve);
      signal?.addEventListener("abort", () => resolve(), { once: true });
    });
  const append = (body: Uint8Array): void => {
    messages.push(body);
    for (const wake of listeners) wake();
    listeners.clear();
  };
  const untilTaken = async (count: number): Promise<void> => {
    const end = messages.length + count;
    while (messages.length < end) await changed();
  };
  return {
    publish: async (_topic, message) => {
      const begun = generation;
      await Promise.resolve();
      if (!isTaking) {
        onRefused(message);
        // Of a process that a test then kills.
        await new Promise((resolve) => setTimeout(resolve, 20));
        if (begun !== generation) await new Promise(() => {});
        throw new BrokerError("gone", "The log is away.");
      }
      if (begun !== generation) await new Promise(() => {});
      append(message.body);
      if (lost > 0) {
        lost -= 1;
        throw new BrokerError("gone", "The acknowledgement is lost.");
      }
    },
    async *read(_topic, from, signal) {
      let next = from;
      if (next <= trimmed) throw new BrokerError("trimmed", "The messages are gone.");
      while (!signal.aborted) {
        if (messages.length < next) {
          await changed(signal);
          continue;
        }
        const first = next;
        next = messages.length + 1;
        yield messages.slice(first - 1).map((body, index) => ({ sequence: first + index, body }));
      }
    },
    bounds: async () => ({ first: trimmed + 1, last: messages.length }),
    records: createMemoryRecords(),
    stopTaking: () => {
      isTaking = false;
    },
    startTaking: () => {
      isTaking = true;
    },
    untilRefused: () =>
      new Promise((resolve) => {
        onRefused = resolve;
      }),
    forget: () => {
      generation += 1;
    },
    loseAcknowledgements: (times) => {
      lost = times;
    },
    untilTaken,
    trim: async () => {
      await untilTaken(1);
      trimmed = messages.length;
    },
    sizes: () => messages.map(({ length }) => length),
  };
}

/** Records in memory. */
export function createMemoryRecords(): Broker["records"] {
  const records = new Map<string, KeptRecord>();
  let revision = 0;
  return {
    read: async (key) => records.get(key),
    list: async (prefix) =>
      [...records.values()]
        .filter(({ key }) => key.startsWith(prefix))
        .toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    write: async (key, text, replaced) => {
      if ((records.get(key)?.revision ?? 0) !== replaced) return undefined;
      revision += 1;
      if (text === undefined) records.delete(key);
      else records.set(key, { key, text, revision });
      return revision;
    },
  };
}
