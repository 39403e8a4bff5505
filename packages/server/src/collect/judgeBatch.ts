import {
  type BatchEnvelope,
  type EventRejection,
  MAX_ADDED,
  MAX_COUNT,
  MAX_TEXT,
  type RejectedEvent,
} from "@rumkit/protocol";
import { isRejection, Rejection } from "../base/rejection.ts";
import type { ShownEvents } from "../base/shownEvents.ts";
import { isNotice } from "../metrics/labelValues.ts";
import type { Sample } from "../metrics/sample.ts";
import type { PageVocabulary } from "../pages/pageEvents.ts";
import type { CountedEvent } from "../vocabulary/countedEvent.ts";
import { describeEvents, describeRefusedCall, toPageError } from "./describeEvent.ts";
import type { Overload } from "./overload.ts";
import { parseEvent } from "./parseBatch.ts";

/** The outcome of the events of a batch. */
export interface Verdict {
  readonly samples: readonly Sample[];
  /** For the live tail. */
  readonly events: ShownEvents;
  readonly rejected: RejectedEvent[];
  /** The number of refused events by code. */
  readonly rejectedTimes: ReadonlyMap<EventRejection, number>;
  /** Counted events: an event with `count` 3 adds three. */
  readonly accepted: number;
  /** The number of events that the accepted ones represent if pages sample. */
  readonly scaled: number;
  /** Valid events that are not counted because the collector is overloaded. */
  readonly shed: number;
}

const NONE_REJECTED: Verdict["rejectedTimes"] = new Map();

/** Maximum explained faults per batch: if a page sends more, they repeat. */
const MAX_EXPLAINED = 20;

/**
 * Reads, translates, bounds and scales every event. With `verbose` the first faults are explained: that takes longer
 * than to read the event. A bad event costs itself; the next takes its route all the same.
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
  const tally = createTally();
  let route: string | undefined;
  for (let index = 0; index < batch.events.length; index += 1) {
    const value = batch.events[index];
    const event = parseEvent(value);
    const counted = isRejection(event) ? event : boundEvent(translate(event, route), rate);
    route = routeOf(value) ?? route;
    if (isRejection(counted)) refuse(tally, index, value, counted, verbose);
    else if (overload.sheds(counted.event.type)) tally.shed += counted.times;
    else accept(tally, counted, rate, rate === 1 ? 0 : random());
  }
  const { samples, shown, errors, errorTimes, rejected, accepted, scaled, shed } = tally;
  const events: ShownEvents = {
    length: shown.length,
    errors,
    errorTimes,
    types: () => shown.map(({ event }) => event.type),
    describe: () => describeEvents(shown, batch),
    pageErrors: () => shown.filter(isError).map((error) => toPageError(error, batch)),
  };
  // Written out, because a copy of the other fields takes V8 as long as reading some events.
  const rejectedTimes = tally.rejectedTimes ?? NONE_REJECTED;
  return { samples, events, rejected, rejectedTimes, accepted, scaled, shed };
}

/** The outcomes of the events so far, as of a `Verdict`. */
interface Tally {
  readonly samples: Sample[];
  /** The accepted events that the live tail shows. */
  readonly shown: CountedEvent[];
  errors: number;
  errorTimes: number;
  readonly rejected: RejectedEvent[];
  rejectedTimes: Map<EventRejection, number> | undefined;
  accepted: number;
  scaled: number;
  shed: number;
}

function createTally(): Tally {
  return {
    samples: [],
    shown: [],
    errors: 0,
    errorTimes: 0,
    rejected: [],
    rejectedTimes: undefined,
    accepted: 0,
    scaled: 0,
    shed: 0,
  };
}

function refuse(tally: Tally, index: number, value: unknown, rejection: Rejection, verbose: boolean): void {
  const { code } = rejection;
  const isExplained = verbose && tally.rejected.length < MAX_EXPLAINED;
  const message = isExplained && describeRefusedCall(value, rejection);
  tally.rejected.push(message ? { index, code, message } : { index, code });
  tally.rejectedTimes ??= new Map();
  tally.rejectedTimes.set(code, (tally.rejectedTimes.get(code) ?? 0) + timesOf(value));
}

/** `luck` decides whether the event is scaled up or down to a whole number, even from 0 to below 1. */
function accept(tally: Tally, counted: CountedEvent, rate: number, luck: number): void {
  for (const sample of scaleSamples(counted.samples, rate, luck)) tally.samples.push(sample);
  tally.accepted += counted.times;
  tally.scaled += scaleTimes(counted.times, rate, luck);
  if (isError(counted)) {
    tally.errors += 1;
    tally.errorTimes += counted.times;
  }
  // The live tail has no entry for a heartbeat.
  if (counted.event.type !== "heartbeat") tally.shown.push(counted);
}

function isError({ event }: CountedEvent): boolean {
  return event.type === "error" && !isNotice(event.source);
}

/**
 * Returns the route of an invalid event, cut to the length that readers allow, because up to two hundred events may
 * take it over.
 */
function routeOf(event: unknown): string | undefined {
  const route = (event as { route?: unknown } | null | undefined)?.route;
  return typeof route === "string" ? route.slice(0, MAX_TEXT) : undefined;
}

/** The `count` of an event if it is valid, else 1. */
function timesOf(event: unknown): number {
  const times = (event as { count?: unknown } | null | undefined)?.count;
  return typeof times === "number" && Number.isInteger(times) && times > 0 && times <= MAX_COUNT ? times : 1;
}

/**
 * Scales the samples of one event if only the fraction `rate` of all sessions reports. Each sample counts 1 / `rate`
 * times, rounded up or down at random, because counts and buckets are integers in OpenMetrics. Of 10 events at a rate
 * of 0.3 some count 3 times and some 4: 33.3 on average, independent of earlier events. `luck` is uniform from 0 to
 * below 1, and the same for all samples of an event, so that they agree with each other.
 *
 * A rate of 1 changes nothing.
 */
export function scaleSamples(samples: readonly Sample[], rate: number, luck: number): readonly Sample[] {
  if (rate === 1) return samples;
  return samples.map((sample) => ({ ...sample, times: scaleTimes(sample.times ?? 1, rate, luck) }));
}

/** Returns an integer that is `times / rate` on average. */
export function scaleTimes(times: number, rate: number, luck: number): number {
  // Not divided by the rate: 1 / 0.1 is exactly 10.
  const exact = times * (1 / rate);
  const whole = Math.floor(exact);
  return luck < exact - whole ? whole + 1 : whole;
}

/**
 * Refuses an event that would add too much. Count, rate and value are each within their own limits, but their product
 * may not be.
 */
function boundEvent(counted: CountedEvent | Rejection, rate: number): CountedEvent | Rejection {
  if (isRejection(counted)) return counted;
  const { samples, times } = counted;
  // Nearly all events end here, without a multiplication of their samples.
  if (rate === 1 && times === 1) return counted;
  if (times / rate > MAX_COUNT) return tooMuch(`An event stands for at most ${MAX_COUNT}, not`, times / rate);
  for (const sample of samples) {
    const added = (sample.value * (sample.times ?? 1)) / rate;
    if (added > MAX_ADDED) return tooMuch(`An event adds at most ${MAX_ADDED} to a sum, not`, added);
  }
  return counted;
}

/** Separate, because V8 allocates what a closure captures even if the closure is never created. */
function tooMuch(limit: string, value: number): Rejection {
  return new Rejection("bad_number", () => `${limit} ${value}.`);
}
