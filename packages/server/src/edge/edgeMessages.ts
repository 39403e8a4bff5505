import { hash as digestOf, randomBytes } from "node:crypto";
import type { ShownEvents } from "../base/shownEvents.ts";
import { catalogDigest } from "../brokers/catalogDigest.ts";
import { type Message, writeMessage } from "../brokers/message.ts";
import { hashOf, topicOfHash } from "../brokers/partition.ts";
import type { ArrivedBatch, ReadEvents } from "../collect/countEvents.ts";
import type { ArrivedItems } from "../ingest/countItems.ts";
import type { Count } from "../journal/count.ts";
import type { SpooledMessage } from "./spoolRecord.ts";

/** Writes what an edge accepted as messages of the log. */
export interface EdgeMessages {
  ofBatch(arrived: ArrivedBatch, read: ReadEvents): SpooledMessage;
  ofItems(arrived: ArrivedItems): SpooledMessage;
  /** A call of server code, or the reports of a browser. */
  ofEntry(entry: Parameters<Count>[0]): SpooledMessage;
}

/** UTF-16 units of a `User-Agent` that are published: no more of it are read. */
const MAX_USER_AGENT = 512;

/** @param catalog Undefined if names are learned. */
export function createEdgeMessages(
  partitions: number,
  catalog: object | undefined,
  now: () => number,
): EdgeMessages {
  const digest = catalog && catalogDigest(catalog);
  const nextId = createIds();
  const nextHead = (at: number): Head => ({ id: nextId(), at, catalog: digest });
  const toMessage = (message: Message, key: string): SpooledMessage => {
    const hash = hashOf(key);
    const { id, at } = message;
    return { topic: topicOfHash(hash, partitions), id, at, hash, body: writeMessage(message) };
  };
  return {
    // By session, so that one aggregator sees all of it.
    ofBatch: (arrived, { batch }) => toMessage(batchMessage(nextHead(arrived.at), arrived), batch.session),
    ofItems: ({ body, service, idempotencyKey }) => {
      const head = nextHead(now());
      return toMessage({ kind: "items", ...head, service, idempotencyKey, body }, idempotencyKey ?? head.id);
    },
    ofEntry: ({ key, from, at, samples, events }) => {
      const head = { ...nextHead(at), samples };
      const described = describe(events);
      const [event] = described;
      if (from === "server" && event && described.length === 1)
        return toMessage({ kind: "call", ...head, key, event }, key ?? head.id);
      return toMessage({ kind: "reports", ...head, events: described }, head.id);
    },
  };
}

type Head = Pick<Message, "id" | "at" | "catalog">;

function batchMessage(head: Head, { body, idempotencyKey, userAgent, sender }: ArrivedBatch): Message {
  return {
    kind: "batch",
    ...head,
    idempotencyKey,
    userAgent: userAgent?.slice(0, MAX_USER_AGENT),
    sender: sender && digestOf("sha256", sender).slice(0, 16),
    body,
  };
}

function describe(events: ShownEvents) {
  return events.describe().map(({ session: _session, ...event }) => event);
}

/** Ids that no other process has, now or after a restart: a random part and a number. */
function createIds(): () => string {
  const own = randomBytes(12).toString("base64url");
  let number = 0;
  return () => {
    number += 1;
    return `${own}-${number.toString(36)}`;
  };
}
