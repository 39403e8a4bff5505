import type { AppFamily, AppValue } from "../exposition/format.ts";
import { lineKey } from "./appIncrements.ts";
import { joinValues } from "./processValues.ts";
import type { SentFamily, SentValue } from "./wire.ts";

/** The sums over the registries of all workers. Lines of counters never go down, because nothing is taken away. */
export interface AppTotals {
  /** Adds the increments of a worker. */
  readonly add: (families: readonly SentFamily[]) => void;
  /** Returns the collector's own metrics joined with those of workers. `gauges` has a list for each worker. */
  readonly joinWith: (own: readonly AppFamily[], gauges: Iterable<readonly SentFamily[]>) => AppFamily[];
}

interface Total {
  readonly head: SentFamily;
  readonly lines: Map<string, SentValue>;
}

export function createAppTotals(): AppTotals {
  const totals = new Map<string, Total>();
  return {
    add: (families) => {
      for (const family of families) {
        if (family.type === "gauge") continue;
        const total = totals.get(family.name) ?? { head: family, lines: new Map() };
        totals.set(family.name, total);
        for (const line of family.values) addTo(total.lines, family.name, line);
      }
    },
    joinWith: (own, gauges) => {
      const joined = joinGauges(
        own,
        [...gauges].flat().filter(({ type }) => type === "gauge"),
      );
      const counted = [...totals.values()].filter(
        ({ head }) => !joined.some(({ name }) => name === head.name),
      );
      return [
        ...joined.map((family) => withCounts(family, totals.get(family.name))),
        ...counted.map(({ head, lines }) => ({ ...head, values: [...lines.values()] })),
      ];
    },
  };
}

function addTo(lines: Map<string, SentValue>, family: string, line: SentValue): void {
  const key = lineKey(family, line);
  lines.set(key, { ...line, value: (lines.get(key)?.value ?? 0) + line.value });
}

function withCounts(family: AppFamily, total: Total | undefined): AppFamily {
  // Of two different types under one name, the collector's own is shown.
  if (!total || total.head.type !== family.type) return family;
  const lines = new Map<string, SentValue>();
  for (const line of [...family.values, ...total.lines.values()])
    addTo(lines, family.name, line as SentValue);
  return { ...family, values: [...lines.values()] };
}

/** Joins the gauges line by line, by the rule that each family has in `prom-client`. */
function joinGauges(own: readonly AppFamily[], sent: readonly SentFamily[]): AppFamily[] {
  const byName = Map.groupBy(sent, ({ name }) => name);
  const others = [...byName].filter(([name]) => !own.some((family) => family.name === name));
  return [
    ...own.map((family) => {
      const ofWorkers = byName.get(family.name);
      const isJoined = ofWorkers && family.type === "gauge" && ofWorkers[0]?.aggregator !== "omit";
      return isJoined ? joinFamily([family as SentFamily, ...ofWorkers]) : family;
    }),
    ...others.map(([, families]) => joinFamily(families)),
  ];
}

function joinFamily(families: readonly SentFamily[]): AppFamily {
  const [head] = families as [SentFamily];
  const { aggregator } = families.at(-1)!;
  const lines = Map.groupBy(
    families.flatMap(({ values }) => [...values]),
    (line) => lineKey(head.name, line),
  );
  const values = [...lines.values()].flatMap((same): AppValue[] => {
    const value = joinValues(
      aggregator,
      same.map((line) => line.value),
    );
    return value === undefined ? [] : [{ ...same[0]!, value }];
  });
  return { name: head.name, help: head.help, type: head.type, values };
}
