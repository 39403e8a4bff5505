import { BrokerError } from "./broker.ts";
import type { DriverOptions } from "./brokerOptions.ts";
import type { RedisLink } from "./redisLink.ts";

/**
 * Returns a function that resolves when the replicas of `options.replicas` have everything that was written before. Without
 * replicas it resolves at once.
 */
export function createConfirm(
  link: RedisLink,
  { replicas = 1, answerMs }: DriverOptions,
): () => Promise<void> {
  if (replicas === 1) return async () => {};
  const copies = replicas - 1;
  let next: Promise<void> | undefined;
  const wait = async (): Promise<void> => {
    // Messages of one turn wait together.
    await new Promise(setImmediate);
    next = undefined;
    const reached = Number(await link.run(["WAIT", String(copies), String(answerMs)], answerMs));
    if (reached < copies)
      throw new BrokerError("gone", `[rumkit] Redis: ${reached} of ${copies} replicas have the message.`);
  };
  return async () => {
    const { generation } = link;
    await (next ??= wait());
    // Another connection waits for nothing: the message was written over the one before.
    if (link.generation !== generation)
      throw new BrokerError(
        "gone",
        "[rumkit] Redis: the connection ended before the replicas had the message.",
      );
  };
}
