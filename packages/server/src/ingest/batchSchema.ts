import {
  type BatchEnvelope,
  MAX_AMOUNT,
  MAX_COUNT,
  MAX_DETAILS,
  MAX_EVENTS,
  MAX_NAME,
  MAX_STACK,
  MAX_TEXT,
  type PageEvent,
} from "@rumkit/protocol";
import { z } from "zod";

/** The last instant that a `Date` can hold (ECMA-262, time values): beyond it `toISOString` throws. */
const LAST_INSTANT = 8.64e15;

/** Values beyond it are no measurement of anything a page does: a petabyte, thirty thousand years. */
const HIGHEST_MEASUREMENT = 1e12;

/** Dropped events that one batch can report; more are taken for so many, since the page has lost the rest anyway. */
const MAX_DROPPED = 1_000_000;

/** Text that is cut rather than refused, and never half a surrogate pair: a long message is no fault. */
const text = (longest: number) => z.string().overwrite((value) => value.slice(0, longest).toWellFormed());
const name = text(MAX_NAME).min(1);
const hex128 = z.string().regex(/^[0-9a-f]{32}$/);
const instant = z.number().min(0).max(LAST_INSTANT);
const details = z
  .record(z.string().max(MAX_TEXT), z.union([text(MAX_TEXT), z.number(), z.boolean()]))
  .refine((value) => Object.keys(value).length <= MAX_DETAILS, `more than ${MAX_DETAILS} keys`);

const base = {
  at: instant,
  route: text(MAX_TEXT),
  count: z.number().int().min(1).max(MAX_COUNT).exactOptional(),
};

/** One event. Unknown keys are dropped, so that a newer page loses nothing with an older collector. */
export const eventSchema = z.discriminatedUnion("type", [
  z.object({ ...base, type: z.literal("session_start") }),
  z.object({
    ...base,
    type: z.literal("page_view"),
    navigation: z.enum(["load", "push", "replace", "traverse", "bfcache", "prerender"]),
  }),
  z.object({ ...base, type: z.literal("click"), name }),
  z.object({ ...base, type: z.literal("action"), name, details: details.exactOptional() }),
  z.object({
    ...base,
    type: z.literal("conversion"),
    name,
    amount: z.number().int().min(0).max(MAX_AMOUNT).exactOptional(),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .exactOptional(),
    details: details.exactOptional(),
  }),
  z.object({
    ...base,
    type: z.literal("measurement"),
    name,
    value: z.number().min(0).max(HIGHEST_MEASUREMENT),
    details: details.exactOptional(),
  }),
  z.object({
    ...base,
    type: z.literal("vital"),
    name: z.enum(["LCP", "INP", "CLS", "FCP", "TTFB"]),
    value: z.number().min(0),
  }),
  z.object({
    ...base,
    type: z.literal("error"),
    source: z.enum(["uncaught", "rejection", "handled", "react"]),
    name: text(MAX_NAME),
    message: text(MAX_TEXT),
    stack: text(MAX_STACK).exactOptional(),
  }),
]) satisfies z.ZodType<PageEvent>;

const dropped = z
  .number()
  .int()
  .min(0)
  .overwrite((value) => Math.min(value, MAX_DROPPED))
  .exactOptional();

/** A batch with its events unread: one bad event costs itself, not the batch. */
export const envelopeSchema = z.object({
  v: z.literal(1),
  id: hex128,
  seq: z.number().int().min(0),
  app: name.exactOptional(),
  release: text(MAX_NAME).exactOptional(),
  session: hex128,
  sentAt: instant,
  dropped: z
    .object({ queue_full: dropped, oversize: dropped, invalid: dropped, refused: dropped, expired: dropped })
    .exactOptional(),
  events: z.array(z.unknown()).min(1).max(MAX_EVENTS),
}) satisfies z.ZodType<BatchEnvelope>;

/** The event types that this collector knows. */
export const EVENT_TYPES: ReadonlySet<unknown> = new Set(
  eventSchema.options.map((option) => option.shape.type.value),
);
