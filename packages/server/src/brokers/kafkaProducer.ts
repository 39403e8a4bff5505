import { setTimeout as wait } from "node:timers/promises";
import { BrokerError } from "./broker.ts";
import type { OutgoingRecord, Producer } from "./kafkaCluster.ts";
import { isDuplicate } from "./kafkaErrors.ts";
import type { KafkaLink, Place } from "./kafkaLink.ts";

/** Bytes of one request, unless a single message has more. Kafka's default for a batch is a million. */
const BATCH_BYTES = 900_000;

/** Bytes of a record beside its key and value, and of the batch around it: rather too many. */
const OVERHEAD = 128;

/** Milliseconds before a second try: the partition may need a new leader. */
const PAUSE_MS = 100;

interface Waiting {
  readonly record: OutgoingRecord;
  readonly bytes: number;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Publishes to one partition, one batch at a time: messages that come meanwhile go together in the next one. A batch whose
 * answer was lost is sent once more under the same number, and Kafka drops it if it has it (an idempotent producer).
 */
export class KafkaProducer {
  readonly #link: KafkaLink;
  readonly #place: Place;
  readonly #answerMs: number;
  #waiting: Waiting[] = [];
  #identity: Producer | undefined;
  #sequence = 0;
  #isSending = false;

  constructor(link: KafkaLink, place: Place, answerMs: number) {
    this.#link = link;
    this.#place = place;
    this.#answerMs = answerMs;
  }

  /** Resolves when all replicas in sync have the message. */
  publish(key: string, value: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        record: { key, value, timestamp: Date.now() },
        bytes: key.length + value.length + OVERHEAD,
        done: resolve,
        failed: reject,
      });
      if (!this.#isSending) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#isSending = true;
    // Messages of one turn go together.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch();
      try {
        await this.#send(batch.map(({ record }) => record));
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.#isSending = false;
  }

  #takeBatch(): readonly Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const next of this.#waiting) {
      bytes += next.bytes;
      if (count > 0 && bytes > BATCH_BYTES) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #send(records: readonly OutgoingRecord[]): Promise<void> {
    try {
      await this.#try(records).catch(async (error: unknown) => {
        if (!(error instanceof BrokerError && error.code === "gone")) throw error;
        await wait(PAUSE_MS);
        await this.#try(records);
      });
      this.#sequence += records.length;
    } catch (error) {
      // Whether it is kept is not known: a batch with the next number could be refused for ever.
      this.#identity = undefined;
      throw error;
    }
  }

  async #try(records: readonly OutgoingRecord[]): Promise<void> {
    const { topic, partition } = this.#place;
    const asked = `publish to ${topic}/${partition}`;
    const identity = (this.#identity ??= await this.#introduce());
    try {
      await this.#link.askLeader(this.#place, asked, (node) =>
        node.produce({
          ...identity,
          acks: -1,
          timeout: this.#answerMs,
          topicData: [
            { topic, partitions: [{ partition, firstSequence: this.#sequence, messages: records }] },
          ],
        }),
      );
    } catch (error) {
      if (!(error instanceof BrokerError && isDuplicate(error))) throw error;
    }
  }

  async #introduce(): Promise<Producer> {
    const request = { transactionTimeout: 60_000 };
    const { producerId, producerEpoch } = await this.#link.askLeader(
      this.#place,
      "introduce a producer",
      (node) => node.initProducerId(request),
    );
    this.#sequence = 0;
    return { producerId, producerEpoch };
  }
}
