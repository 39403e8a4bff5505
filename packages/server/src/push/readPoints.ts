import type { AppFamily, AppValue } from "../exposition/format.ts";
import { isHistogram, isUnknown, readBuckets, readFamily, readValue } from "../exposition/seriesReader.ts";
import type { Labels, MetricDescriptor } from "../metrics/descriptor.ts";
import type { ExposedFamily } from "../metrics/aliasFamilies.ts";
import type { Series } from "../metrics/seriesStore.ts";
import { idOf, type Line, type PushedFamily, type PushedSeries } from "./pushedSeries.ts";

/** A series with its values at this moment. */
export interface Reading {
  readonly series: PushedSeries;
  readonly values: readonly number[];
  /** True for a counter or a histogram of the collector that no journal had: it began at 0 in this process. */
  readonly beganAtZero: boolean;
}

/** The surroundings of a reading. */
export interface ReaderOptions {
  /** The time from which the values of a series count that is not born in this process, in milliseconds since 1970. */
  readonly startOf: (isRestored: boolean) => number;
  /** The series of a previous reading. */
  readonly known: (id: string) => PushedSeries | undefined;
  /** Labels for every series of the collector that has no label of the same name. */
  readonly defaultLabels: Labels;
}

/** Returns a function that reads the families of the collector, with the values that a scrape would show. */
export function createFamilyReader(): (family: ExposedFamily, options: ReaderOptions) => Generator<Reading> {
  const made = new WeakMap<Series, PushedSeries>();
  const shapes = new WeakMap<MetricDescriptor, Shape>();
  return function* read(family, { startOf, defaultLabels }) {
    const { descriptor } = family;
    let shape = shapes.get(descriptor);
    if (!shape) shapes.set(descriptor, (shape = shapeOf(descriptor)));
    const isCumulative = descriptor.type !== "gauge";
    for (const series of readFamily(family)) {
      if (isUnknown(series)) continue;
      let pushed = made.get(series);
      if (!pushed) {
        const labels = { ...defaultLabels, ...series.labels };
        const isBorn = Number.isFinite(series.bornAt);
        const begin = isBorn ? Math.round(series.bornAt) : startOf(series.isRestored);
        const startedAt = isCumulative ? begin : 0;
        pushed = { id: idOf(descriptor.name, labels), ...shape, labels, startedAt };
        made.set(series, pushed);
      }
      yield { series: pushed, values: valuesOf(series), beganAtZero: isCumulative && !series.isRestored };
    }
  };
}

type Shape = Pick<PushedSeries, "family" | "lines">;

function shapeOf({ name, type, help, unit, buckets }: MetricDescriptor): Shape {
  const family: PushedFamily = { name, type, help, unit: unit === "none" || unit === "currency" ? "" : unit };
  if (type !== "histogram") return { family, lines: [{ name }] };
  const edges = [...(buckets ?? []).map(String), "+Inf"];
  const lines: Line[] = edges.map((edge) => ({ name: `${name}_bucket`, extra: ["le", edge] }));
  return { family, lines: [...lines, { name: `${name}_sum` }, { name: `${name}_count` }] };
}

function valuesOf(series: Series): number[] {
  if (!isHistogram(series)) return [readValue(series)];
  const { counts, sum } = readBuckets(series);
  let count = 0;
  const cumulative = Array.from(counts, (inBucket) => (count += inBucket));
  return [...cumulative, sum, count];
}

/** The labels of lines that belong to one series. */
const OF_LINES: ReadonlySet<string> = new Set(["le", "quantile"]);

/** Reads a family that the app counts itself. */
export function* readAppFamily(
  { name, type, help, values }: AppFamily,
  { startOf, known }: Pick<ReaderOptions, "known" | "startOf">,
): Generator<Reading> {
  const family: PushedFamily = { name, type, help, unit: "" };
  const isOfLines = type === "histogram" || type === "summary";
  const groups = new Map<string, { labels: Labels; lines: Line[]; values: number[] }>();
  for (const value of values) {
    const { labels, line } = splitValue(value, name, isOfLines);
    const id = idOf(name, labels);
    const group = groups.get(id) ?? { labels, lines: [], values: [] };
    groups.set(id, group);
    group.lines.push(line);
    group.values.push(value.value);
  }
  const startedAt = type === "counter" || isOfLines ? startOf(false) : 0;
  for (const [id, { labels, lines, values: read }] of groups) {
    const before = known(id);
    const series =
      before && haveSameLines(before.lines, lines) ? before : { id, family, labels, lines, startedAt };
    yield { series, values: read, beganAtZero: false };
  }
}

function haveSameLines(before: readonly Line[], lines: readonly Line[]): boolean {
  return (
    before.length === lines.length &&
    before.every(({ name, extra }, index) => {
      const line = lines[index]!;
      return name === line.name && extra?.[1] === line.extra?.[1];
    })
  );
}

function splitValue(
  { labels = {}, metricName }: AppValue,
  family: string,
  isOfLines: boolean,
): { readonly labels: Labels; readonly line: Line } {
  const own: Record<string, string> = {};
  let extra: Line["extra"];
  for (const [label, value] of Object.entries(labels)) {
    if (isOfLines && OF_LINES.has(label)) extra = [label, String(value)];
    else own[label] = String(value);
  }
  return { labels: own, line: { name: metricName ?? family, ...(extra && { extra }) } };
}
