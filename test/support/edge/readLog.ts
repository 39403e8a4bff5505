import { type Broker, openBroker } from "@rumkit/server";
import { catalog } from "../kills/catalog.ts";

/** A message of the log, as far as tests compare it. */
export interface LoggedMessage {
  /** The id of the message, which its edge chose. */
  readonly message: string;
  readonly kind: string;
  /** The id of the batch, or the key of the call. */
  readonly id: string;
  /** The content, for comparison with the request. */
  readonly body: string;
}

/** Reads all messages of all partitions, each in its order. */
export async function readLog(url: string): Promise<LoggedMessage[]> {
  const log = { warn: () => {} };
  const broker = await openBroker({ url, app: catalog.app, allowUnsafe: true, log });
  const topics = Array.from({ length: broker.partitions }, (_, partition) => `batches.${partition}` as const);
  try {
    return (await Promise.all(topics.map((topic) => readTopic(broker, topic)))).flat();
  } finally {
    await broker.close();
  }
}

async function readTopic(broker: Broker, topic: `batches.${number}`): Promise<LoggedMessage[]> {
  const { first, last } = await broker.bounds(topic);
  const messages: LoggedMessage[] = [];
  if (first > last) return messages;
  const reading = new AbortController();
  for await (const chunk of broker.read(topic, first, reading.signal)) {
    for (const { sequence, body } of chunk) {
      messages.push(parse(Buffer.from(body).toString()));
      if (sequence === last) reading.abort();
    }
  }
  return messages;
}

function parse(text: string): LoggedMessage {
  const end = text.indexOf("\n");
  const head = JSON.parse(text.slice(0, end)) as { id: string; kind: string; key?: string };
  const body = text.slice(end + 1);
  const id = head.kind === "batch" ? (JSON.parse(body) as { id: string }).id : (head.key ?? head.id);
  return { message: head.id, kind: head.kind, id, body };
}
