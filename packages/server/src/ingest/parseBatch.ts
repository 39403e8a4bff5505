import { type BatchEnvelope, type EventRejection, MAX_EVENTS, type PageEvent } from "@rumkit/protocol";
import type { z } from "zod";
import { envelopeSchema, EVENT_TYPES, eventSchema } from "./batchSchema.ts";
import { LOAD_PHASES } from "../metrics/labelValues.ts";
import { CollectError } from "./collectError.ts";
import { isObject } from "./fieldReaders.ts";
import { parseJson } from "./parseJson.ts";
import { readEnvelope } from "./readEnvelope.ts";
import { readEvent } from "./readEvent.ts";
import { Rejection } from "./rejection.ts";

/** Fields of events that hold a number which is no money. */
const NUMBERS = ["value", "count", "step", "status", "bytes", ...LOAD_PHASES] as const;

/** Turns a body into a batch whose events are still unread. Throws a `CollectError` that says what is wrong. */
export function parseBatch(body: Buffer): BatchEnvelope {
  const value = parseJson(body);
  if (!isObject(value)) throw new CollectError("bad_batch", "A batch is one JSON object.");
  if (value["v"] !== 1) {
    throw new CollectError("bad_version", "Only version 1 is read: `v` has to be 1.");
  }
  return readEnvelope(value) ?? explainEnvelope(value);
}

/** Reads one event of a batch: the event, or why it is none. Never throws. */
export function parseEvent(value: unknown): PageEvent | Rejection {
  return readEvent(value) ?? explainEvent(value);
}

/** The schema is asked only for what was refused: it is slow, and knows why. */
function explainEnvelope(value: unknown): BatchEnvelope {
  const parsed = envelopeSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw toCollectError(parsed.error);
}

function explainEvent(value: unknown): PageEvent | Rejection {
  const parsed = eventSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return new Rejection(eventCode(value, issue), issue ? describeIssue(issue) : "No event.");
}

function toCollectError(error: z.ZodError): CollectError {
  const issues = error.issues.map(describeIssue);
  const [issue] = error.issues;
  if (issue?.path[0] === "id")
    return new CollectError("bad_batch_id", "`id` is 32 lower-case hexadecimal digits.", issues);
  if (issue?.path[0] === "events" && issue.code === "too_big") {
    return new CollectError("too_many_events", `A batch has at most ${MAX_EVENTS} events.`, issues);
  }
  return new CollectError("bad_batch", "The object is no batch of version 1.", issues);
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join(".");
  return path === "" ? issue.message : `${path}: ${issue.message}`;
}

const codeOfField: Readonly<Record<string, EventRejection>> = {
  amount: "bad_amount",
  currency: "bad_currency",
  ...Object.fromEntries(NUMBERS.map((field) => [field, "bad_number"])),
};

function eventCode(value: unknown, issue: z.core.$ZodIssue | undefined): EventRejection {
  const type = typeof value === "object" && value !== null ? (value as { type?: unknown }).type : undefined;
  if (typeof type === "string" && !EVENT_TYPES.has(type)) return "unknown_type";
  return codeOfField[String(issue?.path[0])] ?? "bad_event";
}
