import type { Labels } from "./descriptor.ts";
import type { Series } from "./seriesStore.ts";

/**
 * Finds the series of a family by their label values.
 *
 * Nested maps, one level for each label: label sets that differ in a value separate at its level, so no text within a
 * value can make them collide.
 */
export interface LabelIndex {
  /** The series with exactly these values of the family's labels; other labels are ignored. */
  find(labels: Labels): Series | undefined;
  add(series: Series): void;
  remove(series: Series): void;
}

/** Maps a label value to the level of the next label, or to the series at the last label. */
type Level = Map<string | undefined, Level | Series>;

/**
 * `names` is the order of the lookups. The label with the most values should come first, because most lookups of an
 * unknown set end there.
 */
export function createLabelIndex(names: readonly string[]): LabelIndex {
  // A family without labels has one series, under the value undefined.
  const before = names.slice(0, -1);
  const last = names.at(-1) ?? "";
  const root: Level = new Map();

  /** The levels of a label set, created if they are new; the last one holds the series. */
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
