import type { LiveEvent } from "@rumkit/protocol";
import type { TailEntry } from "../stream/liveState.ts";

/** The part that the viewer chose: one value for each label, as `route` or `device`. */
export type Filter = ReadonlyMap<string, string>;

export const NO_FILTER: Filter = new Map();

/** Labels of a filter, and UTF-16 units of a label or value: what the collector accepts, and a person reads. */
const MAX_LABELS = 8;
const MAX_UNITS = 256;

/** The labels of metrics that name what events call by their type: `api_endpoint` is the name of an `api_call`. */
const NAMES: Readonly<Record<string, string>> = { api_endpoint: "api_call" };

/** Labels whose parameter is not `label.<name>`. */
const PARAMETER = "label.";

/** Reads the filter from the query of an address, in the form of the stream's: `route=/cart&label.device=mobile`. */
export function readFilter(query: URLSearchParams): Filter {
  const found = new Map<string, string>();
  for (const [key, value] of query) {
    const label = key === "route" ? key : key.startsWith(PARAMETER) ? key.slice(PARAMETER.length) : "";
    if (found.size < MAX_LABELS && canFilter(label, value)) found.set(label, value);
  }
  return found;
}

/** Writes the filter into the query of an address. */
export function writeFilter(query: URLSearchParams, filter: Filter): void {
  const old = Array.from(query.keys());
  for (const key of old) if (key === "route" || key.startsWith(PARAMETER)) query.delete(key);
  for (const [label, value] of filter) query.set(label === "route" ? label : PARAMETER + label, value);
}

/** False for an empty value, and for one that is longer than a filter may be. A `!` would exclude it. */
export function canFilter(label: string, value: string): boolean {
  const isShort = label.length <= MAX_UNITS && value.length <= MAX_UNITS;
  return label !== "" && value !== "" && !value.startsWith("!") && isShort;
}

/** The filter with other values: undefined removes a label. The oldest labels make room. */
export function changeFilter(filter: Filter, change: FilterChange): Filter {
  const changed = new Map(filter);
  for (const [label, value] of Object.entries(change)) {
    changed.delete(label);
    if (value !== undefined) changed.set(label, value);
  }
  return new Map([...changed].slice(-MAX_LABELS));
}

export type FilterChange = Readonly<Record<string, string | undefined>>;

/** True if every label of the filter has its value. */
export function passes(filter: Filter, valueOf: (label: string) => string | undefined): boolean {
  for (const [label, value] of filter) if (valueOf(label) !== value) return false;
  return true;
}

/** Returns the events that pass. */
export function narrowEvents(tail: readonly TailEntry[], filter: Filter): readonly TailEntry[] {
  if (filter.size === 0) return tail;
  return tail.filter(({ event }) => passes(filter, (label) => labelOfEvent(event, label)));
}

/**
 * The label of an event, as the collector reads it: its route, one of its details, or its name under its type, as in
 * `conversion=purchase`.
 */
function labelOfEvent({ type, name, route, details }: LiveEvent, label: string): string | undefined {
  if (label === "route") return route;
  const value = Object.hasOwn(details, label) ? details[label] : undefined;
  if (value !== undefined) return String(value);
  return (Object.hasOwn(NAMES, label) ? NAMES[label] : label) === type ? name : undefined;
}

/** "api endpoint". */
export function renderLabel(label: string): string {
  return label.replaceAll(/(?<=[a-z\d])_(?=[a-z\d])/gi, " ");
}
