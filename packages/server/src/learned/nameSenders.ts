/** Maximum senders of a name that are remembered: more would not change a decision. */
const MAX_SENDERS = 32;

/** Maximum names without a place that are remembered. */
const MAX_WAITING = 1_000;

/**
 * Maximum names without a place that are remembered of one sender: enough for a real page, too few to displace the
 * names of others.
 */
const MAX_WAITING_OF_SENDER = 20;

/** The senders of each name. */
interface SendersOfName {
  readonly senders: Set<string>;
  readonly firstSender: string;
}

/** Remembers which senders have reported which names, in memory and within limits. */
export interface NameSenders {
  /** Records that a sender reports a name. Returns true if that is new. `taken` are the names that have a place. */
  see(name: string, sender: string, taken: ReadonlyMap<string, unknown>): boolean;
  /**
   * Returns the name with the fewest senders among those for which `isAmong` is true, if `name` has more senders than
   * it. Only names with at least one sender are compared, so `name` has at least two.
   */
  weakestBelow(name: string, isAmong: (name: string) => boolean): string | undefined;
}

/** @param places The number of names that have a place. */
export function createNameSenders(places: number): NameSenders {
  const byName = new Map<string, SendersOfName>();
  /** The number of names without a place that each sender has reported. */
  const waitingOf = new Map<string, number>();

  const forget = (name: string, { firstSender }: SendersOfName): void => {
    byName.delete(name);
    const left = (waitingOf.get(firstSender) ?? 0) - 1;
    if (left > 0) waitingOf.set(firstSender, left);
    else waitingOf.delete(firstSender);
  };
  /** Returns one of the oldest names without a place. */
  const makeRoom = (taken: ReadonlyMap<string, unknown>): void => {
    if (byName.size < places + MAX_WAITING) return;
    for (const [name, sendersOfName] of byName) if (!taken.has(name)) return forget(name, sendersOfName);
  };

  return {
    see: (name, sender, taken) => {
      const known = byName.get(name);
      if (known) {
        if (known.senders.has(sender) || known.senders.size >= MAX_SENDERS) return false;
        known.senders.add(sender);
        return true;
      }
      const waiting = waitingOf.get(sender) ?? 0;
      const isFull = taken.size >= places;
      if (isFull && !taken.has(name) && waiting >= MAX_WAITING_OF_SENDER) return false;
      makeRoom(taken);
      byName.set(name, { senders: new Set([sender]), firstSender: sender });
      waitingOf.set(sender, waiting + 1);
      return true;
    },
    weakestBelow: (name, isAmong) => findWeakest(byName, byName.get(name)?.senders.size ?? 0, isAmong),
  };
}

/** Returns the name with the fewest senders, if it has fewer than `limit`. */
function findWeakest(
  byName: ReadonlyMap<string, SendersOfName>,
  limit: number,
  isAmong: (name: string) => boolean,
): string | undefined {
  let [weakest, fewest]: [string | undefined, number] = [undefined, limit];
  for (const [name, { senders }] of byName) {
    if (senders.size >= fewest || !isAmong(name)) continue;
    [weakest, fewest] = [name, senders.size];
  }
  return weakest;
}
