import type { Device } from "@rumkit/protocol";
import type { Broker, KeptMessage, Topic } from "../brokers/broker.ts";
import type { ActiveSessions } from "../collect/activeSessions.ts";
import type { CollectOptions } from "../collect/collectOptions.ts";
import type { IngestOptions } from "../ingest/ingestRoute.ts";
import type { Journal } from "../journal/journal.ts";
import type { Recorder } from "../metrics/recorder.ts";
import { bury } from "./deadLetters.ts";
import { rememberMessages } from "./knownMessages.ts";
import { followLog, type MovedPartition, type OnNotice, rewind } from "./logMoves.ts";
import { createPartitionCounter } from "./partitionCounter.ts";
import { readPartition } from "./partitionReader.ts";
import { createPosition } from "./position.ts";
import { keptPosition } from "./keptPosition.ts";
import { createLag } from "./lag.ts";

/** The options that the partitions of an aggregator share. */
export interface PartitionOptions {
  readonly broker: Broker;
  readonly journal: Journal;
  readonly recorder: Recorder;
  readonly collect: CollectOptions & { readonly sessions: ActiveSessions };
  readonly ingest: IngestOptions;
  readonly knows: NonNullable<Journal["knows"]>;
  /** A digest of the catalog; undefined without one. */
  readonly catalog: string | undefined;
  /** Resolves while this process may count; undefined if it may at once. */
  readonly mayCount: (signal: AbortSignal) => Promise<void> | undefined;
  /**
   * Rejects if the log does not say any more that this journal owns the partition. Asked before a second reading: the
   * log of then may be another one, whose sequences mean other messages.
   */
  readonly confirmOwned: () => Promise<void>;
  readonly onNotice: OnNotice;
  readonly onFailure: (error: unknown) => void;
  readonly now: () => number;
}

/** A partition that this aggregator counts. */
export interface RunningPartition {
  /** The position that the journal has kept. */
  readonly position: number;
  /** True once it has continued from where the last owner ended. */
  readonly isTakenOver: boolean;
  /** True once all is counted that the partition had when it was started. */
  readonly isCaughtUp: boolean;
  /** Records its lag, and moves the position over messages that added nothing. Call it once a second. */
  tick(): void;
  /** Resolves with the position when all that was read is counted. Rejects if the journal cannot keep the position. */
  stop(): Promise<number>;
}

/** Entries of all partitions together that may wait for the journal: less than half of what it takes. */
const MOST_WAITING = 8_192;

/**
 * Counts a partition from a sequence on.
 *
 * @param from The position at which it was taken over; messages up to it, that this journal did not count, are remembered.
 * `"new"`: the log has no owner of it yet, so counting begins at its first message.
 */
export function startPartition(
  options: PartitionOptions,
  partition: number,
  from: number | "new",
): RunningPartition {
  const { broker, recorder, mayCount, confirmOwned, onNotice, onFailure, now } = options;
  const topic: Topic = `batches.${partition}`;
  const position = createPosition(partition, keptPosition(recorder, partition));
  const ending = new AbortController();
  const { signal } = ending;
  const counting = countingOf(options, partition);
  const toBury = buryIn(options, partition, signal);
  const { catalog, knows, ingest } = options;
  const counter = createPartitionCounter({ position, counting, knows, catalog, bury: toBury, now });
  const labels = { partition: String(partition) };
  const place = { broker, topic, labels, position, counter, ingest, knows, signal, onNotice };
  const mostWaiting = Math.max(32, Math.floor(MOST_WAITING / broker.partitions));
  const lag = createLag({ broker, topic, recorder, labels, position, lastAt: () => counter.lastAt, now });
  let isPrepared = false;
  const prepare = async (): Promise<void> => {
    await takeOver({ ...options, ...place, partition, from, signal });
    await lag.begin();
    isPrepared = true;
  };
  const onTrimmed = async (): Promise<void> => {
    await confirmOwned();
    await followLog(place);
  };
  const reading = { ...place, mostWaiting, mayCount, onFailure, onTrimmed };
  const prepareAgain = (): Promise<void> => (isPrepared ? confirmOwned() : prepare());
  const running = readPartition({ ...reading, prepare: prepareAgain }, signal);
  return {
    get position() {
      return position.kept;
    },
    get isTakenOver() {
      return isPrepared;
    },
    get isCaughtUp() {
      return isPrepared && lag.isCaughtUp;
    },
    tick: () => {
      if (!isPrepared || signal.aborted) return;
      counter.flush();
      lag.tick();
    },
    stop: async () => {
      ending.abort();
      await running;
      lag.end();
      counter.flush();
      await counter.room(1);
      counter.failing.throwIfAborted();
      return position.kept;
    },
  };
}

interface TakenOver extends PartitionOptions, Omit<MovedPartition, "broker" | "ingest"> {
  readonly partition: number;
  readonly from: number | "new";
  readonly signal: AbortSignal;
}

/** Moves the position to the one at which the partition was taken over. */
async function takeOver({ from, signal, ...options }: TakenOver): Promise<void> {
  const { position, counter } = options;
  if (from === "new") {
    if (position.kept > 0) await rewind(options, 0, (await options.broker.bounds(options.topic)).last);
  } else if (from > position.kept) {
    await rememberMessages(options, { after: position.kept, upTo: from }, signal);
    signal.throwIfAborted();
    counter.skip(from);
  }
  await counter.room(1);
  counter.failing.throwIfAborted();
}

/** The settings of the collector's routes, for the messages of a partition. Overload sheds nothing: the log waits. */
function countingOf({ collect, ingest, recorder }: PartitionOptions, partition: number) {
  const { sessions } = collect;
  const waitingDevices = new Map<string, Device>();
  const ofPartition: ActiveSessions = {
    ...sessions,
    deviceOf: (session, said) => sessions.deviceOf(session, said ?? waitingDevices.get(session)),
    see: (session, seq, rate, experience) => sessions.see(session, seq, rate, experience, partition),
  };
  return {
    collect: { ...collect, sessions: ofPartition, overload: NO_OVERLOAD, verbose: false },
    waitingDevices,
    ingest,
    recorder,
  };
}

const NO_OVERLOAD: CollectOptions["overload"] = { level: 0, sheds: () => false, read: () => {} };

function buryIn({ broker, onNotice }: PartitionOptions, partition: number, signal: AbortSignal) {
  return async ({ sequence, body }: KeptMessage, reason: string, message: string): Promise<void> => {
    const isKept = await bury(broker, { partition, sequence, body, reason, message }, signal);
    const fate = isKept ? "It is in the topic of dead messages." : "The topic of dead messages refused it.";
    onNotice("dead", `A message of batches.${partition} cannot be counted (${reason}): ${message} ${fate}`);
  };
}
