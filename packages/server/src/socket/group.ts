import type { View } from "./view.ts";

/** A group at one moment. */
export interface Group<Data> {
  /** The numbers that have a history and deltas. */
  readonly totals: Readonly<Record<string, number>>;
  /** Reads everything: the history needs the totals only. */
  readonly data: () => Data;
}

/** Reads a group; undefined if the app has no data for it, or none within the filters. */
export type GroupOf<Data> = (view: View) => Group<Data> | undefined;
