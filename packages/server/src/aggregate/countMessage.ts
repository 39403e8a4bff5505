import type { Device } from "@rumkit/protocol";
import type { BatchMessage, ItemsMessage, Message } from "../brokers/message.ts";
import type { CollectOptions } from "../collect/collectOptions.ts";
import { refusedRequest } from "../collect/batchOutcome.ts";
import { countEvents, noteOutcome, readEvents } from "../collect/countEvents.ts";
import { CollectError } from "../http/collectError.ts";
import { countItems, readItems } from "../ingest/countItems.ts";
import type { IngestOptions } from "../ingest/ingestRoute.ts";
import type { Count } from "../journal/count.ts";
import type { Sample } from "../metrics/sample.ts";
import { showCall, showCalls } from "../base/shownEvents.ts";
import type { Recorder } from "../metrics/recorder.ts";
import type { MessageOutcome } from "./describeAggregateMetrics.ts";

/** The settings that count the messages of one partition. */
export interface MessageCounting {
  /** Its `count` takes the position with the entry; its sessions are those of the partition. */
  readonly collect: CollectOptions;
  /** The devices that batches name which wait for the journal, by session: those after them need it already. */
  readonly waitingDevices: Map<string, Device>;
  readonly ingest: Pick<IngestOptions, "translate" | "count">;
  readonly recorder: Pick<Recorder, "record" | "resolve">;
}

/** Thrown for a message that no aggregator of this catalog can read. */
export class DeadMessageError extends Error {
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.name = "DeadMessageError";
    this.reason = reason;
  }
}

/**
 * Hands a message to the journal before it returns, as a collector of one process does with a request. Resolves when the
 * journal has decided. Throws a `DeadMessageError` for a message that cannot be read, and as `Count` does if the journal
 * fails.
 *
 * @param at The time of arrival in milliseconds since 1970, for the memory of keys.
 */
export function countMessage(
  message: Message,
  at: number,
  counting: MessageCounting,
): MessageOutcome | Promise<MessageOutcome> {
  switch (message.kind) {
    case "batch":
      return countBatch(message, at, counting);
    case "items":
      return countRequest(message, at, counting);
    case "call": {
      const { key = message.id, samples, event } = message;
      return countSamples({ key, from: "server", at, samples, events: showCall(event) }, counting);
    }
    case "reports": {
      const { id: key, samples, events } = message;
      return countSamples({ key, from: "page", at, samples, events: showCalls(events) }, counting);
    }
  }
}

function countBatch(
  { body, idempotencyKey, userAgent, sender }: BatchMessage,
  at: number,
  { collect, waitingDevices }: MessageCounting,
): MessageOutcome | Promise<MessageOutcome> {
  let read;
  try {
    read = readEvents({ body, idempotencyKey, userAgent, sender, at }, collect);
  } catch (error) {
    if (!(error instanceof CollectError)) throw error;
    refusedRequest(error.code).forEach(collect.record);
    // A batch without an event that this catalog knows was read: its events are counted by reason.
    if (error.code === "no_valid_event") return "refused";
    throw new DeadMessageError(error.code, error.message);
  }
  const events = read;
  const { said } = events;
  const { session } = events.batch;
  if (said !== undefined) waitingDevices.set(session, said);
  return settled(countEvents(events, collect), (outcome) => {
    if (said !== undefined) waitingDevices.delete(session);
    try {
      noteOutcome(outcome, events, collect);
    } catch (error) {
      if (!(error instanceof CollectError)) throw error;
      refusedRequest(error.code).forEach(collect.record);
    }
  });
}

function countRequest(
  { id, body, service, idempotencyKey }: ItemsMessage,
  at: number,
  { ingest, recorder }: MessageCounting,
): MessageOutcome | Promise<MessageOutcome> {
  let read;
  try {
    read = readItems({ body, service, idempotencyKey }, ingest.translate);
  } catch (error) {
    if (!(error instanceof CollectError)) throw error;
    throw new DeadMessageError(error.code, error.message);
  }
  const keyed = read.key === undefined ? { ...read, key: id } : read;
  return settled(countItems(keyed, at, ingest.count), (outcome) => {
    if (outcome === "duplicate")
      recorder.record({ metric: "rum_ingest_requests_duplicate_total", labels: {}, value: 1 });
  });
}

/** Counts what an edge judged: the samples that this catalog describes. */
function countSamples(
  entry: Parameters<Count>[0],
  { ingest, recorder }: MessageCounting,
): MessageOutcome | Promise<MessageOutcome> {
  const samples = entry.samples.filter((sample) => isCountable(sample, recorder));
  const unknown = entry.samples.length - samples.length;
  if (unknown > 0) recorder.record({ metric: "rum_log_samples_unknown_total", labels: {}, value: unknown });
  if (samples.length === 0) throw new DeadMessageError("bad_call", "No value of it can be counted here.");
  return settled(ingest.count({ ...entry, samples }));
}

/** False for a sample that this catalog does not describe, or whose value its metric cannot count. */
function isCountable(sample: Sample, { resolve }: Pick<Recorder, "resolve">): boolean {
  try {
    resolve(sample);
    return true;
  } catch {
    return false;
  }
}

type Outcome = Awaited<ReturnType<Count>>;

function settled(
  counting: ReturnType<Count>,
  note: (outcome: Outcome) => void = () => {},
): MessageOutcome | Promise<MessageOutcome> {
  const toOutcome = (outcome: Outcome): MessageOutcome => {
    note(outcome);
    return outcome === "appended" ? "counted" : outcome;
  };
  return typeof counting === "string" ? toOutcome(counting) : counting.then(toOutcome);
}
