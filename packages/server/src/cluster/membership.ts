import type { ClusterRecords } from "./clusterRecords.ts";

export interface MembershipOptions {
  readonly records: Pick<ClusterRecords, "aggregators">;
  readonly name: string;
  /** The identity of the journal. */
  readonly journal: string;
  /** Differs with each start. */
  readonly run: string;
  /** A clock that never goes back, in milliseconds. */
  readonly now: () => number;
}

/** The claim of a process to the name of its aggregator. One process at a time has it. */
export interface Membership {
  /** True while this process surely has the name. */
  readonly isSure: boolean;
  /**
   * Claims the name, or confirms it, and publishes the positions. Rejects with a `NameTakenError` if another process has
   * it, and with a `BrokerError` if the log is away. Call it once a second.
   */
  confirm(positions: Readonly<Record<string, number>>): Promise<void>;
  /** Resolves when the name is sure again, and rejects if `signal` aborts. Undefined if it is sure now. */
  untilSure(signal: AbortSignal): Promise<void> | undefined;
}

/** Another process has the name. */
export class NameTakenError extends Error {
  /** True if the log has no record of the name any more: it was emptied, and the name may be claimed again. */
  readonly isForgotten: boolean;

  constructor(message: string, isForgotten = false) {
    super(message);
    this.name = "NameTakenError";
    this.isForgotten = isForgotten;
  }
}

/**
 * Milliseconds after a confirmation in which a process may count without another one. `rumkit cluster take-over` waits
 * longer: a process that was paused meanwhile counts nothing before it knows.
 */
const SURE_MS = 5_000;

export function createMembership({ records, name, journal, run, now }: MembershipOptions): Membership {
  const { aggregators } = records;
  let revision: number | undefined;
  let confirmedAt = Number.NEGATIVE_INFINITY;
  let lost: NameTakenError | undefined;
  const waiting = new Set<() => void>();

  const isSure = (): boolean => !lost && now() - confirmedAt < SURE_MS;
  const claim = async (positions: Readonly<Record<string, number>>): Promise<number> => {
    const found = await aggregators.read(name);
    if (found && found.value.journal !== journal) throw new NameTakenError(otherJournal(name));
    const written = await aggregators.write(name, { journal, run, positions }, found?.revision ?? 0);
    if (written === undefined) throw new NameTakenError(twoAtOnce(name));
    return written;
  };
  const renew = async (known: number, positions: Readonly<Record<string, number>>): Promise<number> => {
    const written = await aggregators.write(name, { journal, run, positions }, known);
    if (written !== undefined) return written;
    const found = await aggregators.read(name);
    // A write whose reply was lost.
    if (found?.value.run === run) return found.revision;
    throw (lost = found ? new NameTakenError(takenOver(name)) : new NameTakenError(forgotten(name), true));
  };
  return {
    get isSure() {
      return isSure();
    },
    confirm: async (positions) => {
      if (lost) throw lost;
      const startedAt = now();
      revision = await (revision === undefined ? claim(positions) : renew(revision, positions));
      confirmedAt = startedAt;
      for (const resume of waiting) resume();
    },
    untilSure: (signal) => (isSure() ? undefined : untilWoken(isSure, signal, waiting)),
  };
}

async function untilWoken(
  isDone: () => boolean,
  signal: AbortSignal,
  waiting: Set<() => void>,
): Promise<void> {
  while (!isDone()) {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
    waiting.add(resolve);
    try {
      await promise;
    } finally {
      waiting.delete(resolve);
      signal.removeEventListener("abort", abort);
    }
  }
}

function otherJournal(name: string): string {
  return `The name "${name}" belongs to an aggregator with another journal. Give this one another name. If the disk of the other one is lost: rumkit cluster take-over --lost ${name}.`;
}

function twoAtOnce(name: string): string {
  return `Two processes started as "${name}" at the same time. Stop one of them.`;
}

function forgotten(name: string): string {
  return `The log has no record of "${name}" any more: it was emptied, or the name was taken over. Its partitions are claimed again. What the log has and this journal does not know is counted.`;
}

function takenOver(name: string): string {
  return `Another process has started as "${name}", or its partitions were taken over. This one counts nothing any more. Stop it.`;
}
