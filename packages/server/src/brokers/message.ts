import { isObject } from "../base/shape.ts";
import type { Labels } from "../metrics/descriptor.ts";
import type { Sample } from "../metrics/sample.ts";
import type { LiveEvent } from "@rumkit/protocol";

/** A batch, items, a call or reports that an edge accepted, before they are counted. */
export type Message = BatchMessage | ItemsMessage | CallMessage | ReportsMessage;

/** Common to all messages. */
interface Accepted {
  /** Identifies the message on every retry, in all partitions. */
  readonly id: string;
  /** Time of arrival at the edge in milliseconds since 1970, by its clock. */
  readonly at: number;
  /** A digest of the edge's catalog; undefined without a catalog. */
  readonly catalog?: string | undefined;
}

/** A batch of a page, as it arrived. */
export interface BatchMessage extends Accepted {
  readonly kind: "batch";
  /** The `Idempotency-Key` of the request, if it had one. */
  readonly idempotencyKey?: string | undefined;
  readonly userAgent?: string | undefined;
  /** A digest of the sender's address. */
  readonly sender?: string | undefined;
  readonly body: Buffer;
}

/** Items of a service, as they arrived at `/ingest`. */
export interface ItemsMessage extends Accepted {
  readonly kind: "items";
  /** The name of the service. */
  readonly service: string;
  readonly idempotencyKey?: string | undefined;
  readonly body: Buffer;
}

/** A call of server code: a conversion, an action, a measurement. */
export interface CallMessage extends Accepted {
  readonly kind: "call";
  /** Identifies the order; undefined for a call that has no key. */
  readonly key?: string | undefined;
  readonly samples: readonly Sample[];
  readonly event: Omit<LiveEvent, "at">;
}

/** Reports of a browser, which have no key: each delivery counts. */
interface ReportsMessage extends Accepted {
  readonly kind: "reports";
  readonly samples: readonly Sample[];
  readonly events: readonly Omit<LiveEvent, "at">[];
}

/** The version of the form: a head of one line in JSON, then the body. */
const VERSION = 1;

/** Returns the bytes of a message, which `readMessage` reads. */
export function writeMessage(message: Message): Buffer {
  if (message.kind === "call" || message.kind === "reports")
    return Buffer.from(`${JSON.stringify({ v: VERSION, ...message })}\n`);
  const { body, ...head } = message;
  return Buffer.concat([Buffer.from(`${JSON.stringify({ v: VERSION, ...head })}\n`), body]);
}

/** Thrown for bytes that are not a message. */
class UnreadableMessage extends Error {
  constructor(reason: string) {
    super(`[rumkit] A message of the log cannot be read: ${reason}.`);
    this.name = "UnreadableMessage";
  }
}

const NEW_LINE = 10;

/** Returns the message in some bytes. Throws an `UnreadableMessage`, whatever the bytes are. */
export function readMessage(bytes: Uint8Array): Message {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = buffer.indexOf(NEW_LINE);
  if (end < 0) throw new UnreadableMessage("it has no head");
  const head = parseHead(buffer.toString("utf8", 0, end));
  const body = buffer.subarray(end + 1);
  if (head["v"] !== VERSION)
    throw new UnreadableMessage(`its version is ${String(head["v"])}, not ${VERSION}`);
  const isSound = isText(head["id"]) && isTime(head["at"]) && isOptional(head["catalog"]);
  if (!isSound) throw new UnreadableMessage("its head lacks an id or a time");
  return toMessage(head, body);
}

function parseHead(text: string): Readonly<Record<string, unknown>> {
  let head: unknown;
  try {
    head = JSON.parse(text);
  } catch {
    throw new UnreadableMessage("its head is not JSON");
  }
  if (!isObject(head)) throw new UnreadableMessage("its head is not an object");
  return head;
}

function toMessage(head: Readonly<Record<string, unknown>>, body: Buffer): Message {
  const { v: _version, ...fields } = head;
  if (isBatch(head)) return { ...fields, body } as unknown as BatchMessage;
  if (isItems(head)) return { ...fields, body } as unknown as ItemsMessage;
  if (isCall(head)) return fields as unknown as CallMessage;
  if (isReports(head)) return fields as unknown as ReportsMessage;
  throw new UnreadableMessage("its kind is unknown");
}

type Head = Readonly<Record<string, unknown>>;

const isBatch = ({ kind, idempotencyKey, userAgent, sender }: Head): boolean =>
  kind === "batch" && [idempotencyKey, userAgent, sender].every(isOptional);

const isItems = ({ kind, service, idempotencyKey }: Head): boolean =>
  kind === "items" && isText(service) && isOptional(idempotencyKey);

const isCall = ({ kind, key, samples, event }: Head): boolean =>
  kind === "call" && isOptional(key) && areSamples(samples) && isEvent(event);

const isReports = ({ kind, samples, events }: Head): boolean =>
  kind === "reports" && areSamples(samples) && Array.isArray(events) && events.every(isEvent);

const areSamples = (value: unknown): boolean => Array.isArray(value) && value.every(isSample);
const isEvent = (value: unknown): boolean => isObject(value) && isText(value["type"]);

function isSample(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { metric, labels, value: counted, times } = value;
  const isTimes = times === undefined || (Number.isSafeInteger(times) && (times as number) > 0);
  return isText(metric) && isLabels(labels) && Number.isFinite(counted) && isTimes;
}

const isText = (value: unknown): value is string => typeof value === "string";
const isOptional = (value: unknown): boolean => value === undefined || isText(value);
const isTime = (value: unknown): boolean => Number.isFinite(value) && (value as number) >= 0;
const isLabels = (value: unknown): value is Labels => isObject(value) && Object.values(value).every(isText);
