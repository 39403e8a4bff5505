import { renderDetails } from "../numbers/format.ts";
import type { TailEntry } from "../stream/liveState.ts";
import { matcherOf } from "./matchWords.ts";

/** Columns of the table of events, in their order. */
const COLUMNS = ["time", "source", "type", "name", "route", "count", "details"] as const;

export type EventColumn = (typeof COLUMNS)[number];

type Tail = readonly TailEntry[];

/** The choice of events. */
interface Selection {
  readonly filter: string;
  /** Undefined for all. */
  readonly type: string | undefined;
}

/** Returns the events of a type with every word of the filter. */
export function selectEvents(tail: Tail, { filter, type }: Selection): Tail {
  const matches = matcherOf(filter);
  return tail.filter(
    ({ event }) =>
      (type === undefined || event.type === type) &&
      matches([event.source, event.type, event.name, event.route ?? "", ...renderDetails(event)].join(" ")),
  );
}

/** Returns the columns that say something: counts of 1, the same source everywhere and missing routes do not. */
export function columnsOf(tail: Tail): EventColumn[] {
  const [first] = tail;
  const hidden: Partial<Record<EventColumn, boolean>> = {
    source: tail.length > 1 && tail.every(({ event }) => event.source === first?.event.source),
    route: tail.every(({ event }) => !event.route),
    count: tail.every(({ event }) => event.count === 1),
    details: tail.every(({ event }) => renderDetails(event).length === 0),
  };
  return COLUMNS.filter((column) => hidden[column] !== true);
}

/** Returns the types of the events in alphabetical order, with the chosen one even if its last event has gone. */
export function typesOf(tail: Tail, chosen: string | undefined): string[] {
  const types = new Set(tail.map(({ event }) => event.type));
  if (chosen !== undefined) types.add(chosen);
  return [...types].toSorted();
}
