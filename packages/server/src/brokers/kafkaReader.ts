import { BrokerError, type KeptMessage } from "./broker.ts";
import type { FetchedRecord } from "./kafkaCluster.ts";
import type { KafkaLink, Place } from "./kafkaLink.ts";
import { readBounds } from "./kafkaTopics.ts";

/** Bytes of one request: the most that a slow reader holds, beside the chunk that it works on. */
const CHUNK_BYTES = 4_194_304;

/** Milliseconds that one request waits for a message. */
const WAIT_MS = 5_000;

/** Reads a partition from a sequence on: see `Broker.read`. A sequence is an offset and one. */
export async function* readPartition(
  link: KafkaLink,
  place: Place,
  from: number,
): AsyncGenerator<readonly KeptMessage[]> {
  const { first, last } = await readBounds(link, place);
  if (from > last + 1)
    throw trimmed(`The log ends at ${last}, before ${from}: it was emptied, or an old copy was restored`);
  if (from < first) throw trimmed(`Messages from ${from} on are no longer kept: the first one is ${first}`);
  let next = from;
  for (;;) {
    const records = await fetchFrom(link, place, next - 1, WAIT_MS);
    if (records.length === 0) continue;
    const chunk = records.map(({ offset, value }) => ({
      sequence: Number(offset) + 1,
      body: value ?? Buffer.alloc(0),
    }));
    const start = chunk[0]!.sequence;
    // A topic of batches has no gaps but those that the retention makes.
    if (start !== next)
      throw trimmed(`Messages from ${next} on are no longer kept: the first one is ${start}`);
    next = chunk.at(-1)!.sequence + 1;
    yield chunk;
  }
}

/** Returns the records from an offset on, when there is one or `wait` milliseconds are over. */
export async function fetchFrom(
  link: KafkaLink,
  { topic, partition }: Place,
  offset: number,
  wait: number,
): Promise<readonly FetchedRecord[]> {
  const request = {
    maxWaitTime: wait,
    minBytes: 1,
    maxBytes: CHUNK_BYTES,
    // Nothing here is published in a transaction.
    isolationLevel: 0,
    topics: [{ topic, partitions: [{ partition, fetchOffset: String(offset), maxBytes: CHUNK_BYTES }] }],
  } as const;
  const { responses } = await link.askLeader(
    { topic, partition },
    `read ${topic}/${partition}`,
    (node) => node.fetch(request),
    wait,
  );
  // Kafka answers with whole batches: the first one may begin before.
  return (responses[0]?.partitions[0]?.messages ?? []).filter((record) => Number(record.offset) >= offset);
}

const trimmed = (reason: string): BrokerError => new BrokerError("trimmed", `[rumkit] ${reason}.`);
