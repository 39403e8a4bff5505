import type { ErrorGroup } from "@rumkit/protocol";
import type { Filter } from "./filter.ts";

/** The counts of a group by label. */
const COUNTS = {
  route: "routes",
  release: "releases",
  browser: "browsers",
  source: "sources",
} as const satisfies Record<string, keyof ErrorGroup>;

/** Labels of the filter that groups of errors are not counted by. */
export function unfilteredOfErrors(filter: Filter): string[] {
  return [...filter.keys()].filter((label) => label !== "fingerprint" && !isCounted(label));
}

/**
 * Returns the groups that have each value of the filter, with the number of their errors with it. Of several labels, the
 * number is the smallest one: at most so many errors have all of them.
 */
export function narrowErrors(groups: readonly ErrorGroup[], filter: Filter): readonly ErrorGroup[] {
  if (filter.size === 0) return groups;
  return groups.flatMap((group) => {
    const counts = [...filter].map(([label, value]) => countOf(group, label, value));
    const count = Math.min(...counts);
    return count > 0 ? { ...group, count } : [];
  });
}

function countOf(group: ErrorGroup, label: string, value: string): number {
  if (label === "fingerprint") return group.fingerprint === value ? group.count : 0;
  if (!isCounted(label)) return group.count;
  const counts = group[COUNTS[label]];
  return Object.hasOwn(counts, value) ? (counts[value] ?? 0) : 0;
}

function isCounted(label: string): label is keyof typeof COUNTS {
  return Object.hasOwn(COUNTS, label);
}
