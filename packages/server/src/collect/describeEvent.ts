import { type AttributeValue, currencyExponent, type LiveEvent, type PageEvent } from "@rumkit/protocol";
import type { CountedEvent } from "../vocabulary/countedEvent.ts";

/** An event of a page as an entry of the live tail. */
export function describeEvent({ event, route, times }: CountedEvent): Omit<LiveEvent, "at"> {
  return {
    source: "page",
    type: event.type,
    name: describeName(event),
    route,
    count: times,
    details: describeDetails(event),
  };
}

/** The name of the entry; a substitute for an event without a name. */
function describeName(event: PageEvent): string {
  if ("name" in event) return event.name;
  if (event.type === "page_view") return event.navigation ?? "hard";
  return event.type === "session_start" ? "start" : event.type;
}

/** The attributes of the entry: every field of the event but its name. */
function describeDetails(event: PageEvent): Record<string, AttributeValue> {
  const { type: _type, name: _name, route: _route, count: _count, details, ...own } = flatten(event);
  if (event.type === "conversion") return { ...details, ...inMajorUnits(own) };
  // A measurement's value comes first: the tail cuts what is behind.
  return event.type === "measurement" ? { ...own, ...details } : { ...details, ...own };
}

/** Money as the app wrote it and as the backend shows it, `value=28.5`: in minor units it would look 100 times as large. */
function inMajorUnits({
  amount,
  ...own
}: Readonly<Record<string, AttributeValue>>): Record<string, AttributeValue> {
  const { currency } = own;
  if (typeof amount !== "number" || typeof currency !== "string")
    return amount === undefined ? own : { amount, ...own };
  return { value: amount / 10 ** currencyExponent(currency), ...own };
}

/** Any event, seen as its values by name. */
type Flat = Readonly<Record<string, AttributeValue>> & { details?: Readonly<Record<string, AttributeValue>> };

function flatten(event: PageEvent): Flat {
  return event as unknown as Flat;
}
