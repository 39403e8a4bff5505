import { renderDetails } from "../numbers/format.ts";
import type { TailEntry } from "../stream/liveState.ts";
import { matcherOf } from "../filter/matchWords.ts";

/** Columns of the table of events, in their order. */
const COLUMNS = ["time", "source", "type", "name", "route", "count", "details"] as const;

export type EventColumn = (typeof COLUMNS)[number];

type Tail = readonly TailEntry[];

/** The choice of events. */
interface Selection {
  readonly filter: string;
  /** Empty for all. */
  readonly type: string;
}

/** Returns the events of a type with every word of the filter. */
export function selectEvents(tail: Tail, { filter, type }: Selection): Tail {
  const matches = matcherOf(filter);
  return tail.filter(
    ({ event }) =>
      (type === "" || event.type === type) &&
      matches([event.source, event.type, event.name, event.route ?? "", ...renderDetails(event)].join(" ")),
  );
}

/** Returns the columns that say something: counts of 1, the same source everywhere and missing routes do not. */
export function columnsOf(tail: Tail, shared: ReadonlyMap<string, string>): EventColumn[] {
  const [first] = tail;
  const hidden: Partial<Record<EventColumn, boolean>> = {
    source: tail.length > 1 && tail.every(({ event }) => event.source === first?.event.source),
    route: tail.every(({ event }) => !event.route),
    count: tail.every(({ event }) => event.count === 1),
    details: tail.every(({ event: { money, details } }) => !money && ownKeys(details, shared).length === 0),
  };
  return COLUMNS.filter((column) => hidden[column] !== true);
}

/** Returns the types of the events in alphabetical order, with the chosen one even if its last event has gone. */
export function typesOf(tail: Tail, chosen: string): string[] {
  const types = new Set(tail.map(({ event }) => event.type));
  if (chosen !== "") types.add(chosen);
  return [...types].toSorted();
}

/** Events of pages from which on it is worth saying what they share. */
const FEWEST_SHARING = 3;

/** Returns the details that every event of a page has with the same value: `release=1.4.0`. */
export function sharedDetails(tail: Tail): ReadonlyMap<string, string> {
  const pages = tail.filter(({ event }) => event.source === "page").map(({ event }) => event.details);
  const [first, ...others] = pages;
  if (!first || pages.length < FEWEST_SHARING) return new Map();
  const shared = Object.entries(first).filter(([key, value]) =>
    others.every((details) => Object.hasOwn(details, key) && details[key] === value),
  );
  return new Map(shared.map(([key, value]) => [key, String(value)]));
}

function ownKeys(details: TailEntry["event"]["details"], shared: ReadonlyMap<string, string>): string[] {
  return Object.keys(details).filter((key) => shared.get(key) !== String(details[key]));
}
