import type { StreamConfig, StreamInfo } from "@nats-io/jetstream";
import { type Bounds, BrokerError, type Topic } from "./broker.ts";
import type { DriverOptions } from "./brokerOptions.ts";
import { isExistingStream } from "./jetStreamErrors.ts";
import type { JetStreamLink } from "./jetStreamLink.ts";

/** A stream for each topic: its sequences have no gaps, and reading one partition touches no other. */
export interface StreamNames {
  /** The name of a stream: `rumkit-shop-batches-0`. */
  readonly stream: (topic: Topic | "records") => string;
  /** The subject of its messages, `rumkit.shop.batches.0`; for `records` the beginning of all subjects. */
  readonly subject: (topic: Topic | "records") => string;
}

export function namesOf(app: string): StreamNames {
  return {
    stream: (topic) => `rumkit-${app}-${topic.replace(".", "-")}`,
    subject: (topic) => `rumkit.${app}.${topic}`,
  };
}

type Config = Partial<StreamConfig> & Pick<StreamConfig, "name">;

const NANOS_PER_MS = 1_000_000;

/** Milliseconds and bytes of the messages that cannot be read. The oldest leave first: they must not block a partition. */
const DEAD_MS = 30 * 86_400_000;
const DEAD_BYTES = 268_435_456;

/** Messages of each record. Several writers that replace the same revision at once leave one each: only the first counts. */
const RECORD_MESSAGES = 64;

/** Returns the settings of the stream of a topic. */
export function configOf(topic: Topic | "records", names: StreamNames, options: DriverOptions): Config {
  const subject = names.subject(topic);
  const common: Config = {
    name: names.stream(topic),
    subjects: [topic === "records" ? `${subject}.*` : subject],
    storage: "file",
    retention: "limits",
    // A full log refuses messages. It never drops those that it has acknowledged.
    discard: "new",
    duplicate_window: options.duplicateWindowMs * NANOS_PER_MS,
    max_bytes: options.maxBytes ?? -1,
  };
  if (topic === "records")
    return {
      ...common,
      max_bytes: -1,
      max_msgs_per_subject: RECORD_MESSAGES,
      discard: "old",
      description: "rumkit: records",
    };
  if (topic === "dead")
    return { ...common, max_age: DEAD_MS * NANOS_PER_MS, max_bytes: DEAD_BYTES, discard: "old" };
  return { ...common, max_age: options.retentionMs * NANOS_PER_MS };
}

/** Creates a stream that is missing. One that exists keeps its settings: `check` tells what they lack. */
export async function createStream(link: JetStreamLink, config: Config, replicas?: number): Promise<void> {
  const { slow: jsm, nats } = link;
  const copies = replicas ?? (nats.info?.cluster ? 3 : 1);
  await link.ask(`create the stream ${config.name}`, async () => {
    const found = await jsm.streams.info(config.name).catch(onlyIfMissing);
    if (found) return;
    await jsm.streams.add({ ...config, num_replicas: copies }).catch((error: unknown) => {
      // Another collector was faster, with other options.
      if (!isExistingStream(error)) throw error;
    });
  });
}

export async function hasStream({ ask, jsm }: JetStreamLink, stream: string): Promise<boolean> {
  const found = await ask(`find the stream ${stream}`, () => jsm.streams.info(stream).catch(onlyIfMissing));
  return found !== undefined;
}

/** Returns the names of all streams. */
export async function listStreams({ ask, jsm }: JetStreamLink): Promise<readonly string[]> {
  return ask("list the streams", async () => {
    const names: string[] = [];
    for await (const name of jsm.streams.names()) names.push(name);
    return names;
  });
}

const STREAM_NOT_FOUND = 10_059;

function onlyIfMissing(error: Error & { readonly code?: unknown }): undefined {
  if (error.code !== STREAM_NOT_FOUND) throw error;
}

/** Returns the sequences that a stream keeps. */
export async function readBounds(link: JetStreamLink, stream: string): Promise<Bounds> {
  const { state } = await link.ask(`read the bounds of ${stream}`, () => link.jsm.streams.info(stream));
  return boundsOf(state);
}

function boundsOf({ messages, first_seq: first, last_seq: last }: StreamInfo["state"]): Bounds {
  // The first one of an empty stream is 0, or one that was deleted.
  return messages === 0 ? { first: last + 1, last } : { first, last };
}

/** Throws if the messages from a position on are not all kept. */
export async function refuseTrimmed(link: JetStreamLink, stream: string, from: number): Promise<void> {
  const { first, last } = await readBounds(link, stream);
  if (from < first)
    throw new BrokerError(
      "trimmed",
      `[rumkit] ${stream} no longer keeps the message ${from}: it begins at ${first}.`,
    );
  if (from > last + 1)
    throw new BrokerError(
      "trimmed",
      `[rumkit] ${stream} ends at ${last}, before the position ${from}: it has lost messages, or it is another log.`,
    );
}
