import {
  type AttributeValue,
  type BatchEnvelope,
  type EventRejection,
  type LiveEvent,
  MAX_COUNT,
  MAX_TEXT,
  type RejectedEvent,
} from "@rumkit/protocol";
import { parseEvent } from "./parseBatch.ts";
import type { Overload } from "./overload.ts";
import { isRejection } from "../base/rejection.ts";
import { isNotice } from "../metrics/labelValues.ts";
import type { Sample } from "../metrics/sample.ts";
import { boundEvent, scaleSamples, scaleTimes } from "./scaleSamples.ts";
import type { CountedEvent } from "../vocabulary/countedEvent.ts";
import { describeEvent } from "./describeEvent.ts";
import type { PageVocabulary } from "../pages/pageEvents.ts";
import { describeRefusedCall } from "./refusedCall.ts";
import type { ShownEvents } from "../base/shownEvents.ts";

/** The outcome of the events of a batch. */
export interface Verdict {
  readonly samples: readonly Sample[];
  /** For the live tail. */
  readonly events: ShownEvents;
  readonly rejected: RejectedEvent[];
  /** The number of refused events by code. */
  readonly rejectedTimes: ReadonlyMap<EventRejection, number>;
  /** Events that are counted: an event with `count` 3 is three. */
  readonly accepted: number;
  /** The number of events that they stand for if pages sample. */
  readonly scaled: number;
  /** Events that would be counted, and are left out because there is more to do than can be done. */
  readonly shed: number;
}

const NONE_REJECTED: Verdict["rejectedTimes"] = new Map();

/** Faults that are explained, of a batch: a page that sends more has the same one again and again. */
const MAX_EXPLAINED = 20;

/**
 * Reads and translates every event. With `verbose` the first faults are explained: that takes longer than to read
 * the event. A bad one costs itself; the next takes its route all the same.
 * `random` is even from 0 to below 1.
 */
export function judgeBatch(
  batch: BatchEnvelope,
  translate: PageVocabulary,
  overload: Pick<Overload, "sheds">,
  verbose: boolean,
  random: () => number = Math.random,
): Verdict {
  const rate = batch.rate ?? 1;
  const shown: CountedEvent[] = [];
  const samples: Sample[] = [];
  const rejected: RejectedEvent[] = [];
  let rejectedTimes: Map<EventRejection, number> | undefined;
  let accepted = 0;
  let scaled = 0;
  let shed = 0;
  let errors = 0;
  let errorTimes = 0;
  let route: string | undefined;
  for (let index = 0; index < batch.events.length; index += 1) {
    const value = batch.events[index];
    const event = parseEvent(value);
    const counted = isRejection(event) ? event : boundEvent(translate(event, route), rate);
    route = routeOf(value) ?? route;
    if (isRejection(counted)) {
      const { code } = counted;
      const isExplained = verbose && rejected.length < MAX_EXPLAINED;
      const message = isExplained && describeRefusedCall(value, counted);
      rejected.push(message ? { index, code, message } : { index, code });
      rejectedTimes ??= new Map();
      rejectedTimes.set(code, (rejectedTimes.get(code) ?? 0) + timesOf(value));
      continue;
    }
    const { type } = counted.event;
    if (overload.sheds(type)) {
      shed += counted.times;
      continue;
    }
    const luck = rate === 1 ? 0 : random();
    for (const sample of scaleSamples(counted.samples, rate, luck)) samples.push(sample);
    accepted += counted.times;
    scaled += scaleTimes(counted.times, rate, luck);
    if (isError(counted)) {
      errors += 1;
      errorTimes += counted.times;
    }
    // The live tail has no entry for a heartbeat.
    if (type !== "heartbeat") shown.push(counted);
  }
  const describe: ShownEvents["describe"] = (which) =>
    describeEvents(which === "errors" ? shown.filter(isError) : shown, batch);
  const events: ShownEvents = { length: shown.length, errors, errorTimes, describe };
  return { samples, events, rejected, rejectedTimes: rejectedTimes ?? NONE_REJECTED, accepted, scaled, shed };
}

function describeEvents(counted: readonly CountedEvent[], batch: BatchEnvelope): Omit<LiveEvent, "at">[] {
  const attributes = attributesOf(batch);
  const events = counted.map(describeEvent);
  return attributes === undefined ? events : events.map((event) => withAttributes(event, attributes));
}

function isError({ event }: CountedEvent): boolean {
  return event.type === "error" && !isNotice(event.source);
}

type Details = Readonly<Record<string, AttributeValue>>;

/** The attributes of all events of the batch; undefined if there are none. The app's own attributes win. */
function attributesOf({ context, release, environment }: BatchEnvelope): Details | undefined {
  if (context === undefined && release === undefined && environment === undefined) return undefined;
  return {
    ...(release !== undefined && { release }),
    ...(environment !== undefined && { environment }),
    ...context,
  };
}

/** The event's own keys win, and come first: the tail cuts what is behind. */
function withAttributes(entry: Omit<LiveEvent, "at">, attributes: Details): Omit<LiveEvent, "at"> {
  return { ...entry, details: { ...entry.details, ...attributes, ...entry.details } };
}

/** The route that an event names, cut as the reader cuts it: other events may take it two hundred times. */
function routeOf(event: unknown): string | undefined {
  const route = (event as { route?: unknown } | null | undefined)?.route;
  return typeof route === "string" ? route.slice(0, MAX_TEXT) : undefined;
}

/** The `count` of an event if it is valid, else 1. */
function timesOf(event: unknown): number {
  const times = (event as { count?: unknown } | null | undefined)?.count;
  return typeof times === "number" && Number.isInteger(times) && times > 0 && times <= MAX_COUNT ? times : 1;
}
