import { BrokerError, type OutgoingMessage, type Topic } from "./broker.ts";
import type { DriverOptions } from "./brokerOptions.ts";
import type { RedisLink } from "./redisLink.ts";
import { APPEND } from "./redisScripts.ts";

/** Bytes of an entry beside its body, with the mark of its id: an estimate, rather too high. */
const ENTRY_OVERHEAD = 256;

/** The retention removes messages in slices of time: this many of them. */
const SLICES = 200;

/** A larger message would hold up all others: Redis does one thing at a time. */
const MOST_MESSAGE_BYTES = 8_388_608;

/** Messages that cannot be read: kept for a month, and as many as there is room for. */
const DEAD = { retentionMs: 30 * 86_400_000, maxBytes: 67_108_864 };

/** Frames fill the memory, and a reader that was away for longer asks aggregators for their totals. */
const FRAMES_MS = 3_600_000;

/** Returns the publisher of all topics. `keyOf` names the stream of a topic; `confirm` waits for replicas. */
export function createPublish(
  link: RedisLink,
  keyOf: (topic: Topic) => string,
  confirm: () => Promise<void>,
  options: DriverOptions,
): (topic: Topic, message: OutgoingMessage) => Promise<void> {
  const limitsOf = (topic: Topic): readonly string[] => {
    const isDead = topic === "dead";
    const { retentionMs: longest, maxBytes = Number.MAX_SAFE_INTEGER } = isDead ? DEAD : options;
    const retentionMs = topic === "frames" ? Math.min(longest, FRAMES_MS) : longest;
    const width = Math.ceil(retentionMs / SLICES);
    const limits = [options.duplicateWindowMs, retentionMs, width, maxBytes, ENTRY_OVERHEAD, Number(isDead)];
    return limits.map(String);
  };
  return async (topic, { id, body }) => {
    const stream = keyOf(topic);
    if (body.length > MOST_MESSAGE_BYTES)
      throw new BrokerError(
        "too_large",
        `[rumkit] Redis: a message of ${body.length} bytes is larger than ${MOST_MESSAGE_BYTES}, the maximum.`,
      );
    const keys = [stream, `${stream}:sizes`, `${stream}:seen:${id}`];
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const outcome = await link.runScript(APPEND, keys, [bytes, ...limitsOf(topic)]);
    if (outcome === -1)
      throw new BrokerError(
        "full",
        `[rumkit] Redis: the topic ${topic} has no room: maxBytes is ${options.maxBytes}.`,
      );
    await confirm();
  };
}
