import { setTimeout as wait } from "node:timers/promises";
import { type Bounds, BrokerError, type Topic } from "./broker.ts";
import type { DriverOptions } from "./brokerOptions.ts";
import type { Metadata, NewTopic, PartitionMetadata } from "./kafkaCluster.ts";
import { isExisting, isUnsupported } from "./kafkaErrors.ts";
import type { KafkaLink, Place } from "./kafkaLink.ts";

/** Topics of ours, each with a topic of Kafka of which the first partition is used: their number cannot change. */
export type KafkaTopic = Topic | "records";

export const nameOf = (app: string, topic: KafkaTopic): string => `${app}.rumkit.${topic}`;

export function topicsOf(partitions: number): readonly KafkaTopic[] {
  const batches = Array.from({ length: partitions }, (_, partition): Topic => `batches.${partition}`);
  return [...batches, "frames", "dead", "records"];
}

export type Found = ReadonlyMap<string, readonly PartitionMetadata[]>;

/** Returns the partitions of the topics of Kafka that exist. */
export async function findTopics(link: KafkaLink): Promise<Found> {
  const { topicMetadata } = await readMetadata(link, []);
  return new Map(topicMetadata.map(({ topic, partitionMetadata }) => [topic, partitionMetadata]));
}

/** @param names Topics that must exist; none: all that do. */
const readMetadata = (link: KafkaLink, names: readonly string[]): Promise<Metadata> =>
  link.askAny(`list ${names.join(", ") || "the topics"}`, (node) => node.metadata(names));

const POLL_MS = 50;

const DEAD_MS = 30 * 86_400_000;

/** The largest message: Kafka's default is a million bytes. */
const MOST_BYTES = 8_388_608;

/** Settings that do not follow from the options: an acknowledged message is removed by its age alone. */
const KEPT = {
  "cleanup.policy": "delete",
  "retention.bytes": "-1",
  // The retention counts from the arrival here: an edge with a wrong clock would have its messages removed.
  "message.timestamp.type": "LogAppendTime",
  "max.message.bytes": String(MOST_BYTES),
};

/** Records are kept for ever; the last of each key is enough. */
const COMPACTED = {
  "cleanup.policy": "compact",
  "max.message.bytes": String(MOST_BYTES),
  "segment.ms": "3600000",
};

function settingsOf(topic: KafkaTopic, { retentionMs }: DriverOptions): Readonly<Record<string, string>> {
  if (topic === "records") return COMPACTED;
  return { ...KEPT, "retention.ms": String(topic === "dead" ? DEAD_MS : retentionMs) };
}

/** Creates topics that are missing. One that exists keeps its settings: `check` tells what they lack. */
export async function createTopics(
  link: KafkaLink,
  topics: readonly KafkaTopic[],
  options: DriverOptions,
): Promise<void> {
  const found = await findTopics(link);
  const missing = topics.filter((topic) => !found.has(nameOf(options.app, topic)));
  if (missing.length === 0) return;
  const { brokers, controllerId } = await readMetadata(link, []);
  const copies = options.replicas ?? Math.min(brokers.length, 3);
  const request = {
    topics: missing.map((topic) => newTopic(topic, copies, options)),
    timeout: options.answerMs,
  };
  const controller = brokers.find(({ nodeId }) => nodeId === controllerId)?.nodeId;
  try {
    await link.askAny("create topics", (node) => node.createTopics(request), controller);
  } catch (error) {
    // Another collector was faster; or Kafka creates topics when they are asked for.
    if (!(error instanceof BrokerError && (isExisting(error) || isUnsupported(error)))) throw error;
  }
  await untilKnown(
    link,
    missing.map((topic) => nameOf(options.app, topic)),
    options.answerMs,
  );
}

function newTopic(topic: KafkaTopic, copies: number, options: DriverOptions): NewTopic {
  const settings = {
    ...settingsOf(topic, options),
    "min.insync.replicas": String(Math.max(copies - 1, 1)),
    "unclean.leader.election.enable": "false",
  };
  return {
    topic: nameOf(options.app, topic),
    numPartitions: 1,
    replicationFactor: copies,
    configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })),
  };
}

/** Resolves when brokers know new topics and their leaders. */
async function untilKnown(link: KafkaLink, names: readonly string[], answerMs: number): Promise<void> {
  const end = performance.now() + answerMs;
  for (;;) {
    try {
      await readMetadata(link, names);
      return;
    } catch (error) {
      const isOver = performance.now() > end;
      if (!(error instanceof BrokerError && error.code === "gone") || isOver) throw error;
      await wait(POLL_MS);
    }
  }
}

/** Returns the sequences that a partition keeps: an offset and one. */
export async function readBounds(link: KafkaLink, place: Place): Promise<Bounds> {
  const [first, next] = await Promise.all([readOffset(link, place, -2), readOffset(link, place, -1)]);
  return { first: first + 1, last: next };
}

/** Returns the first offset that is kept (-2), or that of the next message (-1). */
export async function readOffset(
  link: KafkaLink,
  { topic, partition }: Place,
  timestamp: -1 | -2,
): Promise<number> {
  const { responses } = await link.askLeader(
    { topic, partition },
    `read the bounds of ${topic}/${partition}`,
    (node) =>
      node.listOffsets({
        replicaId: -1,
        isolationLevel: 0,
        topics: [{ topic, partitions: [{ partition, timestamp }] }],
      }),
  );
  return Number(responses[0]!.partitions[0]!.offset);
}
