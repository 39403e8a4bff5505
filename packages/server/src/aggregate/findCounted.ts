import type { Bounds, Broker, KeptMessage, Topic } from "../brokers/broker.ts";
import { readMessage } from "../brokers/message.ts";
import type { IngestOptions } from "../ingest/ingestRoute.ts";
import type { Journal } from "../journal/journal.ts";
import { identityOf } from "./knownMessages.ts";

export interface CountedSearch {
  readonly broker: Pick<Broker, "read">;
  readonly topic: Topic;
  readonly ingest: Pick<IngestOptions, "translate">;
  readonly knows: NonNullable<Journal["knows"]>;
  readonly signal: AbortSignal;
}

/** Messages that are looked at together. */
const BLOCK = 256;

/** The least share of known messages in a block that was counted: refused messages are not known, and few others are sent again. */
const LEAST_KNOWN = 0.5;

/**
 * Returns a sequence up to which a log that has lost its end, or was created again, has only messages that were counted.
 * After it others may have taken the sequences of those that are lost. Those after it that were counted are known by their
 * keys. Rejects with a `BrokerError`, and if the signal aborts.
 */
export async function findCounted(search: CountedSearch, { first, last }: Bounds): Promise<number> {
  for (let begin = last - BLOCK + 1; begin > first; begin -= BLOCK)
    if ((await shareKnown(search, begin)) >= LEAST_KNOWN) return begin - 1;
  return first - 1;
}

/** The share of a block's messages that the journal knows. */
async function shareKnown(
  { broker, topic, ingest, knows, signal }: CountedSearch,
  begin: number,
): Promise<number> {
  const isKnown = ({ body }: KeptMessage): boolean => {
    try {
      return knows(identityOf(readMessage(body), { ingest }));
    } catch {
      return false;
    }
  };
  const block: KeptMessage[] = [];
  for await (const chunk of broker.read(topic, begin, signal)) {
    block.push(...chunk.filter(({ sequence }) => sequence < begin + BLOCK));
    if (chunk.at(-1)!.sequence >= begin + BLOCK - 1) break;
  }
  signal.throwIfAborted();
  return block.filter(isKnown).length / block.length;
}
