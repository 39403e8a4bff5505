import {
  batchFields,
  type BatchEnvelope,
  commonFields,
  EVENT_REASONS,
  type EventRejection,
  events,
  type Fields,
  MAX_EVENTS,
  type PageEvent,
} from "@rumkit/protocol";
import { describeValue } from "../base/shape.ts";
import { Rejection } from "../base/rejection.ts";
import { CollectError } from "../http/collectError.ts";
import { isObject } from "../http/fieldReaders.ts";
import {
  codeOfKind,
  explainField,
  explainFields,
  type ObjectShape,
  readObject,
  toShape,
} from "../http/objectReader.ts";
import { parseJson } from "../http/parseJson.ts";

/**
 * Turns a body into a batch whose events are still unread. Throws a `CollectError`; with `verbose` it explains every
 * field that is wrong.
 */
export function parseBatch(body: Buffer, verbose = false): BatchEnvelope {
  const value = parseJson(body);
  if (!isObject(value)) throw new CollectError("bad_batch", "A batch is one JSON object.");
  // Checked first, because the other fields of another version may have other meanings.
  if (value["v"] !== 1) throw new CollectError("bad_version", "Only version 1 is read: `v` must be 1.");
  const batch = readObject(value, envelope) as unknown as BatchEnvelope | string;
  if (typeof batch !== "string") return batch;
  throw refuseEnvelope(batch, value, verbose ? explainFields(batchFields, value) : []);
}

/** Reads one event of a batch. Returns the event, or the reason why it is refused. Never throws. */
export function parseEvent(value: unknown): PageEvent | Rejection {
  const type = isObject(value) ? types.get(value["type"]) : undefined;
  if (type === undefined || !isObject(value)) return refuseType(value);
  const event = readObject(value, type) as unknown as PageEvent | string;
  return typeof event === "string" ? refuseField(type, event, value[event]) : event;
}

const envelope = toShape(batchFields);

/** Everything that reading an event needs: the same for all types with the same fields. */
interface ReadableEvent extends ObjectShape {
  readonly declared: Fields;
  /** The code of the refusal for each field. */
  readonly reasons: Readonly<Record<string, EventRejection>>;
}

function toReadable(own: Fields): ReadableEvent {
  // The fields were looked up by the type, so the type needs no check.
  const declared: Fields = { type: { kind: "anything" }, ...commonFields, ...own };
  const reasons = Object.entries(declared).map(([name, field]) => [
    name,
    field.reason ?? codeOfKind<EventRejection>(field, EVENT_REASONS),
  ]);
  return { ...toShape(declared), declared, reasons: Object.fromEntries(reasons) as ReadableEvent["reasons"] };
}

const types: ReadonlyMap<unknown, ReadableEvent> = readableByType();

function readableByType(): Map<unknown, ReadableEvent> {
  const byFields = new Map<Fields, ReadableEvent>();
  return new Map(
    Object.entries(events).map(([type, { fields }]) => {
      const readable = byFields.get(fields) ?? toReadable(fields);
      byFields.set(fields, readable);
      return [type, readable];
    }),
  );
}

function refuseField({ declared, reasons }: ReadableEvent, name: string, value: unknown): Rejection {
  return new Rejection(reasons[name]!, () => explainField(declared[name]!, name, value));
}

/** Separate, because V8 allocates what a closure captures even if the closure is never created. */
function refuseType(event: unknown): Rejection {
  const isNamed = isObject(event) && typeof event["type"] === "string";
  return new Rejection(isNamed ? "unknown_type" : "bad_event", () => explainType(event));
}

function explainType(value: unknown): string {
  if (!isObject(value)) return `An event must be an object, not ${describeValue(value)}.`;
  const { type } = value;
  if (type === undefined) return "type is missing. It must be a type of event.";
  return `type must be one of ${Object.keys(events).join(", ")}, not ${describeValue(type)}.`;
}

function refuseEnvelope(
  field: string,
  value: Readonly<Record<string, unknown>>,
  issues: readonly string[],
): CollectError {
  if (field === "id")
    return new CollectError("bad_batch_id", "`id` is 32 lower-case hexadecimal digits.", issues);
  if (field === "events" && Array.isArray(value["events"]) && value["events"].length > MAX_EVENTS)
    return new CollectError("too_many_events", `A batch has at most ${MAX_EVENTS} events.`, issues);
  return new CollectError("bad_batch", "The object is not a batch of version 1.", issues);
}
