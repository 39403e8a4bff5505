/** A machine with an aggregator is lost for a while: what waits, what is lost, what is counted twice. */
export interface Outage {
  /** Messages that reach the partitions of this aggregator in a second. */
  readonly messagesPerSecond: number;
  /** Microseconds that it takes for a message. */
  readonly microsPerMessage: number;
  /** Seconds after which the machine is lost, and for how long. */
  readonly lostAt: number;
  readonly lostFor: number;
  /** Seconds in which messages arrive. */
  readonly seconds: number;
  /** The share of batches whose answer is lost, so that the page sends them again. */
  readonly repeated: number;
  /** Seconds until a batch is sent again: between these. */
  readonly againAfter: readonly [least: number, most: number];
  readonly seed: number;
}

export interface Outcome {
  /** Batches of pages: each should be counted once. */
  readonly sent: number;
  /** Messages in the log: batches, and those that were sent again. */
  readonly messages: number;
  readonly counted: number;
  readonly lost: number;
  readonly doubled: number;
  /** Batches that the log's own window of two minutes would not have recognized: a reader that trusts it alone counts them twice. */
  readonly doubledByWindow: number;
  /** Messages that were read a second time, because their counts were not on the disk when the machine was lost. */
  readonly readAgain: number;
  /** Seconds from the arrival of a message to its count, at most, and how long after the return all had been read. */
  readonly longestLag: number;
  readonly caughtUpAfter: number;
}

/** Seconds of JetStream's default deduplication window. */
const WINDOW = 120;

/** Seconds between two groups of the journal: what it has counted since then is read again after a crash. */
const GROUP_SECONDS = 0.005;

interface Message {
  readonly id: number;
  readonly at: number;
}

/**
 * Runs the rule by which an aggregator reads: its position is in the transaction of its counts, and it remembers ids. The
 * messages arrive at random (Poisson); the same seed gives the same run.
 */
export function simulateOutage(outage: Outage): Outcome {
  const log = createLog(outage);
  const known = new Set<number>();
  const counts = new Map<number, number>();
  const inWindow = new Map<number, number>();
  let doubledByWindow = 0;
  for (const { id, at } of log) {
    const first = inWindow.get(id);
    if (first !== undefined && at - first > WINDOW) doubledByWindow += 1;
    if (first === undefined || at - first > WINDOW) inWindow.set(id, at);
  }
  const back = outage.lostAt + outage.lostFor;
  let isLost = false;
  let clock = 0;
  let readAgain = 0;
  let longestLag = 0;
  let caughtUpAfter = 0;
  /** Counted, but not yet on the disk. */
  let group: Message[] = [];
  let groupSince = 0;
  let position = 0;
  const commit = (): void => {
    for (const { id, at } of group) {
      counts.set(id, (counts.get(id) ?? 0) + (known.has(id) ? 0 : 1));
      known.add(id);
      longestLag = Math.max(longestLag, clock - at);
    }
    position += group.length;
    group = [];
  };
  while (position + group.length < log.length) {
    const message = log[position + group.length]!;
    if (group.length > 0 && Math.max(clock, message.at) >= groupSince + GROUP_SECONDS) {
      clock = Math.max(clock, groupSince + GROUP_SECONDS);
      commit();
    }
    clock = Math.max(clock, message.at) + outage.microsPerMessage / 1e6;
    if (!isLost && clock >= outage.lostAt) {
      isLost = true;
      readAgain = group.length;
      group = [];
      clock = back;
      continue;
    }
    if (group.length === 0) groupSince = clock;
    group.push(message);
    const hasNext = (log[position + group.length]?.at ?? Infinity) <= clock;
    if (isLost && !hasNext && caughtUpAfter === 0) caughtUpAfter = clock - back;
  }
  commit();
  const sent = new Set(log.map(({ id }) => id)).size;
  const values = [...counts.values()];
  return {
    sent,
    messages: log.length,
    counted: values.reduce((sum, times) => sum + times, 0),
    lost: sent - values.filter((times) => times > 0).length,
    doubled: values.filter((times) => times > 1).length,
    doubledByWindow,
    readAgain,
    longestLag,
    caughtUpAfter,
  };
}

/** Returns the messages in the order of the log. The log itself has copies on other machines. */
function createLog({ messagesPerSecond, seconds, repeated, againAfter, seed }: Outage): Message[] {
  const random = createRandom(seed);
  const [least, most] = againAfter;
  const messages: Message[] = [];
  for (let at = 0, id = 0; ; id += 1) {
    at -= Math.log(1 - random()) / messagesPerSecond;
    if (at >= seconds) break;
    messages.push({ id, at });
    if (random() < repeated) messages.push({ id, at: at + least + random() * (most - least) });
  }
  return messages.toSorted((one, other) => one.at - other.at);
}

/** Mulberry32: numbers from 0 to below 1, the same for a seed. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
