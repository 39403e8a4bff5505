import type { Catalog, LabelSpec } from "@rumkit/protocol";
import type { MetricDescriptor } from "@rumkit/server";

/** The place of a value in a catalog: `["routes", 2]`. */
export type Path = readonly (string | number)[];

/** A weakness of a catalog. */
export interface Problem {
  readonly path: Path;
  /** Follows the path in the message: `is never counted: "/a/:id" takes its paths.` */
  readonly what: string;
  /** The remedy, a sentence. */
  readonly fix: string;
}

/** The catalog that rules examine. */
export interface Subject {
  /** The catalog without the entries that are invalid. */
  readonly catalog: Catalog;
  /** Every name of every group as it is written, also of invalid entries. */
  readonly names: ReadonlyMap<Group, readonly string[]>;
  /** The metrics of the catalog; none if the catalog is invalid. */
  readonly descriptors: readonly MetricDescriptor[];
}

/** One thing that lint looks for. */
export interface Rule {
  /** Names the rule in reports, comments and flags. */
  readonly id: string;
  /** Why it matters, one sentence. */
  readonly reason: string;
  readonly find: (subject: Subject) => readonly Problem[];
}

/** The groups of a catalog whose entries have a name and a help text. */
export const GROUPS = [
  "actions",
  "conversions",
  "measurements",
  "features",
  "jobs",
  "gauges",
  "ingested",
] as const;

export type Group = (typeof GROUPS)[number];

/** An entry of any group. */
export interface Entry {
  readonly group: Group;
  readonly name: string;
  readonly path: Path;
  readonly help: string;
  readonly labels: LabelSpec;
  readonly isOfServer: boolean;
  readonly unit: string | undefined;
  readonly buckets: readonly number[] | undefined;
}

/** Returns every entry of the catalog, in its order. */
export function entriesOf(catalog: Catalog): Entry[] {
  return GROUPS.flatMap((group) =>
    Object.entries<Spec>(catalog[group] ?? {}).map(([name, spec]) => ({
      group,
      name,
      path: [group, name],
      help: spec.help,
      labels: spec.labels ?? {},
      isOfServer: spec.from === "server" || ["jobs", "gauges", "ingested"].includes(group),
      unit: group === "jobs" ? "seconds" : spec.unit,
      buckets: spec.buckets,
    })),
  );
}

interface Spec {
  readonly help: string;
  readonly labels?: LabelSpec;
  readonly from?: "page" | "server";
  readonly unit?: string;
  readonly buckets?: readonly number[];
}

/** Returns each pair of items that have the same key, with the first item that has it. */
export function findRepeats<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): { readonly first: Item; readonly again: Item }[] {
  const seen = new Map<string, Item>();
  return items.flatMap((item) => {
    const key = keyOf(item);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, item);
    return first === undefined ? [] : [{ first, again: item }];
  });
}

/** A text in quotes, cut so that a report stays readable. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);
}
