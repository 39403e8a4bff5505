import type { Catalog, PageEvent } from "@rumkit/protocol";
import { isRejection } from "../base/rejection.ts";
import { OTHER } from "../metrics/descriptor.ts";
import { learnedNamesAtMost, toLearnedName } from "../catalog/learnedNames.ts";
import type { Recorder } from "../metrics/recorder.ts";
import type { PageVocabulary } from "../pages/pageEvents.ts";
import { createWitnesses } from "./witnesses.ts";

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
export function withNamePlaces(
  translate: PageVocabulary,
  catalog: Catalog,
  recorder: Pick<Recorder, "families" | "endValue">,
  now: () => number,
): VocabularyOf {
  const most = learnedNamesAtMost(catalog);
  const startedAt = now();
  const places = new Map(
    Object.entries(KINDS).map(([type, kind]) => {
      const family = recorder.families.find(({ descriptor }) => descriptor.name === kind.metric)!;
      const names = (): ReadonlyMap<string, number> => family.valuesOf(kind.label);
      const granted = new Map<string, number>();
      return [
        type,
        { ...kind, names, granted, saved: new Set(names().keys()), witnesses: createWitnesses(most) },
      ];
    }),
  );

  /** Returns the number of names that have a place, or a reserved one. */
  const countTaken = (taken: ReadonlyMap<string, number>, granted: Map<string, number>): number => {
    for (const [name, at] of granted) if (taken.has(name) || now() - at > GRANT_MS) granted.delete(name);
    return taken.size + granted.size - (taken.has(OTHER) ? 1 : 0);
  };
  const hasPlace = ({ type, name: given }: Named, sender: string): boolean => {
    const { label, group, names, granted, saved, witnesses } = places.get(type)!;
    const name = toLearnedName(given);
    const declared = catalog[group] ?? {};
    if (name === OTHER || Object.hasOwn(declared, given) || Object.hasOwn(declared, name)) return true;
    const taken = names();
    const isNew = witnesses.see(name, sender, taken);
    if (taken.has(name) || granted.has(name)) return true;
    if (countTaken(taken, granted) < most + Object.keys(declared).length) {
      granted.set(name, now());
      return true;
    }
    if (!isNew) return false;
    const isProtected = (other: string): boolean => saved.has(other) && now() - startedAt < GRACE_MS;
    const weakest = witnesses.weakestBelow(name, (other) => taken.has(other) && !isProtected(other));
    if (weakest === undefined) return false;
    recorder.endValue(label, weakest);
    granted.set(name, now());
    return true;
  };

  return (sender) => {
    if (sender === undefined) return translate;
    return (event, routeBefore) => {
      if (!isNamed(event) || hasPlace(event, sender)) return translate(event, routeBefore);
      const counted = translate({ ...event, name: NO_PLACE }, routeBefore);
      return isRejection(counted) ? counted : { ...counted, event };
    };
  };
}

/** A name without letters, which counts as `__other__`. */
const NO_PLACE = "-";

function isNamed(event: PageEvent): event is Named {
  return Object.hasOwn(KINDS, event.type);
}
