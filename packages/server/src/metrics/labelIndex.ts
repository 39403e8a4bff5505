import { compileFunction } from "node:vm";
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

/** A value of the first label. */
interface Branch {
  /** Different for each branch, its bits well spread. */
  readonly checksum: number;
  readonly rest: Level;
}

type Root = Map<string | undefined, Branch>;

/**
 * `names` in the order in which they are looked at: the label with the most values should come first, because
 * its look-up tells series apart that then need no other.
 */
export function createLabelIndex(names: readonly string[]): LabelIndex {
  // A family without labels has one series, under a value that no label has.
  const [first = "", ...others] = names;
  const last = others.at(-1) ?? "";
  const root: Root = new Map();
  const recent: (Series | undefined)[] = [];
  let size = 0;
  let branches = 0;

  const makeRoom = (slots: number): void => {
    recent.length = 0;
    for (let slot = 0; slot < slots; slot += 1) recent.push(undefined);
  };
  makeRoom(LEAST_SLOTS);

  /** The levels that a label set goes through, made where they are new; the last one holds the series. */
  const pathOf = (labels: Labels): Level[] => {
    const value = labels[first];
    const branch = root.get(value) ?? { checksum: Math.imul((branches += 1), SPREAD), rest: new Map() };
    root.set(value, branch);
    const path = [branch.rest];
    for (const name of others.slice(0, -1)) {
      const level = path.at(-1)!;
      const next = (level.get(labels[name]) as Level | undefined) ?? new Map();
      level.set(labels[name], next);
      path.push(next);
    }
    return path;
  };

  return {
    find: compileFind(first, others, recent, root),
    add: (series) => {
      pathOf(series.labels).at(-1)!.set(series.labels[last], series);
      size += 1;
      if (size * 2 > recent.length) makeRoom(recent.length * 2);
    },
    remove: ({ labels }) => {
      size -= 1;
      recent.fill(undefined);
      const path = pathOf(labels);
      path.at(-1)!.delete(labels[last]);
      for (let depth = path.length - 1; depth > 0 && path[depth]!.size === 0; depth -= 1) {
        path[depth - 1]!.delete(labels[others[depth - 1]!]);
      }
      if (path[0]!.size === 0) root.delete(labels[first]);
    },
  };
}

/** A power of two, so that a bit mask is the remainder; doubled as series come. */
const LEAST_SLOTS = 16;

/** 2³² divided by the golden ratio: neighbouring numbers times it are far apart (Knuth, TAOCP 6.4). */
const SPREAD = 0x9e3779b1;

/**
 * Writes the look-up of a family as code. Reading properties by names in a loop costs V8 as much as finding
 * them in a `Map`; reading those that are written in the code costs next to nothing.
 *
 * Before it walks through all levels it looks where a checksum of the values points. Every value is compared
 * there, so two sets with the same checksum cost each other a walk, and are never taken for each other.
 * Measured by `npm run bench -- record`.
 */
function compileFind(
  first: string,
  others: readonly string[],
  recent: readonly (Series | undefined)[],
  root: Root,
): LabelIndex["find"] {
  // Names of variables are ours; names of labels only ever stand in string literals.
  const rest = others.map((name, index) => ({ value: `v${index}`, property: `[${JSON.stringify(name)}]` }));
  const all = [{ value: "v", property: `[${JSON.stringify(first)}]` }, ...rest];
  const code = `
    return function find(labels) {
      const v = labels${all[0]!.property};
      const branch = root.get(v);
      if (branch === undefined) return undefined;
      let sum = branch.checksum;
      ${rest
        .map(
          ({ value, property }) => `const ${value} = labels${property};
          if (typeof ${value} === "string") {
            const { length } = ${value};
            sum = Math.imul(sum, 31) + length + ${value}.charCodeAt(0) * 7 + ${value}.charCodeAt(length - 1) | 0;
          }`,
        )
        .join("\n")}
      const slot = (sum ^ (sum >>> 15)) & (recent.length - 1);
      const held = recent[slot];
      if (held !== undefined) {
        const own = held.labels;
        if (${all.map(({ value, property }) => `own${property} === ${value}`).join(" && ")}) return held;
      }
      const found = branch.rest${rest.map(({ value }) => `.get(${value})`).join("?")};
      if (found !== undefined) recent[slot] = found;
      return found;
    };`;
  const single = `return function find(labels) { return root.get(labels[${JSON.stringify(first)}])?.rest.get(undefined); };`;
  const compiled = compileFunction(others.length > 0 ? code : single, ["recent", "root"]) as (
    recent: readonly (Series | undefined)[],
    root: Root,
  ) => LabelIndex["find"];
  return compiled(recent, root);
}
