import { crc32 } from "node:zlib";
import type { Topic } from "./broker.ts";

/**
 * Returns the topic for everything with this key: the id of a session, an order, or a call. The same key has the same topic
 * for ever, on every machine.
 */
export function topicOf(key: string, partitions: number): Topic {
  return topicOfHash(hashOf(key), partitions);
}

/** Returns the partition of a key, 0 to `partitions - 1`. */
export function partitionOf(key: string, partitions: number): number {
  return hashOf(key) % partitions;
}

/** Returns 32 bits of a key. They say its topic for any number of partitions. */
export function hashOf(key: string): number {
  return crc32(key);
}

/** Returns the topic of a key of which only the hash is known. */
export function topicOfHash(hash: number, partitions: number): Topic {
  return `batches.${hash % partitions}`;
}

/** True if a log with so many partitions has the topic. */
export function hasTopic(topic: Topic, partitions: number): boolean {
  const [, partition] = /^batches\.(\d+)$/.exec(topic) ?? [];
  return partition === undefined || Number(partition) < partitions;
}
