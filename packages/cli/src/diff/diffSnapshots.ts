import { type Break, findBreaks } from "./breaks.ts";
import { compareMetrics, type MetricChanges, type ValueChange } from "./compareMetrics.ts";
import { compareParts, type PartChanges } from "./compareParts.ts";
import type { Snapshot } from "./snapshot.ts";

/** Everything that differs between two versions of a catalog. */
export interface Difference {
  readonly app: { readonly before: string; readonly after: string };
  /** Label sets and lines at most. */
  readonly total: {
    readonly series: { readonly before: number; readonly after: number };
    readonly lines: { readonly before: number; readonly after: number };
  };
  readonly breaks: readonly Break[];
  readonly metrics: MetricChanges;
  /** Values that come or go in several metrics alike, such as routes. */
  readonly values: readonly SharedValues[];
  /** Undefined if boards and rules of the old version are unknown. */
  readonly parts: PartChanges | undefined;
}

interface SharedValues extends ValueChange {
  readonly metrics: readonly string[];
}

export function diffSnapshots(before: Snapshot, after: Snapshot): Difference {
  const metrics = compareMetrics(before.metrics, after.metrics);
  const sum = (snapshot: Snapshot, key: "maxSeries" | "maxLines"): number =>
    snapshot.metrics.reduce((total, metric) => total + metric[key], 0);
  const count = (key: "maxSeries" | "maxLines") => ({ before: sum(before, key), after: sum(after, key) });
  return {
    app: { before: before.app, after: after.app },
    total: { series: count("maxSeries"), lines: count("maxLines") },
    breaks: uniteBreaks(findBreaks(metrics)),
    metrics,
    values: shareValues(metrics),
    parts: before.parts && after.parts && compareParts(before.parts, after.parts),
  };
}

/** True if nothing differs. */
export function isEmpty({ app, metrics, parts }: Difference): boolean {
  const lists = [
    metrics.added,
    metrics.removed,
    metrics.changed,
    ...[parts?.boards, parts?.panels, parts?.rules].flatMap((names) => (names ? Object.values(names) : [])),
  ];
  return app.before === app.after && lists.every(({ length }) => length === 0);
}

/** A route that goes ends series in a dozen metrics: one sentence says it. */
function uniteBreaks(breaks: readonly Break[]): Break[] {
  const groups = new Map<string, Break[]>();
  for (const found of breaks) {
    const rest = found.text.startsWith(found.metric) ? found.text.slice(found.metric.length) : found.text;
    groups.set(rest, [...(groups.get(rest) ?? []), found]);
  }
  return [...groups.values()].map(([first, ...others]) => {
    if (others.length === 0) return first!;
    const names = others.map(({ metric }) => metric).slice(0, MOST_NAMES);
    const more = others.length - names.length;
    return {
      ...first!,
      text: `${first!.text} Likewise in ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}.`,
    };
  });
}

const MOST_NAMES = 3;

function shareValues({ changed }: MetricChanges): SharedValues[] {
  const shared = new Map<string, SharedValues>();
  for (const { after, values } of changed) {
    for (const change of values) {
      const key = JSON.stringify(change);
      shared.set(key, { ...change, metrics: [...(shared.get(key)?.metrics ?? []), after.name] });
    }
  }
  return [...shared.values()];
}
