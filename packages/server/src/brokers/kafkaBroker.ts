import type * as KafkaPackage from "kafkajs";
import { loadOptional } from "../base/optionalPackage.ts";
import { agreeOnPartitions } from "./agreeOnPartitions.ts";
import { type Broker, BrokerError, type KeptMessage, type Records, type Topic } from "./broker.ts";
import type { DriverOptions } from "./brokerOptions.ts";
import { missingLog } from "./missingLog.ts";
import { checkKafka } from "./kafkaCheck.ts";
import { openCluster } from "./kafkaCluster.ts";
import { closed, KafkaLink, type Place } from "./kafkaLink.ts";
import { KafkaProducer } from "./kafkaProducer.ts";
import { readPartition } from "./kafkaReader.ts";
import { createKafkaRecords } from "./kafkaRecords.ts";
import { createTopics, findTopics, nameOf, readBounds, topicsOf } from "./kafkaTopics.ts";

const KAFKA = "kafkajs";

/** Opens a log in Kafka: a topic for each of ours, and one for the records. */
export async function openKafka(options: DriverOptions): Promise<Broker> {
  if (options.maxBytes !== undefined)
    throw new TypeError(
      "[rumkit] openBroker: maxBytes is not for Kafka, which would drop its oldest messages.",
    );
  const kafkajs = await loadOptional<typeof KafkaPackage>(KAFKA);
  const openLink = (): KafkaLink => new KafkaLink(() => openCluster(kafkajs, options), options.answerMs);
  const link = openLink();
  const recordsLink = openLink();
  const close = async (): Promise<void> => void (await Promise.all([link.close(), recordsLink.close()]));
  try {
    const { partitions, records } = await prepare(link, recordsLink, options);
    const place = createPlaceOf(options.app, partitions);
    const readers = createReaders(openLink);
    return {
      engine: "kafka",
      partitions,
      records,
      publish: createPublish(link, place, options.answerMs),
      read: (topic, from, signal) => readers.read(place(topic), from, signal),
      bounds: async (topic) => readBounds(link, place(topic)),
      check: () => checkKafka(link, partitions, options),
      close: async () => {
        readers.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Creates the topics that are missing, and returns the number of partitions that all collectors have agreed on. */
async function prepare(
  link: KafkaLink,
  recordsLink: KafkaLink,
  options: DriverOptions,
): Promise<{ readonly partitions: number; readonly records: Records }> {
  const { app, answerMs, create = true } = options;
  const refuse = create ? undefined : () => refuseMissing(link, app);
  if (create) await createTopics(link, ["records"], options);
  else if (!(await findTopics(link)).has(nameOf(app, "records"))) await refuse?.();
  const place = { topic: nameOf(app, "records"), partition: 0 };
  const records = createKafkaRecords(recordsLink, place, answerMs);
  const partitions = await agreeOnPartitions(records, options.partitions, refuse);
  if (create) await createTopics(link, topicsOf(partitions), options);
  return { partitions, records };
}

async function refuseMissing(link: KafkaLink, app: string): Promise<never> {
  throw missingLog(app, (await findTopics(link)).keys(), /^(.+)\.rumkit\.records$/);
}

/** Returns the places of topics. Throws a `BrokerError` for one that the log does not have. */
function createPlaceOf(app: string, partitions: number): (topic: Topic) => Place {
  const topics: ReadonlySet<string> = new Set(topicsOf(partitions));
  return (topic) => {
    if (topics.has(topic)) return { topic: nameOf(app, topic), partition: 0 };
    throw new BrokerError("refused", `[rumkit] The log has no topic ${topic}.`);
  };
}

/** The longest message: the topics are created with room for eight megabytes. */
const MOST_MESSAGE_BYTES = 8_380_000;

function createPublish(link: KafkaLink, place: (topic: Topic) => Place, answerMs: number): Broker["publish"] {
  const producers = new Map<Topic, KafkaProducer>();
  return async (topic, { id, body }) => {
    const producer = producers.get(topic) ?? new KafkaProducer(link, place(topic), answerMs);
    producers.set(topic, producer);
    if (body.length > MOST_MESSAGE_BYTES)
      throw new BrokerError(
        "too_large",
        `[rumkit] Kafka: a message of ${body.length} bytes is larger than ${MOST_MESSAGE_BYTES}, the maximum.`,
      );
    await producer.publish(id, Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  };
}

interface Readers {
  read(place: Place, from: number, signal: AbortSignal): AsyncGenerator<readonly KeptMessage[]>;
  /** Ends all of them with an error. */
  close(): void;
}

function createReaders(openLink: () => KafkaLink): Readers {
  const links = new Set<KafkaLink>();
  let isClosed = false;
  return {
    read: async function* read(place, from, signal) {
      if (isClosed) throw closed();
      // Separate connections: waiting for messages blocks them.
      const link = openLink();
      const end = (): void => link.end();
      signal.addEventListener("abort", end);
      links.add(link);
      try {
        if (!signal.aborted) yield* readPartition(link, place, Math.max(from, 1));
      } catch (error) {
        if (isClosed) throw closed();
        if (!signal.aborted) throw error;
      } finally {
        signal.removeEventListener("abort", end);
        links.delete(link);
        end();
      }
    },
    close: () => {
      isClosed = true;
      for (const link of links) link.end();
    },
  };
}
