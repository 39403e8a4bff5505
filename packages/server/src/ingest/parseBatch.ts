import {
  type BatchEnvelope,
  type EventRejection,
  MAX_DEPTH,
  MAX_EVENTS,
  type PageEvent,
} from "@rumkit/protocol";
import type { z } from "zod";
import { envelopeSchema, EVENT_TYPES, eventSchema } from "./batchSchema.ts";
import { LOAD_PHASES } from "../metrics/labelValues.ts";
import { CollectError } from "./collectError.ts";
import type { Rejection } from "./rejection.ts";

/** Fatal: the lax decoder would turn broken bytes into U+FFFD and count what nobody sent. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Fields of events that hold a number which is no money. */
const NUMBERS = ["value", "count", "step", "status", "bytes", ...LOAD_PHASES] as const;

/** Turns a body into a batch whose events are still unread. Throws a `CollectError` that says what is wrong. */
export function parseBatch(body: Uint8Array): BatchEnvelope {
  const text = decode(body);
  if (depthOf(text) > MAX_DEPTH)
    throw new CollectError("too_deep", `JSON is nested at most ${MAX_DEPTH} levels deep.`);
  const value = parseJson(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new CollectError("bad_batch", "A batch is one JSON object.");
  }
  if ((value as { v?: unknown }).v !== 1)
    throw new CollectError("bad_version", "Only version 1 is read: `v` has to be 1.");
  const parsed = envelopeSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw toCollectError(parsed.error);
}

/** Reads one event of a batch: the event, or why it is none. Never throws. */
export function parseEvent(value: unknown): PageEvent | Rejection {
  const parsed = eventSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return { code: eventCode(value, issue), message: issue ? describeIssue(issue) : "No event." };
}

function decode(body: Uint8Array): string {
  try {
    return utf8.decode(body);
  } catch {
    throw new CollectError("bad_utf8", "The body is not UTF-8.");
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CollectError("bad_json", "The body is not JSON.", [String(error)]);
  }
}

/** Levels of nesting, counted before anything recursive sees the text. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === BACKSLASH) index += 1;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) deepest = Math.max(deepest, (depth += 1));
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1;
  }
  return deepest;
}

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

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
