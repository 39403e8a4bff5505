import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { type Broker, BrokerError, type KeptMessage, type Topic } from "../brokers/broker.ts";
import type { PartitionCounter } from "./partitionCounter.ts";
import type { Position } from "./position.ts";

export interface PartitionReaderOptions {
  readonly broker: Pick<Broker, "read">;
  readonly topic: Topic;
  readonly position: Position;
  readonly counter: PartitionCounter;
  /** Entries that may wait for the journal. */
  readonly mostWaiting: number;
  /** Resolves while this process may count: see `Ownership`. */
  readonly mayCount: (signal: AbortSignal) => Promise<void> | undefined;
  /** Called before each reading. */
  readonly prepare: () => Promise<void>;
  /** Called if the log has no message at the position. */
  readonly onTrimmed: () => Promise<void>;
  /** Called with a failure of the log or of the journal; it is tried again. */
  readonly onFailure: (error: unknown) => void;
}

/** Messages after which other work has its turn: a few milliseconds. */
const TURN = 32;

/** Milliseconds between two tries, from the first failure on. */
const RETRY_MS = [50, 200, 500, 1_000];

/**
 * Reads a partition from its position until `signal` aborts, and resolves when all that was read is counted or given back.
 * After a failure it continues from the position that the journal has kept.
 */
export async function readPartition(options: PartitionReaderOptions, signal: AbortSignal): Promise<void> {
  const { counter, position, prepare, onFailure } = options;
  let failures = 0;
  while (!signal.aborted) {
    const before = position.kept;
    try {
      await prepare();
      await readOnce(options, signal);
    } catch (error) {
      if (!signal.aborted && !counter.failing.aborted) await noteFailure(error, options);
    }
    if (counter.failing.aborted) onFailure(counter.failing.reason);
    await counter.recover();
    failures = position.kept > before ? 0 : failures + 1;
    if (!signal.aborted) await pause(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]!, signal);
  }
}

async function noteFailure(
  error: unknown,
  { onTrimmed, onFailure, counter }: PartitionReaderOptions,
): Promise<void> {
  if (!(error instanceof BrokerError) || error.code !== "trimmed") return onFailure(error);
  await counter.recover();
  try {
    await onTrimmed();
  } catch (failure) {
    onFailure(failure);
  }
}

/** Reads until the signal aborts, the log fails, or the journal does. */
async function readOnce(options: PartitionReaderOptions, signal: AbortSignal): Promise<void> {
  const { broker, topic, position, counter } = options;
  const either = AbortSignal.any([signal, counter.failing]);
  for await (const chunk of broker.read(topic, position.read + 1, either)) {
    await takeAll(chunk, options, either);
    if (either.aborted) return;
  }
}

async function takeAll(
  chunk: readonly KeptMessage[],
  { counter, mostWaiting, mayCount }: PartitionReaderOptions,
  signal: AbortSignal,
): Promise<void> {
  for (const [index, message] of chunk.entries()) {
    if (index % TURN === TURN - 1) await turn();
    const waiting = mayCount(signal) ?? counter.room(mostWaiting);
    if (waiting) {
      await waiting;
      await counter.room(mostWaiting);
    }
    if (signal.aborted) return;
    await counter.take(message);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal });
  } catch {
    // Aborted: the caller looks at the signal.
  }
}
