import { type Broker, BrokerError } from "@rumkit/server";

type Topic = Parameters<Broker["publish"]>[0];

/** A message as a test compares it. */
export interface ReadMessage {
  readonly sequence: number;
  readonly text: string;
}

export interface ReadOptions {
  /** Default `batches.0`. */
  readonly topic?: Topic;
  readonly from?: number;
  /** Ends when it has this many messages. */
  readonly count: number;
}

/** Reads messages of a topic. Throws what the broker throws. */
export async function readSome(
  broker: Broker,
  { topic = "batches.0", from = 1, count }: ReadOptions,
): Promise<ReadMessage[]> {
  const found: ReadMessage[] = [];
  const done = new AbortController();
  for await (const chunk of broker.read(topic, from, done.signal)) {
    found.push(
      ...chunk.map(({ sequence, body }) => ({ sequence, text: Buffer.from(body).toString("latin1") })),
    );
    if (found.length >= count) break;
  }
  return found.slice(0, count);
}

/** Reads as an aggregator does: after a loss it goes on from its position. Ends when `isEnough` says so. */
export async function readThroughLosses(
  broker: Broker,
  topic: Topic,
  isEnough: (texts: readonly string[]) => boolean,
): Promise<string[]> {
  const found: string[] = [];
  let next = 1;
  while (!isEnough(found)) {
    try {
      for await (const chunk of broker.read(topic, next, new AbortController().signal)) {
        found.push(...chunk.map(({ body }) => Buffer.from(body).toString("latin1")));
        next = chunk.at(-1)!.sequence + 1;
        if (isEnough(found)) break;
      }
    } catch (error) {
      if (!isGone(error)) throw error;
      await pause();
    }
  }
  return found;
}

export function message(text: string, id = text): { readonly id: string; readonly body: Uint8Array } {
  return { id, body: Buffer.from(text, "latin1") };
}

/** Sends a message until it is acknowledged, as an edge does. Returns the attempts. */
export async function publishSurely(broker: Broker, topic: Topic, text: string): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await broker.publish(topic, message(text));
      return attempt;
    } catch (error) {
      if (!isGone(error)) throw error;
      await pause();
    }
  }
}

/** The code of the `BrokerError` with which a promise rejects; undefined if it resolves. */
export async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    if (error instanceof BrokerError) return error.code;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof BrokerError && error.code === "gone";
}

function pause(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, 50));
}

/** The numbers 0 to `count - 1` as texts that begin with a word. */
export function texts(word: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${word}${index}`);
}
