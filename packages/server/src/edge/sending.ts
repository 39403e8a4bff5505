import { type Broker, BrokerError, type BrokerErrorCode } from "../brokers/broker.ts";
import { writeDeadLetter } from "../brokers/deadLetter.ts";
import { hasTopic, topicOfHash } from "../brokers/partition.ts";
import type { SpooledMessage } from "./spoolRecord.ts";

/** Why the log did not take a message in time. `slow`: as many messages as may be under way are not acknowledged. */
export type PublishFailure = BrokerErrorCode | "timeout" | "slow" | "error";

/** Messages that are not acknowledged yet, at most: at 20 ms each, 50,000 a second. */
const MOST_UNDER_WAY = 1_024;
/** 32 MiB. */
const MOST_BYTES_UNDER_WAY = 33_554_432;

export interface SendingOptions {
  readonly broker: Pick<Broker, "publish" | "partitions">;
  readonly onPublished: (by: "request" | "spool") => void;
  /** Milliseconds after which the spool takes a message that the log has not acknowledged. Default 2,000. */
  readonly timeoutMs?: number;
}

/** The messages under way to the log. */
export interface Sending {
  /** False while as many messages as may be are under way. */
  readonly hasRoom: boolean;
  /** Resolves when the log has acknowledged the message. Rejects if it has not in time. */
  send(message: SpooledMessage, by: "request" | "spool"): Promise<void>;
  /** Publishes a message without a partition to the topic `dead`. Rejects as `send`. */
  bury(message: SpooledMessage): Promise<void>;
  settled(): Promise<void>;
}

export function createSending({ broker, onPublished, timeoutMs = 2_000 }: SendingOptions): Sending {
  const underWay = new Set<Promise<void>>();
  let bytes = 0;
  const send = async (message: SpooledMessage, by: Parameters<Sending["send"]>[1]): Promise<void> => {
    const { id, body } = message;
    const topic = topicNow(message, broker.partitions);
    bytes += body.length;
    try {
      await withinTime(broker.publish(topic, { id, body }), timeoutMs);
      onPublished(by);
    } finally {
      bytes -= body.length;
    }
  };
  return {
    get hasRoom() {
      return underWay.size < MOST_UNDER_WAY && bytes < MOST_BYTES_UNDER_WAY;
    },
    send: (message, by) => {
      const sent = send(message, by);
      underWay.add(sent);
      const remove = (): void => void underWay.delete(sent);
      sent.then(remove, remove);
      return sent;
    },
    bury: (message) => withinTime(broker.publish("dead", unplacedLetter(message)), timeoutMs),
    settled: async () => {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}

/** Thrown for a message of a partition that the log has no more. */
class UnplacedMessage extends Error {
  constructor(topic: string) {
    super(`[rumkit] The log has no topic ${topic} any more: it was created again with fewer partitions.`);
  }
}

/** Writes a message of such a partition for the topic `dead`. */
function unplacedLetter({ topic, id, body }: SpooledMessage): ReturnType<typeof writeDeadLetter> {
  const { message } = new UnplacedMessage(topic);
  const partition = Number(topic.slice("batches.".length));
  return writeDeadLetter({ id: `dead-${id}`, partition, reason: "no_partition", message, body });
}

/** Returns the topic of a message by the number of partitions that the log has now. */
function topicNow({ topic, hash }: SpooledMessage, partitions: number): SpooledMessage["topic"] {
  if (hash !== undefined) return topicOfHash(hash, partitions);
  // Of an older version, which kept no hash.
  if (!hasTopic(topic, partitions)) throw new UnplacedMessage(topic);
  return topic;
}

/** Thrown for a message that the log has not acknowledged in time. It may be kept all the same. */
class PublishTimeout extends Error {}

function withinTime(published: Promise<void>, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new PublishTimeout(`[rumkit] The log did not answer within ${timeoutMs} ms.`)),
      timeoutMs,
    );
    published.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Names the failure of `send`. */
export function failureOf(error: unknown): PublishFailure {
  if (error instanceof BrokerError) return error.code;
  return error instanceof PublishTimeout ? "timeout" : "error";
}

/** True if the log will never take the message. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof BrokerError && error.code === "too_large";
}

/** True if no partition of the log can take the message. */
export function isUnplaced(error: unknown): boolean {
  return error instanceof UnplacedMessage;
}
