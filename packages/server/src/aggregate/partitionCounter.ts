import type { KeptMessage } from "../brokers/broker.ts";
import { readMessage } from "../brokers/message.ts";
import { NOTHING_SHOWN } from "../base/shownEvents.ts";
import type { Count } from "../journal/count.ts";
import type { Journal } from "../journal/journal.ts";
import type { Sample } from "../metrics/sample.ts";
import { countMessage, DeadMessageError, type MessageCounting } from "./countMessage.ts";
import type { MessageOutcome } from "./describeAggregateMetrics.ts";
import { createEntries, type Entries } from "./entries.ts";
import type { Position } from "./position.ts";

export interface PartitionCounterOptions {
  readonly position: Position;
  /** The settings of the collector's routes. Their `count` keeps an entry and counts it. */
  readonly counting: MessageCounting;
  /** Returns true for an entry of which the journal would add nothing. */
  readonly knows: NonNullable<Journal["knows"]>;
  /** A digest of this aggregator's catalog; undefined without one. */
  readonly catalog: string | undefined;
  /** Takes a message that cannot be read. */
  readonly bury: (message: KeptMessage, reason: string, fault: string) => Promise<void>;
  /** The clock: milliseconds since 1970. */
  readonly now: () => number;
}

/** Counts the messages of one partition, in their order. */
export interface PartitionCounter {
  /** The time of arrival of the last message, in milliseconds since 1970; 0 before the first. */
  readonly lastAt: number;
  /** Aborts with the first failure of the journal since `recover`. No message may be taken until then. */
  readonly failing: AbortSignal;
  /** Hands a message to the journal. Returns a promise only for a message that cannot be read. */
  take(message: KeptMessage): Promise<void> | undefined;
  /** Moves the position over messages that added nothing, if there are any. */
  flush(): void;
  /** Moves the position to a sequence without its messages, and counts these samples with it. */
  skip(upTo: number, samples?: readonly Sample[]): void;
  /** Resolves when fewer than so many entries wait for the journal, and when it fails. */
  room(most: number): Promise<void> | undefined;
  /** Resolves when the journal has decided about all entries. The position is what it has kept then. */
  recover(): Promise<void>;
}

export function createPartitionCounter(options: PartitionCounterOptions): PartitionCounter {
  const { position, catalog, now } = options;
  const { record } = options.counting.recorder;
  const entries = createEntries(position, options.knows);
  const counting = countWith(options.counting, entries.keep);
  const move = moveWith(entries, counting.ingest.count, now);
  let lastAt = 0;

  const note = (outcome: MessageOutcome): void =>
    record({ metric: "rum_log_messages_total", labels: { outcome }, value: 1 });
  const count = ({ body }: KeptMessage): MessageOutcome | Promise<MessageOutcome> => {
    const message = readMessage(body);
    lastAt = message.at;
    if (message.catalog !== catalog) record({ metric: "rum_log_other_catalog_total", labels: {}, value: 1 });
    // A clock that is ahead must not age the keys that are remembered.
    return countMessage(message, Math.min(message.at, now()), counting);
  };
  return {
    get lastAt() {
      return lastAt;
    },
    get failing() {
      return entries.failing;
    },
    take: (message) => {
      try {
        entries.run(message.sequence, () => count(message), note);
        return undefined;
      } catch (error) {
        return buryMessage(options, message, error).then(() => note("dead"));
      }
    },
    flush: () => {
      if (position.hasPassed && !entries.failing.aborted) move(position.read);
    },
    skip: move,
    room: entries.room,
    recover: entries.recover,
  };
}

/** Sets a message aside that cannot be read, and passes it. */
async function buryMessage(
  { bury, position, counting }: PartitionCounterOptions,
  message: KeptMessage,
  error: unknown,
): Promise<void> {
  const reason = error instanceof DeadMessageError ? error.reason : "unreadable";
  await bury(message, reason, error instanceof Error ? error.message : String(error));
  position.pass(message.sequence);
  counting.recorder.record({ metric: "rum_log_dead_total", labels: { reason }, value: 1 });
}

/** Returns a function that moves the position by an entry without a message. */
function moveWith(entries: Entries, count: Count, now: () => number): PartitionCounter["skip"] {
  return (to, samples = []) => {
    const entry = { from: "server", at: now(), samples, events: NOTHING_SHOWN } as const;
    entries.run(to, async (): Promise<MessageOutcome> => {
      await count(entry);
      return "counted";
    });
  };
}

/** The settings with a count that moves the position in the same entry. */
function countWith(counting: MessageCounting, keep: (count: Count) => Count): MessageCounting {
  const { collect, ingest } = counting;
  return {
    ...counting,
    collect: { ...collect, count: keep(collect.count) },
    ingest: { ...ingest, count: keep(ingest.count) },
  };
}
