import { setTimeout as wait } from "node:timers/promises";
import { type Broker, BrokerError, type KeptMessage } from "../brokers/broker.ts";

/** A message that could not be read. */
export interface DeadMessage extends KeptMessage {
  readonly partition: number;
  /** A stable code. */
  readonly reason: string;
  /** The fault, for people. */
  readonly message: string;
}

/** Milliseconds between tries while the log is away. Its partition stands still then, too. */
const RETRY_MS = 500;

/** Characters of a fault that are kept. */
const MOST = 500;

/**
 * Publishes a message to the topic of dead messages: a line of JSON with its place and the reason, then its bytes. Tries
 * again while the log is away. Returns false if the log refuses it: a topic that is full must not stop a partition.
 */
export async function bury(
  broker: Pick<Broker, "publish">,
  { partition, sequence, reason, message, body }: DeadMessage,
  signal: AbortSignal,
): Promise<boolean> {
  const head = JSON.stringify({ v: 1, partition, sequence, reason, message: message.slice(0, MOST) });
  const outgoing = {
    id: `dead-${partition}-${sequence}`,
    body: Buffer.concat([Buffer.from(`${head}\n`), body]),
  };
  for (;;) {
    try {
      await broker.publish("dead", outgoing);
      return true;
    } catch (error) {
      if (!(error instanceof BrokerError) || error.code !== "gone") return false;
      await wait(RETRY_MS, undefined, { signal });
    }
  }
}
