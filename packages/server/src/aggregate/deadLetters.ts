import { setTimeout as wait } from "node:timers/promises";
import { type Broker, BrokerError, type KeptMessage } from "../brokers/broker.ts";
import { writeDeadLetter } from "../brokers/deadLetter.ts";

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

/**
 * Publishes a message to the topic of dead messages. Tries
 * again while the log is away. Returns false if the log refuses it: a topic that is full must not stop a partition.
 */
export async function bury(
  broker: Pick<Broker, "publish">,
  dead: DeadMessage,
  signal: AbortSignal,
): Promise<boolean> {
  const outgoing = writeDeadLetter({ ...dead, id: `dead-${dead.partition}-${dead.sequence}` });
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
