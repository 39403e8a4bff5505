import type { OutgoingMessage } from "./broker.ts";

/** A message that no aggregator can count. */
export interface DeadLetter {
  readonly id: string;
  readonly partition: number;
  /** Its place in the partition; undefined for one that was never there. */
  readonly sequence?: number | undefined;
  /** A stable code. */
  readonly reason: string;
  /** The fault, for people. */
  readonly message: string;
  readonly body: Uint8Array;
}

/** Characters of a fault that are kept. */
const MOST = 500;

/** Writes a message for the topic `dead`: a line of JSON with its place and the reason, then its bytes. */
export function writeDeadLetter({
  id,
  partition,
  sequence,
  reason,
  message,
  body,
}: DeadLetter): OutgoingMessage {
  const head = JSON.stringify({ v: 1, partition, sequence, reason, message: message.slice(0, MOST) });
  return { id, body: Buffer.concat([Buffer.from(`${head}\n`), body]) };
}
