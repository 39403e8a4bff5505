/**
 * Batches and events, declared a second time, with zod: the collector's reader, which is made from the
 * table of the protocol, must accept and refuse the same.
 */
import { MAX_COUNT, MAX_DETAILS, MAX_EVENTS, MAX_NAME, MAX_STACK, MAX_TEXT } from "@rumkit/protocol";
import { z } from "zod";
import { droppedUpTo } from "./ingestSchema.ts";

const NAVIGATIONS = ["hard", "soft", "bfcache", "prerender"] as const;
const EXPERIENCES = ["good", "needs_improvement", "poor"] as const;
const DEVICES = ["desktop", "mobile", "tablet"] as const;
const BROWSERS = ["chrome", "edge", "firefox", "safari", "samsung", "other"] as const;
const CONNECTIONS = ["slow-2g", "2g", "3g", "4g"] as const;
const PARTIES = ["first", "third", "extension"] as const;
const LCP_PARTS = ["text", "image"] as const;
const INP_PARTS = ["input_delay", "processing", "presentation"] as const;
const ERROR_SOURCES = [
  "uncaught",
  "rejection",
  "handled",
  "react",
  "opaque",
  "extension",
  "worker",
  "console",
  "notice",
] as const;
const API_FAILURES = ["network", "timeout", "abort"] as const;
const HEX_128 = /^[0-9a-f]{32}$/;
const LAST_INSTANT = 8.64e15;
const HIGHEST_MEASUREMENT = 1e12;
const MAX_DROPPED = 1_000_000;
const TEN_MINUTES = 600;
const ONE_DAY = 86_400;
const ONE_TEBIBYTE = 2 ** 40;
const MAX_STEP = 100;
const LOWEST_RATE = 0.0001;

/** The keys of details that are kept: not too long, and the first ones if there are too many. */
function takenKeys(details: object): string[] {
  const keys = Object.keys(details).filter((key) => key !== "__proto__" && key.length <= MAX_NAME);
  return keys.slice(0, MAX_DETAILS);
}

/** Text that is cut rather than refused, and never half a surrogate pair: a long message is not a fault. */
const text = (longest: number) => z.string().overwrite((value) => value.slice(0, longest).toWellFormed());
/** Text of an option of the page: plain JavaScript can pass anything. */
const optionText = z.preprocess(
  (value) => (typeof value === "object" ? "" : `${value as string | number | boolean}`),
  text(MAX_NAME),
);
const name = text(MAX_NAME).min(1);
const hex128 = z.string().regex(HEX_128);
const seconds = z.number().min(0).max(TEN_MINUTES);
const bytes = z.number().min(0).max(ONE_TEBIBYTE);
/** Keys that are too many or too long are left out rather than refused: a rich context is not a fault either. */
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

/** The events of a visit. */
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

/** The events of a user's actions. */
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

/** Measurements and reports of the browser. A vital's highest value is its own: `webVitals`. */
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
export const eventSchema = z.discriminatedUnion("type", [...visitEvents, ...useEvents, ...browserEvents]);

const dropped = droppedUpTo(MAX_DROPPED);

/** A batch with its events unread: one bad event costs itself, not the batch. */
export const envelopeSchema = z.object({
  v: z.literal(1),
  id: hex128,
  seq: z.number().int().min(0).exactOptional(),
  // Empty is the same as not given.
  app: optionText.exactOptional(),
  release: optionText.exactOptional(),
  environment: optionText.exactOptional(),
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
});
