import { agreeOnPartitions } from "./agreeOnPartitions.ts";
import { type Broker, BrokerError, type OutgoingMessage, type Topic } from "./broker.ts";
import type { DriverOptions } from "./brokerOptions.ts";
import { missingLog } from "./missingLog.ts";
import { checkJetStream } from "./jetStreamCheck.ts";
import { connectJetStream, type JetStreamLink } from "./jetStreamLink.ts";
import { readStream } from "./jetStreamRead.ts";
import { createRecords } from "./jetStreamRecords.ts";
import {
  configOf,
  createStream,
  hasStream,
  listStreams,
  namesOf,
  readBounds,
  type StreamNames,
} from "./jetStreamStreams.ts";

/** Opens a log in NATS JetStream: a stream for each topic, and one for the records. */
export async function openJetStream(options: DriverOptions): Promise<Broker> {
  const link = await connectJetStream(options);
  try {
    const names = namesOf(options.app);
    const { replicas, create = true } = options;
    const refuse = create ? undefined : () => refuseMissing(link, options.app);
    if (create) await createStream(link, configOf("records", names, options), replicas);
    else if (!(await hasStream(link, names.stream("records")))) await refuse?.();
    const records = createRecords(link, names.stream("records"), names.subject("records"), options.answerMs);
    const partitions = await agreeOnPartitions(records, options.partitions, refuse);
    const topics = topicsOf(partitions);
    if (create)
      await Promise.all(topics.map((topic) => createStream(link, configOf(topic, names, options), replicas)));
    return {
      engine: "jetstream",
      partitions,
      records,
      publish: createPublish(link, names, topics),
      read: (topic, from, signal) => readStream(link, names.stream(topic), from, signal),
      bounds: (topic) => readBounds(link, names.stream(topic)),
      check: () => checkJetStream(link, [...topics, "records"], names, options),
      close: link.close,
    };
  } catch (error) {
    await link.close();
    throw error;
  }
}

async function refuseMissing(link: JetStreamLink, app: string): Promise<never> {
  throw missingLog(app, await listStreams(link), /^rumkit-(.+)-records$/);
}

function topicsOf(partitions: number): readonly Topic[] {
  const batches = Array.from({ length: partitions }, (_, partition): Topic => `batches.${partition}`);
  return [...batches, "frames", "dead"];
}

/** Bytes of a message that are not its body: the id in its head, with what NATS puts around it. */
const HEAD_BYTES = 2_048;

function createPublish(
  link: JetStreamLink,
  names: StreamNames,
  topics: readonly Topic[],
): (topic: Topic, message: OutgoingMessage) => Promise<void> {
  const { nats, js } = link;
  return async (topic, { id, body }) => {
    if (!topics.includes(topic)) throw new BrokerError("refused", `[rumkit] The log has no topic ${topic}.`);
    const most = (nats.info?.max_payload ?? Infinity) - HEAD_BYTES;
    if (body.length > most)
      throw new BrokerError(
        "too_large",
        `[rumkit] A message of ${body.length} bytes is larger than NATS allows: raise max_payload.`,
      );
    const msgID = headerOf(id);
    await link.ask(`publish to ${topic}`, () => js.publish(names.subject(topic), body, { msgID }));
  };
}

/** Characters that stand in a head as they are. */
const PLAIN = /^[!-$&-~]+$/;

/** Returns the id as a value of a head: other ids have other values. */
function headerOf(id: string): string {
  return PLAIN.test(id) ? id : encodeURIComponent(id);
}
