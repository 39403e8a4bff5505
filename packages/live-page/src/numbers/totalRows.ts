import type { LiveTotal } from "@rumkit/protocol";
import { renderLabels } from "./format.ts";

/** A series in the table of totals. `key` leads to its value. */
export interface TotalRow {
  readonly key: string;
  readonly metric: string;
  readonly labels: string;
}

type Totals = ReadonlyMap<string, LiveTotal>;

/**
 * Creates a function that returns the rows whose metric and labels contain every word of a filter, sorted as in an
 * exposition. It caches the last rows, because frames arrive ten times per second and most change values but no series.
 * It returns the same array as long as series and filter are the same.
 */
export function createTotalRows(): (totals: Totals, filter: string) => readonly TotalRow[] {
  let sorted: readonly TotalRow[] = [];
  let keys: readonly string[] = [];
  let selected:
    | { readonly of: readonly TotalRow[]; readonly filter: string; readonly rows: readonly TotalRow[] }
    | undefined;
  return (totals, filter) => {
    if (!hasKeys(totals, keys)) {
      keys = [...totals.keys()];
      sorted = sortRows(totals);
    }
    if (selected?.of !== sorted || selected.filter !== filter)
      selected = { of: sorted, filter, rows: select(sorted, filter) };
    return selected.rows;
  };
}

/** Returns true if the totals have these keys in this order. Changing a value does not change the order of a map. */
function hasKeys(totals: Totals, keys: readonly string[]): boolean {
  if (totals.size !== keys.length) return false;
  let index = 0;
  for (const key of totals.keys()) if (key !== keys[index++]) return false;
  return true;
}

function sortRows(totals: Totals): TotalRow[] {
  return [...totals]
    .map(([key, { metric, labels }]) => ({ key, metric, labels: renderLabels(labels) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

function select(rows: readonly TotalRow[], filter: string): TotalRow[] {
  const words = filter.toLowerCase().split(/\s+/);
  return rows.filter(({ metric, labels }) => {
    const text = `${metric} ${labels}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
