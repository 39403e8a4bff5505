import type { AttributeValue, BatchEnvelope, LiveEvent, PageEvent } from "@rumkit/protocol";
import { claimMoney, shownMoney, withoutMoney } from "../vocabulary/claimMoney.ts";
import type { CountedEvent } from "../vocabulary/countedEvent.ts";
import type { Rejection } from "../base/rejection.ts";
import type { PageError } from "../base/shownEvents.ts";
import { textOf } from "../base/shape.ts";

/** The accepted events of a batch as entries of the live tail. */
export function describeEvents(
  counted: readonly CountedEvent[],
  batch: BatchEnvelope,
): Omit<LiveEvent, "at">[] {
  const attributes = attributesOf(batch);
  const events = counted.map(describeEvent);
  return attributes === undefined ? events : events.map((event) => withAttributes(event, attributes));
}

type Details = Readonly<Record<string, AttributeValue>>;

/**
 * Returns the attributes that all events of the batch share; undefined if there are none. Attributes of the app take
 * precedence.
 */
function attributesOf({ context, release, environment }: BatchEnvelope): Details | undefined {
  if (context === undefined && !release && !environment) return undefined;
  return {
    ...(release && { release }),
    ...(environment && { environment }),
    ...context,
  };
}

/** The event's own keys take precedence and come first, because the tail cuts the end. */
function withAttributes(entry: Omit<LiveEvent, "at">, attributes: Details): Omit<LiveEvent, "at"> {
  return { ...entry, details: { ...entry.details, ...attributes, ...entry.details } };
}

/** An error of a page, with the values that `describeEvents` shows. The browser and the session are missing. */
export function toPageError({ event, route, times }: CountedEvent, batch: BatchEnvelope): PageError {
  const own = flatten(event);
  const { details = {} } = own;
  const { context = {}, release } = batch;
  const text = (name: string): string => textOf(own[name] ?? details[name] ?? context[name]);
  return {
    name: describeName(event),
    message: text("message"),
    stack: text("stack"),
    source: text("source"),
    release: textOf(own["release"] ?? details["release"] ?? context["release"] ?? release),
    browser: "",
    sessions: [],
    route,
    times,
  };
}

/** An event of a page as an entry of the live tail. */
export function describeEvent({ event, route, times }: CountedEvent): Omit<LiveEvent, "at"> {
  const money = event.type === "conversion" ? shownMoney(claimMoney(event)) : undefined;
  return {
    source: "page",
    type: event.type,
    name: describeName(event),
    route,
    count: times,
    ...(money && { money }),
    details: describeDetails(event, money !== undefined),
  };
}

/** Returns the name of the entry, or a substitute if the event has no name. */
function describeName(event: PageEvent): string {
  if ("name" in event) return event.name;
  if (event.type === "page_view") return event.navigation ?? "hard";
  return event.type === "session_start" ? "start" : event.type;
}

/** Returns the attributes of the entry: every field of the event except its name, and its money if it is shown apart. */
function describeDetails(event: PageEvent, hasMoney: boolean): Record<string, AttributeValue> {
  const { type: _type, name: _name, route: _route, count: _count, details, ...own } = flatten(event);
  // A measurement's value comes first, because the tail cuts the end.
  const all = event.type === "measurement" ? { ...own, ...details } : { ...details, ...own };
  return hasMoney ? withoutMoney(all) : all;
}

/** Any event, seen as its values by name. */
type Flat = Readonly<Record<string, AttributeValue>> & { details?: Readonly<Record<string, AttributeValue>> };

function flatten(event: PageEvent): Flat {
  return event as unknown as Flat;
}

/** The function of the client that creates the events of a type, and the field that holds its first argument. */
const CALLS: Readonly<Record<string, readonly [call: string, field: string]>> = {
  action: ["trackAction", "name"],
  conversion: ["trackConversion", "name"],
  feature: ["trackFeature", "name"],
  measurement: ["measure", "name"],
  page_view: ["trackPageView", "route"],
};

/** UTF-16 units of an argument in a message. */
const MAX_SHOWN = 128;

/**
 * Returns a message for the console of the page: the call that sent the event, and the reason why it was refused:
 * `trackAction("add_to_crat") was refused: unknown name. Did you mean "add_to_cart"?`
 */
export function describeRefusedCall(event: unknown, { message, hint }: Rejection<string>): string {
  return `${callOf(event)} was refused: ${hint === undefined ? message : `unknown name. ${hint()}`}`;
}

function callOf(event: unknown): string {
  const fields = Object(event) as Readonly<Record<string, unknown>>;
  const type = Object.hasOwn(fields, "type") ? fields["type"] : undefined;
  if (typeof type !== "string") return "An event without a type";
  if (!Object.hasOwn(CALLS, type)) return `An event of type ${show(type)}`;
  const [call, field] = CALLS[type]!;
  return `${call}(${show(fields[field])})`;
}

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, MAX_SHOWN)) : typeof value;
}
