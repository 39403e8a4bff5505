import type { Catalog, PageEvent } from "@rumkit/protocol";
import { isRejection } from "../base/rejection.ts";
import { learnedNamesAtMost, toLearnedName } from "../catalog/names.ts";
import { OTHER } from "../metrics/descriptor.ts";
import type { Recorder } from "../metrics/recorder.ts";
import type { PageVocabulary } from "../pages/pageEvents.ts";

/** Milliseconds after a start in which names from the journal keep their place, because their senders are unknown. */
const GRACE_MS = 24 * 3_600_000;

/** Milliseconds for which a place is reserved for an accepted name: after that it was counted or never will be. */
const GRANT_MS = 10_000;

/** The kinds of names that pages report: the family that counts every name of a kind, and its label. */
const KINDS = {
  action: { metric: "rum_actions_total", label: "action", group: "actions" },
  conversion: { metric: "rum_conversions_total", label: "conversion", group: "conversions" },
  measurement: { metric: "rum_measured_values_total", label: "measurement", group: "measurements" },
  feature: { metric: "rum_feature_usage_total", label: "feature", group: "features" },
} as const;

type Named = Extract<PageEvent, { type: keyof typeof KINDS }>;

/** Returns the vocabulary for the pages of one sender. */
export type VocabularyOf = (sender: string | undefined) => PageVocabulary;

/**
 * Limits the undeclared names that pages report to a number of places, so that an attacker who invents names does not
 * displace real ones. While places are free, each new name gets one. After that, a name that at least two senders
 * report replaces the name with the fewest senders, if that one has fewer senders. Other names count as `__other__`.
 *
 * @param now The clock, in milliseconds.
 */
export function limitLearnedNames(
  translate: PageVocabulary,
  catalog: Catalog,
  recorder: Pick<Recorder, "families" | "endValue">,
  now: () => number,
): VocabularyOf {
  const places = new Map(
    Object.entries(KINDS).map(([type, kind]) => [type, createPlaces(kind, catalog, recorder, now)]),
  );
  return (sender) => {
    if (sender === undefined) return translate;
    return (event, routeBefore) => {
      if (!isNamed(event) || places.get(event.type)!(event.name, sender))
        return translate(event, routeBefore);
      const counted = translate({ ...event, name: NO_PLACE }, routeBefore);
      return isRejection(counted) ? counted : { ...counted, event };
    };
  };
}

/** Returns true if a name has a place, or gets one because a sender reports it. */
type HasPlace = (name: string, sender: string) => boolean;

/** The places for the names of one kind. */
function createPlaces(
  { metric, label, group }: (typeof KINDS)[keyof typeof KINDS],
  catalog: Catalog,
  recorder: Pick<Recorder, "families" | "endValue">,
  now: () => number,
): HasPlace {
  const most = learnedNamesAtMost(catalog);
  const declared = catalog[group] ?? {};
  const family = recorder.families.find(({ descriptor }) => descriptor.name === metric)!;
  const names = (): ReadonlyMap<string, number> => family.valuesOf(label);
  const saved = new Set(names().keys());
  const startedAt = now();
  const isProtected = (name: string): boolean => saved.has(name) && now() - startedAt < GRACE_MS;
  const senders = createNameSenders(most);
  const grants = createGrants(now);

  return (given, sender) => {
    const name = toLearnedName(given);
    if (name === OTHER || Object.hasOwn(declared, given) || Object.hasOwn(declared, name)) return true;
    const taken = names();
    const isNew = senders.see(name, sender, taken);
    if (taken.has(name) || grants.has(name)) return true;
    if (grants.countTaken(taken) < most + Object.keys(declared).length) {
      grants.add(name);
      return true;
    }
    if (!isNew) return false;
    const weakest = senders.weakestBelow(name, (other) => taken.has(other) && !isProtected(other));
    if (weakest === undefined) return false;
    recorder.endValue(label, weakest);
    grants.add(name);
    return true;
  };
}

/** The places that are reserved for names that were accepted and not counted yet. */
function createGrants(now: () => number) {
  const granted = new Map<string, number>();
  return {
    has: (name: string): boolean => granted.has(name),
    add: (name: string): void => void granted.set(name, now()),
    /** Returns the number of names that have a place, or a reserved one. */
    countTaken: (taken: ReadonlyMap<string, number>): number => {
      for (const [name, at] of granted) if (taken.has(name) || now() - at > GRANT_MS) granted.delete(name);
      return taken.size + granted.size - (taken.has(OTHER) ? 1 : 0);
    },
  };
}

/** A name without letters, which counts as `__other__`. */
const NO_PLACE = "-";

function isNamed(event: PageEvent): event is Named {
  return Object.hasOwn(KINDS, event.type);
}

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
interface NameSenders {
  /** Records that a sender reports a name. Returns true if that is new. `taken` are the names that have a place. */
  see(name: string, sender: string, taken: ReadonlyMap<string, unknown>): boolean;
  /**
   * Returns the name with the fewest senders among those for which `isAmong` is true, if `name` has more senders than
   * it. Only names with at least one sender are compared, so `name` has at least two.
   */
  weakestBelow(name: string, isAmong: (name: string) => boolean): string | undefined;
}

/** @param places The number of names that have a place. */
function createNameSenders(places: number): NameSenders {
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
