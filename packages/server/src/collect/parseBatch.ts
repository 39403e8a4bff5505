import { type BatchEnvelope, type EventRejection, MAX_EVENTS, type PageEvent } from "@rumkit/protocol";
import { envelopeSchema, eventSchema } from "./batchSchema.ts";
import { describeIssue, explainField } from "../http/explainFault.ts";
import { LOAD_PHASES } from "../metrics/labelValues.ts";
import { CollectError } from "../http/collectError.ts";
import { firstBadDetail, isObject } from "../http/fieldReaders.ts";
import { parseJson } from "../http/parseJson.ts";
import { readEnvelope } from "./readEnvelope.ts";
import { readEvent } from "./readEvent.ts";
import { Rejection } from "../base/rejection.ts";

/** Fields of events that hold a number which is no money. */
const NUMBERS = ["value", "count", "step", "status", "bytes", ...LOAD_PHASES] as const;

/**
 * Turns a body into a batch whose events are still unread. Throws a `CollectError` that says what is wrong, and
 * with `verbose` each fault in the words of the schema.
 */
export function parseBatch(body: Buffer, verbose = false): BatchEnvelope {
  const value = parseJson(body);
  if (!isObject(value)) throw new CollectError("bad_batch", "A batch is one JSON object.");
  if (value["v"] !== 1) {
    throw new CollectError("bad_version", "Only version 1 is read: `v` has to be 1.");
  }
  const batch = readEnvelope(value);
  if (typeof batch !== "string") return batch;
  throw refuseEnvelope(batch, value, verbose ? explainEnvelope(value) : []);
}

/** Reads one event of a batch: the event, or why it is none. Never throws. */
export function parseEvent(value: unknown): PageEvent | Rejection {
  const event = readEvent(value);
  return typeof event === "string" ? refuseEvent(event, value) : event;
}

function refuseEnvelope(
  field: string,
  value: Readonly<Record<string, unknown>>,
  issues: string[],
): CollectError {
  if (field === "id")
    return new CollectError("bad_batch_id", "`id` is 32 lower-case hexadecimal digits.", issues);
  if (field === "events" && isTooLong(value["events"])) {
    return new CollectError("too_many_events", `A batch has at most ${MAX_EVENTS} events.`, issues);
  }
  return new CollectError("bad_batch", "The object is no batch of version 1.", issues);
}

/** The schema looks at every element: of too many it is shown the first one too many. */
function explainEnvelope(value: Readonly<Record<string, unknown>>): string[] {
  const { events } = value;
  const shown = isTooLong(events) ? { ...value, events: events.slice(0, MAX_EVENTS + 1) } : value;
  return envelopeSchema.safeParse(shown).error?.issues.map((issue) => describeIssue(issue)) ?? [];
}

function isTooLong(events: unknown): events is unknown[] {
  return Array.isArray(events) && events.length > MAX_EVENTS;
}

function refuseEvent(field: string, value: unknown): Rejection {
  if (!isObject(value) || field === "type") {
    const isUnknown = isObject(value) && typeof value["type"] === "string";
    return new Rejection(isUnknown ? "unknown_type" : "bad_event", () => explainType(value));
  }
  return new Rejection(codeOfField[field] ?? "bad_event", () =>
    explainField(fieldsOfType.get(value["type"]) ?? {}, field, firstBadDetail(value[field])),
  );
}

function explainType(value: unknown): string {
  const shown = isObject(value) ? { type: value["type"] } : value;
  return describeIssue(eventSchema.safeParse(shown).error?.issues[0]);
}

const fieldsOfType: ReadonlyMap<unknown, Parameters<typeof explainField>[0]> = new Map(
  eventSchema.options.flatMap((option) =>
    [...option.shape.type.values].map((type) => [type, option.shape] as const),
  ),
);

const codeOfField: Readonly<Record<string, EventRejection>> = Object.assign(
  Object.create(null) as Record<string, EventRejection>,
  { amount: "bad_amount", currency: "bad_currency" },
  Object.fromEntries(NUMBERS.map((field) => [field, "bad_number"])),
);
