import type { Labels } from "./descriptor.ts";
import type { Series } from "./seriesStore.ts";

/**
 * The series of a family by their label values.
 *
 * Maps within maps, one level for each label: two label sets that differ in one value part there, so no text
 * that a value contains can make them meet.
 */
export interface LabelIndex {
  /** The series of exactly these values of the family's labels; other labels are not looked at. */
  find(labels: Labels): Series | undefined;
  add(series: Series): void;
  remove(series: Series): void;
}

/** What a value of a label leads to: the next label, or at the last one the series. */
type Level = Map<string | undefined, Level | Series>;

/**
 * `names` in the order in which they are looked at: the label with the most values should come first, because most
 * look-ups of a set that is not there end at it.
 */
export function createLabelIndex(names: readonly string[]): LabelIndex {
  // A family without labels has one series, under a value that no label has.
  const before = names.slice(0, -1);
  const last = names.at(-1) ?? "";
  const root: Level = new Map();

  /** The levels that a label set goes through, made where they are new; the last one holds the series. */
  const pathOf = (labels: Labels): Level[] => {
    const path = [root];
    for (const name of before) {
      const level = path.at(-1)!;
      const next = (level.get(labels[name]) as Level | undefined) ?? new Map();
      level.set(labels[name], next);
      path.push(next);
    }
    return path;
  };

  return {
    find: (labels) => {
      let level = root;
      for (const name of before) {
        const next = level.get(labels[name]) as Level | undefined;
        if (next === undefined) return undefined;
        level = next;
      }
      return level.get(labels[last]) as Series | undefined;
    },
    add: (series) => {
      pathOf(series.labels).at(-1)!.set(series.labels[last], series);
    },
    remove: ({ labels }) => {
      const path = pathOf(labels);
      path.at(-1)!.delete(labels[last]);
      for (let depth = path.length - 1; depth > 0 && path[depth]!.size === 0; depth -= 1)
        path[depth - 1]!.delete(labels[before[depth - 1]!]);
    },
  };
}
