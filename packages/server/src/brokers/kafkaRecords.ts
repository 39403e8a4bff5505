import { randomUUID } from "node:crypto";
import type { Records } from "./broker.ts";
import type { OutgoingRecord } from "./kafkaCluster.ts";
import type { KafkaLink, Place } from "./kafkaLink.ts";
import { fetchFrom } from "./kafkaReader.ts";
import { formatWrite, KafkaRecordState, nameWrite } from "./kafkaRecordState.ts";
import { checkRecordKey } from "./recordKey.ts";
import { readOffset } from "./kafkaTopics.ts";

/** Milliseconds that a read waits for records that exist: they may lag behind the end for a moment. */
const WAIT_MS = 100;

/** Removed names in one request. */
const MOST_REMOVED = 100;

/**
 * Records in one partition. Kafka has no compare-and-set: each write says which revision it replaces, and its writer reads
 * on until it sees whether its write was the first. A revision is the write's offset and one.
 */
export function createKafkaRecords(link: KafkaLink, place: Place, answerMs: number): Records {
  const follow = createFollower(link, place);
  const write = async (key: string, text: string | undefined, revision: number) => {
    checkRecordKey(key);
    const state = await follow.upToDate();
    if ((state.read(key)?.revision ?? 0) !== revision) return undefined;
    const name = nameWrite(key, randomUUID());
    const value = formatWrite({ key, replaces: state.revisionOf(key), text });
    const timestamp = Date.now();
    const removed = state
      .staleOf(key)
      .slice(0, MOST_REMOVED)
      .map((stale): OutgoingRecord => ({ key: stale, value: null, timestamp }));
    const outcome = follow.watch(name);
    try {
      await append(link, place, [...removed, { key: name, value, timestamp }], answerMs);
      await follow.upToDate();
      return outcome.counts() ? outcome.revision() : undefined;
    } finally {
      outcome.forget();
    }
  };
  return {
    read: async (key) => (await follow.upToDate()).read(key),
    list: async (prefix) => (await follow.upToDate()).list(prefix),
    write,
  };
}

/** Not by an idempotent producer: Kafka would keep its last batch without records, which its client does not pass. */
async function append(
  link: KafkaLink,
  { topic, partition }: Place,
  messages: readonly OutgoingRecord[],
  answerMs: number,
): Promise<void> {
  await link.askLeader({ topic, partition }, "write a record", (node) =>
    node.produce({
      acks: -1,
      timeout: answerMs,
      topicData: [{ topic, partitions: [{ partition, messages }] }],
    }),
  );
}

interface Outcome {
  counts(): boolean;
  revision(): number;
  forget(): void;
}

interface Follower {
  /** Resolves when everything that was written before the call is taken in. */
  upToDate(): Promise<KafkaRecordState>;
  /** Notes what becomes of a write. */
  watch(name: string): Outcome;
}

function createFollower(link: KafkaLink, place: Place): Follower {
  const state = new KafkaRecordState();
  /** The revision of each watched write that counts. */
  const revisions = new Map<string, number | undefined>();
  let next: number | undefined;
  const catchUp = async (): Promise<void> => {
    const end = await readOffset(link, place, -1);
    let at: number = (next ??= await readOffset(link, place, -2));
    while (at < end) {
      for (const record of await fetchFrom(link, place, at, WAIT_MS)) {
        at = Number(record.offset) + 1;
        const name = String(record.key);
        const counts = state.apply(name, record.value, at);
        if (counts && revisions.has(name)) revisions.set(name, at);
        next = at;
      }
    }
  };
  const follow = createShared(catchUp);
  return {
    upToDate: async () => {
      await follow();
      return state;
    },
    watch: (name) => {
      revisions.set(name, undefined);
      return {
        counts: () => revisions.get(name) !== undefined,
        revision: () => revisions.get(name)!,
        forget: () => revisions.delete(name),
      };
    },
  };
}

/** Runs work one at a time. A call that comes during one waits for the next, which all such calls share. */
function createShared(work: () => Promise<void>): () => Promise<void> {
  let current: Promise<void> = Promise.resolve();
  let following: Promise<void> | undefined;
  return () =>
    (following ??= current
      .catch(() => {})
      .then(() => {
        following = undefined;
        current = work();
        return current;
      }));
}
