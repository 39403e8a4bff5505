import { type Bounds, BrokerError, type KeptMessage } from "./broker.ts";
import type { RedisLink } from "./redisLink.ts";
import type { Reply } from "./redisConnection.ts";

/** Bytes that a chunk should have, by the size of the messages before. */
const CHUNK_BYTES = 4_194_304;
const MOST_MESSAGES = 1_024;

/** Milliseconds that one read waits for a message, before it looks whether the stream is still the same. */
const BLOCK_MS = 1_000;

/** `XREAD` answers with a list of streams: a key, and entries with an id and fields. */
type Streams = readonly [readonly [Buffer, readonly Entry[]]] | null;
type Entry = readonly [Buffer, readonly Buffer[]];

/**
 * Reads a stream from a sequence on, over a separate connection, since waiting for messages blocks it. `bounds` is asked
 * before the first read, and while nothing comes: a stream that was emptied would be silent until it is as long as before.
 */
export async function* readStream(
  link: RedisLink,
  stream: string,
  from: number,
  bounds: () => Promise<Bounds>,
): AsyncGenerator<readonly KeptMessage[]> {
  const { first, last } = await bounds();
  refuseBeyond(from, last);
  // A stream that keeps nothing has no first message to compare with.
  if (from < first) throw trimmed(`Messages from ${from} on are no longer kept: the first one is ${first}`);
  let next = from;
  let count = 16;
  for (;;) {
    const command = ["XREAD", "COUNT", String(count), "BLOCK", String(BLOCK_MS), "STREAMS", stream];
    const chunk = toMessages(await link.run([...command, `0-${next - 1}`], BLOCK_MS));
    if (chunk.length === 0) {
      refuseBeyond(next, (await bounds()).last);
      continue;
    }
    const start = chunk[0]!.sequence;
    // Sequences have no gaps but those that the retention makes.
    if (start !== next)
      throw trimmed(`Messages from ${next} on are no longer kept: the first one is ${start}`);
    next += chunk.length;
    count = countFor(chunk);
    yield chunk;
  }
}

function refuseBeyond(next: number, last: number): void {
  if (next > last + 1)
    throw trimmed(`The log ends at ${last}, before ${next}: it was emptied, or an old copy was restored`);
}

function toMessages(reply: Reply): readonly KeptMessage[] {
  const streams = reply as unknown as Streams;
  return (streams?.[0][1] ?? []).map(([id, fields]) => ({
    sequence: toSequence(id),
    body: fields[1] ?? Buffer.alloc(0),
  }));
}

/** Returns the sequence in an id: `0-17`. */
export function toSequence(id: Buffer): number {
  return Number(id.toString("latin1").slice(2));
}

function countFor(chunk: readonly KeptMessage[]): number {
  const bytes = chunk.reduce((sum, { body }) => sum + body.length, 0);
  const each = Math.max(bytes / chunk.length, 1);
  return Math.min(Math.max(Math.floor(CHUNK_BYTES / each), 1), MOST_MESSAGES);
}

const trimmed = (reason: string): BrokerError => new BrokerError("trimmed", `[rumkit] ${reason}.`);
