import type { AttributeValue, PageEvent } from "@rumkit/protocol";

/** What the tail shows as the event's name, where it has none of its own. */
export function describeName(event: PageEvent): string {
  if ("name" in event) return event.name;
  if (event.type === "page_view") return event.navigation ?? "hard";
  return event.type === "session_start" ? "start" : event.type;
}

/** What the tail shows of an event besides its name: everything else that it says, as attributes. */
export function describeDetails(event: PageEvent): Record<string, AttributeValue> {
  const { type: _type, name: _name, route: _route, count: _count, details, ...own } = flatten(event);
  // A measurement's value comes first: the tail cuts what is behind.
  return event.type === "measurement" ? { ...own, ...details } : { ...details, ...own };
}

/** Any event, seen as its values by name. */
type Flat = Readonly<Record<string, AttributeValue>> & { details?: Readonly<Record<string, AttributeValue>> };

function flatten(event: PageEvent): Flat {
  return event as unknown as Flat;
}
