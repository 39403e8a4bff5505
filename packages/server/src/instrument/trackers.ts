import { anyText, errorText } from "../base/looseValue.ts";
import {
  type ActionEntry,
  type Catalog,
  type ConversionEntry,
  type DetailsArguments,
  eventRejections,
  type LiveEvent,
  MAX_AMOUNT,
  type MeasurementEntry,
  type RefundDetails,
  type RefusedOnServer,
  type ServerActionName,
  type ServerConversionArguments,
  type ServerConversionName,
  type ServerMeasurementName,
} from "@rumkit/protocol";
import type { Count } from "../journal/count.ts";
import type { AppendOutcome } from "../journal/journal.ts";
import { isRejection, Rejection } from "../base/rejection.ts";
import { showCall } from "../base/shownEvents.ts";
import type { RecordSample, Sample } from "../metrics/sample.ts";
import { type Money, readMoney, shownMoney, withoutMoney } from "../vocabulary/claimMoney.ts";
import { createEntries } from "../vocabulary/createEntries.ts";
import type { Paid } from "../vocabulary/entries.ts";
import type { CallDetails } from "../vocabulary/labels.ts";
import { ratingOf } from "./propagation.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { collectorCounter, collectorCounterBy } from "../metrics/describeFamily.ts";

/**
 * The outcome of a call. `counted_without_amount`: the conversion or refund counts, its money could not be counted;
 * `rejected`: the catalog does not declare it, and nothing counts. A counter and a line of the log give the reason.
 */
export type TrackOutcome = "counted" | "counted_without_amount" | "duplicate" | "rejected";

/** The calls of server code. None throws: a metric is not a reason to fail an order. */
export interface Trackers<C extends Catalog> {
  /**
   * Counts a business goal that the backend observes. `value` is in major units, as a number, a bigint, a decimal
   * string or a decimal object, from 0 to 2^53 - 1 minor units, and exact to the minor unit: a value that would need
   * rounding is refused. A goal with an invalid amount counts without it. The same `id` (an order's, for example)
   * counts once. If the catalog asks for it, `experience` is the session's experience, read by `experienceOf`.
   * Resolves when the journal has stored the event.
   */
  trackConversion: <Name extends ServerConversionName<C>>(
    name: Name | RefusedOnServer<C, "conversions", "trackConversion">,
    ...details: ServerConversionArguments<ConversionEntry<C, Name>>
  ) => Promise<TrackOutcome>;
  /**
   * Counts money that was paid back of a conversion: in `refunds_total`, because revenue never goes down. The same
   * `id` (the refund's, or the order's if it is refunded once) counts once.
   */
  trackRefund: <Name extends ServerConversionName<C>>(
    name: Name | RefusedOnServer<C, "conversions", "trackConversion">,
    details: RefundDetails<ConversionEntry<C, Name>>,
  ) => Promise<TrackOutcome>;
  trackAction: <Name extends ServerActionName<C>>(
    name: Name | RefusedOnServer<C, "actions", "trackAction">,
    ...details: DetailsArguments<ActionEntry<C, Name>>
  ) => Promise<TrackOutcome>;
  /** Observes a value in the unit that the catalog declares. */
  measure: <Name extends ServerMeasurementName<C>>(
    name: Name | RefusedOnServer<C, "measurements", "measure">,
    value: number,
    ...details: DetailsArguments<MeasurementEntry<C, Name>>
  ) => Promise<TrackOutcome>;
}

type Samples = readonly Sample[] | Paid | Rejection;

export interface TrackersOptions {
  readonly catalog: Catalog;
  readonly count: (...entry: Parameters<Count>) => Promise<AppendOutcome>;
  readonly record: RecordSample;
  /** The clock: milliseconds since 1970. */
  readonly now: () => number;
  /**
   * Called with every call that the catalog does not declare, and with every invalid amount; `kind` is the same for
   * calls with the same cause.
   */
  readonly onRejected: (rejection: Rejection, kind: string) => void;
  /** Called with each call that counts. */
  readonly onCall?: ((kind: string, name: string, details: CallDetails) => void) | undefined;
}

/** Creates the calls of server code. They use the same journal and the same `record` as events of pages. */
export function createTrackers<C extends Catalog>({ catalog, ...options }: TrackersOptions): Trackers<C> {
  const entries = createEntries(catalog);
  const track = createTrack(options);
  return {
    trackConversion: async (name, ...[details]) =>
      track({ type: "conversion", name, details, id: readId(details) }, (known, call) =>
        entries.conversion(
          "backend",
          known,
          { money: moneyOf(details), experience: ratingOf(call["experience"]) },
          call,
          1,
        ),
      ),
    trackRefund: async (name, details) =>
      track({ type: "refund", name, details, id: readId(details) }, (known) =>
        entries.refund(known, moneyOf(details)),
      ),
    trackAction: async (name, ...[details]) =>
      track({ type: "action", name, details }, (known, call) => entries.action("backend", known, call, 1)),
    measure: async (name, value, ...[details]) =>
      track({ type: "measurement", name, details }, (known, call) =>
        entries.measurement("backend", known, value, call, 1),
      ),
  };
}

type Track = (
  call: Call,
  translate: (name: string, details: CallDetails) => Samples,
) => Promise<TrackOutcome>;

/** Creates the function that all calls share: it translates a call, stores it in the journal, and counts it. */
function createTrack({ count, record, now, onRejected, onCall }: Omit<TrackersOptions, "catalog">): Track {
  const reject = (reason: string): "rejected" => {
    record({ metric: "rum_tracked_events_rejected_total", labels: { reason }, value: 1 });
    return "rejected";
  };

  return async ({ type, name, details, id }, translate) => {
    const translated = translateSafely(name, details, id, translate);
    if (isRejection(translated)) {
      onRejected(translated, `${type} ${anyText(name).slice(0, 128)} ${translated.code}`);
      return reject(translated.code);
    }
    const { samples, withoutAmount } = "samples" in translated ? translated : { samples: translated };
    if (onCall) onCall(type, String(name), readDetails(details));
    const event = describeCall(type, String(name), details);
    const events = showCall(event);
    const key = isId(id) ? { key: JSON.stringify([type, name, String(id)]) } : {};
    const outcome = await count({ ...key, from: "server", at: now(), samples, events }).catch(
      () => "failed" as const,
    );
    if (outcome === "failed") return reject("journal_failed");
    if (outcome === "appended") {
      if (!withoutAmount) return "counted";
      onRejected(withoutAmount, `${type} ${String(name)} ${withoutAmount.code}`);
      return "counted_without_amount";
    }
    record({ metric: "rum_tracked_events_duplicate_total", labels: {}, value: 1 });
    return "duplicate";
  };
}

/** A call as an entry of the live tail. */
function describeCall(type: string, name: string, details: unknown): Omit<LiveEvent, "at"> {
  const money = ["conversion", "refund"].includes(type) ? shownMoney(moneyOf(details)) : undefined;
  const read = readDetails(details);
  const entry = { source: "server", type, name, count: 1 } as const;
  return money ? { ...entry, money, details: withoutMoney(read) } : { ...entry, details: read };
}

/** The unchecked arguments of a call: plain JavaScript may pass any value. */
interface Call {
  readonly type: string;
  readonly name: unknown;
  readonly details: unknown;
  /** Returns the identity of an order. */
  readonly id?: unknown;
}

/**
 * Returns the samples of a call, or the reason why it has none. Never throws, even if a getter among the arguments
 * does.
 */
function translateSafely(
  name: unknown,
  details: unknown,
  id: unknown,
  translate: (name: string, details: CallDetails) => Samples,
): Samples {
  if (typeof name !== "string") return unnamed(name);
  if (id !== undefined && !isId(id))
    return new Rejection("bad_event", "An id is a string that is not empty, or a number.");
  try {
    return translate(name, readDetails(details));
  } catch (error) {
    return new Rejection(
      "bad_event",
      `The details of "${name.slice(0, 128)}" cannot be read: ${errorText(error)}`,
    );
  }
}

/**
 * Reads money in the types that databases and decimal libraries return. A number without a currency is an attribute.
 */
function moneyOf(details: unknown): Money {
  const { value, currency } = (details ?? {}) as { readonly value?: unknown; readonly currency?: unknown };
  if (currency === undefined && (value === undefined || value === null)) return undefined;
  return readMoney(value, currency, MAX_AMOUNT);
}

function unnamed(name: unknown): Rejection {
  return new Rejection("unknown_name", `A name is a string, not ${typeof name}.`);
}

/** Returns the primitives among the details: no other value can be a label, an amount or shown in the tail. */
function readDetails(details: unknown): CallDetails {
  if (typeof details !== "object" || details === null) return {};
  return Object.fromEntries(
    Object.entries(details).filter(([, value]) => ["string", "number", "boolean"].includes(typeof value)),
  ) as CallDetails;
}

function readId(details: unknown): unknown {
  try {
    return (details as { id?: unknown } | null | undefined)?.id;
  } catch {
    // A getter that throws is reported as a fault, not as a missing id.
    return "";
  }
}

function isId(id: unknown): id is string | number | bigint {
  return id !== "" && ["string", "number", "bigint"].includes(typeof id);
}

/** Describes the outcomes of calls of server code that count nothing. */
export function describeTrackedMetrics(): MetricDescriptor[] {
  return [
    collectorCounterBy(
      "rum_tracked_events_rejected_total",
      "Calls of trackAction, trackConversion and measure in server code that were refused.",
      { reason: [...Object.keys(eventRejections), "journal_failed"] },
    ),
    collectorCounter(
      "rum_tracked_events_duplicate_total",
      "Server-side conversions whose id was counted before.",
    ),
  ];
}
