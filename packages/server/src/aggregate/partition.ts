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
import { createPartitionCounter, type PartitionCounter } from "./partitionCounter.ts";
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
  const ending = new AbortController();
  const place = placeOf(options, partition, ending.signal);
  const { position, counter, signal } = place;
  const lag = createLag({ ...options, ...place, lastAt: () => counter.lastAt });
  const takeOver = createTakeOver({ ...place, ...options, partition, from }, lag.begin);
  const running = read(options, place, takeOver.prepare);
  return {
    get position() {
      return position.kept;
    },
    get isTakenOver() {
      return takeOver.isDone;
    },
    get isCaughtUp() {
      return takeOver.isDone && lag.isCaughtUp;
    },
    tick: () => {
      if (!takeOver.isDone || signal.aborted) return;
      counter.flush();
      lag.tick();
    },
    stop: async () => {
      ending.abort();
      await running;
      lag.end();
      counter.flush();
      await settled(counter);
      return position.kept;
    },
  };
}

/** Returns the partition at the position that the journal has kept. */
function placeOf(options: PartitionOptions, partition: number, signal: AbortSignal): MovedPartition {
  const { broker, recorder, ingest, knows, catalog, onNotice, now } = options;
  const topic: Topic = `batches.${partition}`;
  const position = createPosition(partition, keptPosition(recorder, partition));
  const counting = countingOf(options, partition);
  const toBury = buryIn(options, partition, signal);
  const counter = createPartitionCounter({ position, counting, knows, catalog, bury: toBury, now });
  const labels = { partition: String(partition) };
  return { broker, topic, labels, position, counter, ingest, knows, signal, onNotice };
}

function read(options: PartitionOptions, place: MovedPartition, prepare: () => Promise<void>): Promise<void> {
  const { broker, mayCount, confirmOwned, onFailure } = options;
  const mostWaiting = Math.max(32, Math.floor(MOST_WAITING / broker.partitions));
  const onTrimmed = async (): Promise<void> => {
    await confirmOwned();
    await followLog(place);
  };
  return readPartition({ ...place, mostWaiting, mayCount, prepare, onTrimmed, onFailure }, place.signal);
}

/** Resolves when the journal has kept all that was counted. Rejects if it failed. */
async function settled(counter: PartitionCounter): Promise<void> {
  await counter.room(1);
  counter.failing.throwIfAborted();
}

type TakenOver = PartitionOptions &
  MovedPartition & { readonly partition: number; readonly from: number | "new" };

/** Takes a partition over before it is read for the first time. Before each later reading its owner is confirmed. */
function createTakeOver(taken: TakenOver, begin: () => Promise<void>) {
  let isDone = false;
  return {
    get isDone() {
      return isDone;
    },
    prepare: async (): Promise<void> => {
      if (isDone) return taken.confirmOwned();
      await moveToTakenOver(taken);
      await begin();
      isDone = true;
    },
  };
}

/** Moves the position to the one at which the partition was taken over. */
async function moveToTakenOver(taken: TakenOver): Promise<void> {
  const { broker, topic, position, counter, from, signal } = taken;
  if (from === "new") {
    if (position.kept > 0) await rewind(taken, 0, (await broker.bounds(topic)).last);
  } else if (from > position.kept) {
    await rememberMessages(taken, { after: position.kept, upTo: from }, signal);
    signal.throwIfAborted();
    counter.skip(from);
  }
  await settled(counter);
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
