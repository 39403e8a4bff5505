import { crc32 } from "node:zlib";
import type { Topic } from "./broker.ts";

/**
 * Returns the topic for everything with this key: the id of a session, an order, or a call. The same key has the same topic
 * for ever, on every machine.
 */
export function topicOf(key: string, partitions: number): Topic {
  return `batches.${partitionOf(key, partitions)}`;
}

/** Returns the partition of a key, 0 to `partitions - 1`. */
export function partitionOf(key: string, partitions: number): number {
  return crc32(key) % partitions;
}
