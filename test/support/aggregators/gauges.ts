import type { Catalog, GaugeSpec, LabelSpec } from "@rumkit/protocol";
import type { Target } from "./traffic.ts";

/**
 * Sets the gauges of a minute: a sum is spread over the processes, and of a value that all of them read from one source
 * each sets the same.
 */
export function spreadGauges(catalog: Catalog, minute: number, one: Target, many: readonly Target[]): void {
  for (const [name, spec] of Object.entries(catalog.gauges ?? {}))
    labelSetsOf(spec.labels).forEach((labels, index) => {
      const part = 1 + ((minute + index) % 5);
      set(one, name, joined(spec, part, many.length), labels);
      for (const target of many) set(target, name, part, labels);
    });
}

/** The value of one process whose equals have `part` each. */
function joined({ processes, unit }: GaugeSpec, part: number, count: number): number {
  const rule = processes ?? (unit === "seconds" || unit === "ratio" ? "max" : "sum");
  return rule === "sum" ? part * count : part;
}

/**
 * Shows what no catalog declares: connections of pools, of which each process has its own, and the depth of a queue, which
 * all of them read from one source.
 */
export function showStates({ collector }: Target, processes: number): void {
  collector.trackPool("main", () => ({ active: 2 * processes, idle: processes, waiting: 3 * processes }));
  collector.trackQueue("mail", () => 17);
}

type SetGauge = (name: string, value: number, labels?: object) => void;

function set({ collector }: Target, name: string, value: number, labels: object): void {
  const setGauge = collector.setGauge as unknown as SetGauge;
  if (Object.keys(labels).length === 0) setGauge(name, value);
  else setGauge(name, value, labels);
}

/** All combinations of the values of labels. */
function labelSetsOf(labels: LabelSpec = {}): Readonly<Record<string, string>>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (sets, [label, values]) => sets.flatMap((each) => values.map((value) => ({ ...each, [label]: value }))),
    [{}],
  );
}
