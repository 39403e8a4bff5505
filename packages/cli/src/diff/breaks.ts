import { nearestName } from "@rumkit/server/internal/base";
import type { DescribedMetric } from "../generate/metricsJson.ts";
import type { MetricChange, MetricChanges } from "./compareMetrics.ts";

/** A change after which a counter begins again, splits or ends, so that a query over it misleads. */
export interface Break {
  readonly kind: "removed" | "renamed" | "moved" | "type" | "labels" | "split" | "values" | "buckets";
  readonly metric: string;
  /** Whole sentences. */
  readonly text: string;
}

/** Finds all breaking changes, those that lose most first. */
export function findBreaks(changes: MetricChanges): Break[] {
  const moved = findMoved(changes);
  const isMoved = (metric: string, value: string): boolean =>
    moved.some((move) => move.metric === metric && move.value === value);
  return [
    ...changes.removed.map((metric) => describeRemoved(metric, changes.added)),
    ...moved,
    ...changes.changed.flatMap((change) => [
      ...describeType(change),
      ...describeLabels(change),
      ...describeSplits(change),
      ...describeValues(change, isMoved),
      ...describeBuckets(change),
    ]),
  ];
}

function describeRemoved(metric: DescribedMetric, added: readonly DescribedMetric[]): Break {
  const { name } = metric;
  const twin = findTwin(metric, added);
  return twin === undefined
    ? { kind: "removed", metric: name, text: `${name} is gone: queries of it find nothing.` }
    : {
        kind: "renamed",
        metric: name,
        text: `${name} is probably renamed to ${twin}, which begins at 0. A query of both names continues it.`,
      };
}

/** Finds the new name of a metric: all else is the same, or at least the text and the kind of its name. */
function findTwin(metric: DescribedMetric, added: readonly DescribedMetric[]): string | undefined {
  const shape = ({ type, help, labels }: DescribedMetric): string => JSON.stringify([type, help, labels]);
  const alike = added.filter(({ type }) => type === metric.type);
  return (
    alike.find(({ name }) => name === otherSide(metric.name))?.name ??
    alike.find((other) => shape(other) === shape(metric))?.name ??
    alike.find(({ help }) => help === metric.help)?.name ??
    nearestName(
      metric.name,
      alike.map(({ name }) => name),
    )
  );
}

interface Moved extends Break {
  readonly value: string;
}

/** Finds the names that pages reported and the backend reports now, or the other way round. */
function findMoved({ changed, added, removed }: MetricChanges): Moved[] {
  const gone = [
    ...changed.flatMap(({ before, values }) =>
      values.map(({ label, removed: lost }) => ({ name: before.name, label, values: lost })),
    ),
    ...removed
      // The whole metric is renamed, which is one sentence.
      .filter(({ name }) => !added.some((metric) => metric.name === otherSide(name)))
      .flatMap(({ name, labels }) => labels.map(({ name: label, values = [] }) => ({ name, label, values }))),
  ];
  const fresh = [
    ...changed.flatMap(({ after, values }) =>
      values.map(({ label, added: more }) => ({ name: after.name, label, values: more })),
    ),
    ...added.flatMap(({ name, labels }) =>
      labels.map(({ name: label, values = [] }) => ({ name, label, values })),
    ),
  ];
  return gone
    .filter(({ label }) => NAMES.has(label))
    .flatMap(({ name, label, values }) => {
      const other = otherSide(name);
      const target = fresh.find((found) => found.name === other && found.label === label);
      return values
        .filter((value) => target?.values.includes(value))
        .map((value) => ({
          kind: "moved" as const,
          metric: name,
          value,
          text: `${name}{${label}=${JSON.stringify(value)}} moves to ${other}, where it begins at 0.`,
        }));
    });
}

/** The name of the same metric on the other side: those of pages begin with `rum_`. */
function otherSide(name: string): string {
  return name.startsWith("rum_") ? name.slice("rum_".length) : `rum_${name}`;
}

/** Labels whose values are names of the catalog. */
const NAMES: ReadonlySet<string> = new Set(["action", "conversion", "feature", "job_name", "funnel"]);

function describeType({ before, after }: MetricChange): Break[] {
  if (before.type === after.type && before.unit === after.unit) return [];
  const [was, is] = before.type === after.type ? [before.unit, after.unit] : [before.type, after.type];
  return [
    {
      kind: "type",
      metric: after.name,
      text: `${after.name} was ${was} and is ${is}: its old and new values cannot be compared.`,
    },
  ];
}

/** The labels of the whole family, if they are not those of single names: see `describeSplits`. */
function describeLabels({ after, labelsAdded, labelsRemoved, splits }: MetricChange): Break[] {
  if (splits.length > 0 || labelsAdded.length + labelsRemoved.length === 0) return [];
  // A label that only new names have leaves the series of the others as they are.
  if (
    labelsRemoved.length === 0 &&
    after.combinations.some((set) => labelsAdded.every((label) => !Object.hasOwn(set, label)))
  )
    return [];
  const parts = [
    ...labelsAdded.map((label) => `gets the label ${label}`),
    ...labelsRemoved.map((label) => `loses the label ${label}`),
  ];
  return [
    {
      kind: "labels",
      metric: after.name,
      text: `${after.name} ${parts.join(" and ")}: every series ends, and begins again at 0 under other labels.`,
    },
  ];
}

function describeSplits({ after, splits }: MetricChange): Break[] {
  return splits.map(({ label, value, added, removed }) => {
    const series = `${after.name}{${label}=${JSON.stringify(value)}}`;
    const gains = Object.entries(added).map(
      ([name, values]) => `splits by ${name}, which a call must give now: ${listValues(values)}`,
    );
    const losses = removed.map((name) => `is one series without ${name}, which is an attribute now`);
    return {
      kind: "split",
      metric: after.name,
      text: `${series} ${[...gains, ...losses].join("; it ")}. It begins at 0.`,
    };
  });
}

function describeValues(
  { after, values }: MetricChange,
  isMoved: (metric: string, value: string) => boolean,
): Break[] {
  // Values of the collector's counters about itself are names of metrics and labels, which are reported by themselves.
  if (after.side === "collector") return [];
  return values.flatMap(({ label, removed, added }) =>
    removed
      .filter((value) => !isMoved(after.name, value))
      .map((value) => {
        const twin =
          nearestName(value, added) ??
          (NAMES.has(label) && removed.length === 1 && added.length === 1 ? added[0] : undefined);
        const series = `${after.name}{${label}=${JSON.stringify(value)}}`;
        return {
          kind: twin === undefined ? ("values" as const) : ("renamed" as const),
          metric: after.name,
          text:
            twin === undefined
              ? `${series} ends${NAMES.has(label) ? ", and events of that name are refused" : ""}.`
              : `${series} is probably renamed to ${JSON.stringify(twin)}, which begins at 0.`,
        };
      }),
  );
}

function describeBuckets({ after, edgesAdded, edgesRemoved }: MetricChange): Break[] {
  if (edgesAdded.length + edgesRemoved.length === 0) return [];
  const parts = [
    ...(edgesAdded.length > 0 ? [`gets the edges ${edgesAdded.join(", ")}`] : []),
    ...(edgesRemoved.length > 0 ? [`loses the edges ${edgesRemoved.join(", ")}`] : []),
  ];
  return [
    {
      kind: "buckets",
      metric: after.name,
      text: `${after.name} ${parts.join(" and ")}: percentiles over a time with both are wrong.`,
    },
  ];
}

const MOST_VALUES = 5;

function listValues(values: readonly string[]): string {
  const shown = values.slice(0, MOST_VALUES).map((value) => JSON.stringify(value));
  const rest = values.length - shown.length;
  return [...shown, ...(rest > 0 ? [`${rest} more`] : [])].join(", ");
}
