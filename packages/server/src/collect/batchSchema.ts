import {
  type BatchEnvelope,
  MAX_COUNT,
  MAX_EVENTS,
  MAX_NAME,
  MAX_STACK,
  MAX_TEXT,
  type PageEvent,
} from "@rumkit/protocol";
import { z } from "zod";
import { droppedUpTo } from "../http/droppedSchema.ts";
import {
  API_FAILURES,
  BROWSERS,
  CONNECTIONS,
  DEVICES,
  ERROR_SOURCES,
  EXPERIENCES,
  INP_PARTS,
  LCP_PARTS,
  NAVIGATIONS,
  PARTIES,
} from "../metrics/labelValues.ts";
import { takenKeys } from "../http/fieldReaders.ts";
import {
  HEX_128,
  HIGHEST_MEASUREMENT,
  LAST_INSTANT,
  LOWEST_RATE,
  MAX_DROPPED,
  MAX_STEP,
  ONE_DAY,
  ONE_TEBIBYTE,
  TEN_MINUTES,
} from "./valueLimits.ts";

/** Text that is cut rather than refused, and never half a surrogate pair: a long message is no fault. */
const text = (longest: number) => z.string().overwrite((value) => value.slice(0, longest).toWellFormed());
const name = text(MAX_NAME).min(1);
const hex128 = z.string().regex(HEX_128);
const seconds = z.number().min(0).max(TEN_MINUTES);
const bytes = z.number().min(0).max(ONE_TEBIBYTE);
/** Keys that are too many or too long are left out rather than refused: a rich context is no fault either. */
const details = z
  .record(z.string(), z.union([text(MAX_TEXT), z.number(), z.boolean()]))
  .overwrite((value) => Object.fromEntries(takenKeys(value).map((key) => [key, value[key]!])));

const navigation = z.enum(NAVIGATIONS).exactOptional();
const experience = z.enum(EXPERIENCES).exactOptional();
const party = z.enum(PARTIES).exactOptional();

const base = {
  route: text(MAX_TEXT).exactOptional(),
  count: z.number().int().min(1).max(MAX_COUNT).exactOptional(),
};

/** What a visit consists of. */
const visitEvents = [
  z.object({
    ...base,
    type: z.literal("session_start"),
    device: z.enum(DEVICES).exactOptional(),
    browser: z.enum(BROWSERS).exactOptional(),
    connection: z.enum(CONNECTIONS).exactOptional(),
  }),
  z.object({ ...base, type: z.literal("heartbeat") }),
  z.object({ ...base, type: z.literal("page_view"), navigation, experience }),
  z.object({ ...base, type: z.literal("visible"), value: z.number().min(0).max(ONE_DAY) }),
] as const;

/** What a user does. */
const useEvents = [
  z.object({ ...base, type: z.literal(["click", "rage_click", "dead_click", "error_click"]), name }),
  z.object({ ...base, type: z.literal(["form_start", "form_submit", "form_abandon"]), name }),
  z.object({ ...base, type: z.literal("action"), name, details: details.exactOptional() }),
  z.object({ ...base, type: z.literal("feature"), name }),
  z.object({
    ...base,
    type: z.literal("funnel_step"),
    name,
    step: z.number().int().min(1).max(MAX_STEP),
  }),
  z.object({
    ...base,
    type: z.literal("conversion"),
    name,
    value: z.number().exactOptional(),
    // A conversion counts, whatever its money is.
    amount: z.unknown().exactOptional(),
    currency: z.unknown().exactOptional(),
    experience,
    details: details.exactOptional(),
  }),
  z.object({
    ...base,
    type: z.literal("measurement"),
    name,
    value: z.number().min(0).max(HIGHEST_MEASUREMENT),
    details: details.exactOptional(),
  }),
] as const;

/** What the browser measures and reports. A vital's highest value is its own: `webVitals`. */
const browserEvents = [
  z.object({
    ...base,
    type: z.literal(["LCP", "INP", "CLS", "FCP", "TTFB"]),
    value: z.number().min(0),
    navigation,
    part: z.enum([...LCP_PARTS, ...INP_PARTS]).exactOptional(),
    party,
    element: name.exactOptional(),
  }),
  z.object({
    ...base,
    type: z.literal("error"),
    source: z.enum(ERROR_SOURCES),
    name: text(MAX_NAME),
    message: text(MAX_TEXT).exactOptional(),
    stack: text(MAX_STACK).exactOptional(),
  }),
  z.object({ ...base, type: z.literal("resource_error"), name }),
  z.object({
    ...base,
    type: z.literal("api_call"),
    name: text(MAX_TEXT).min(1),
    value: seconds,
    method: name.exactOptional(),
    status: z.number().int().min(100).max(599).exactOptional(),
    failure: z.enum(API_FAILURES).exactOptional(),
  }),
  z.object({
    ...base,
    type: z.literal("page_load"),
    dns: seconds.exactOptional(),
    connect: seconds.exactOptional(),
    download: seconds.exactOptional(),
    interactive: seconds.exactOptional(),
    complete: seconds.exactOptional(),
    load: seconds.exactOptional(),
    bytes: bytes.exactOptional(),
  }),
  z.object({ ...base, type: z.literal("long_task"), value: seconds, party }),
  z.object({ ...base, type: z.literal("heap"), value: bytes }),
] as const;

/** One event. Unknown keys are dropped, so that a newer page loses nothing with an older collector. */
export const eventSchema = z.discriminatedUnion("type", [
  ...visitEvents,
  ...useEvents,
  ...browserEvents,
]) satisfies z.ZodType<PageEvent>;

const dropped = droppedUpTo(MAX_DROPPED);

/** A batch with its events unread: one bad event costs itself, not the batch. */
export const envelopeSchema = z.object({
  v: z.literal(1),
  id: hex128,
  seq: z.number().int().min(0).exactOptional(),
  // Empty is the same as not given.
  app: text(MAX_NAME).exactOptional(),
  release: text(MAX_NAME).exactOptional(),
  environment: text(MAX_NAME).exactOptional(),
  session: hex128,
  rate: z.number().min(LOWEST_RATE).max(1).exactOptional(),
  sentAt: z.number().min(0).max(LAST_INSTANT),
  dropped: z
    .object({
      queue_full: dropped,
      oversize: dropped,
      invalid: dropped,
      refused: dropped,
      expired: dropped,
      consent: dropped,
      filtered: dropped,
    })
    .exactOptional(),
  context: details.exactOptional(),
  events: z.array(z.unknown()).min(1).max(MAX_EVENTS),
}) satisfies z.ZodType<BatchEnvelope>;

/** The event types that this collector knows. */
export const EVENT_TYPES: ReadonlySet<unknown> = new Set(
  eventSchema.options.flatMap((option) => [...option.shape.type.values]),
);
