/** Counters as a collector tells them on `/metrics`, and what follows from them without PromQL. */

export interface RawSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Values by label set, as `keyOf` writes it. */
export type Values = Readonly<Record<string, number>>;

/** Reads `/metrics` as a person does: without a scraper's timeout, which shows a new series as 0 at first. */
export async function readCounters(origin: string): Promise<RawSeries[]> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  return text.split("\n").flatMap((line) => {
    const read = /^(\w+)(?:\{(.*)\})? (\S+)/.exec(line);
    if (!read) return [];
    const [, name = "", labels = "", value] = read;
    return { name, labels: readLabels(labels), value: Number(value) };
  });
}

function readLabels(text: string): Record<string, string> {
  const pairs = text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
  return Object.fromEntries([...pairs].map(([, label, value]) => [label, JSON.parse(`"${value}"`)]));
}

/** Writes labels in their alphabetical order. */
export function keyOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Returns what each counter grew by. A series that was not there before began at 0. */
export function increasesOf(before: readonly RawSeries[], after: readonly RawSeries[]): RawSeries[] {
  const keyOfSeries = ({ name, labels }: RawSeries): string => name + keyOf(labels);
  const first = new Map(before.map((series) => [keyOfSeries(series), series.value]));
  return after.map((series) => ({ ...series, value: series.value - (first.get(keyOfSeries(series)) ?? 0) }));
}

/** Returns the series of a name that have these labels. */
export function select(
  series: readonly RawSeries[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): RawSeries[] {
  return series.filter(
    (each) =>
      each.name === name && Object.entries(labels).every(([label, value]) => each.labels[label] === value),
  );
}

/** Adds up the series of equal values of these labels. A series without a label counts to those without it. */
export function sumBy(series: readonly RawSeries[], by: readonly string[] = []): Values {
  const sums: Record<string, number> = {};
  for (const { labels, value } of series) {
    const kept = Object.entries(labels).filter(([label]) => by.includes(label));
    const key = keyOf(Object.fromEntries(kept));
    sums[key] = (sums[key] ?? 0) + value;
  }
  return sums;
}

/** Divides what has equal labels. Where nothing happened there is no ratio. */
export function divide(part: Values, whole: Values): Values {
  const pairs = Object.entries(whole).filter(([, value]) => value > 0);
  return Object.fromEntries(pairs.map(([key, value]) => [key, (part[key] ?? 0) / value]));
}

/** Multiplies every value. */
export function times(values: Values, factor: number): Values {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value * factor]));
}

/**
 * Reads a quantile of all buckets together, as if the observations of a bucket lay evenly between its edges. Of those
 * above the last edge, only that edge is known.
 */
export function quantile(q: number, buckets: readonly RawSeries[]): Values {
  const counts = Object.entries(sumBy(buckets, ["le"]))
    .map(([key, count]) => ({ edge: edgeOf(key), count }))
    .toSorted((a, b) => a.edge - b.edge);
  const rank = q * (counts.at(-1)?.count ?? 0);
  if (rank === 0) return {};
  const index = counts.findIndex(({ count }) => count >= rank);
  const { edge, count } = counts[index]!;
  const below = counts[index - 1] ?? { edge: 0, count: 0 };
  if (edge === Infinity) return { [keyOf({})]: below.edge };
  const share = (rank - below.count) / (count - below.count);
  return { [keyOf({})]: below.edge + (edge - below.edge) * share };
}

function edgeOf(key: string): number {
  const [[, edge]] = JSON.parse(key) as [[string, string]];
  return edge === "+Inf" ? Infinity : Number(edge);
}
