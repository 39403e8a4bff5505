import { nearestName } from "../base/nearestName.ts";
import { describeValue, type Faults, type Path } from "../base/shape.ts";
import { closedValues, labelOf, type MetricDescriptor, openLabels } from "../metrics/descriptor.ts";
import type { ReadMetric } from "./alertMetrics.ts";

/** The metrics of a catalog, and where its faults go. */
export interface ReadContext {
  readonly metrics: ReadonlyMap<string, MetricDescriptor>;
  /** The families of aliases, by alias. */
  readonly aliases: ReadonlyMap<string, string>;
  readonly faults: Faults;
  /** The keys that read a metric of each type, as a sentence. */
  readonly kinds: Readonly<Record<MetricDescriptor["type"], string>>;
}

/** The metrics that conditions and cards can name. Not aliases: the collector itself evaluates the family. */
export function readableMetrics(
  descriptors: readonly MetricDescriptor[],
): Pick<ReadContext, "metrics" | "aliases"> {
  return {
    metrics: new Map(
      descriptors.flatMap((descriptor) => (descriptor.aliasOf ? [] : [[descriptor.name, descriptor]])),
    ),
    aliases: new Map(descriptors.flatMap(({ name, aliasOf }) => (aliasOf ? [[name, aliasOf.metric]] : []))),
  };
}

/** Checks that a metric exists, has the right type, and has the labels and values. */
export function checkRead(
  { metrics, aliases, faults, kinds }: ReadContext,
  read: ReadMetric,
  path: Path,
): void {
  const metric = metrics.get(read.name);
  const at = [...path, ...read.at];
  const family = aliases.get(read.name);
  if (family !== undefined) return faults.add(at, `is an alias: ${read.name}. Name its family, ${family}.`);
  if (!metric)
    return faults.add(
      at,
      `is not a metric of this catalog: ${describeValue(read.name)}. ${meantMetric(read, metrics)}`,
    );
  if (!read.types.includes(metric.type))
    return faults.add(at, `is a ${metric.type}: ${read.name}. ${kinds[metric.type]}`);
  for (const [label, wanted] of Object.entries(read.labels)) {
    const labelAt = [...path, ...read.labelsAt, label];
    if (!checkLabel(faults, metric, label, labelAt)) continue;
    const values = typeof wanted === "string" ? [wanted] : wanted;
    for (const value of values) checkValue(faults, metric, [label, value], labelAt);
  }
  checkTogether(faults, metric, read, path);
}

function meantMetric({ name, types }: ReadMetric, metrics: ReadContext["metrics"]): string {
  const names = [...metrics.values()].filter(({ type }) => types.includes(type)).map((metric) => metric.name);
  const base = name.replace(/_(bucket|count|sum)$/, "");
  const meant = metrics.has(base)
    ? base
    : (nearestName(name, names) ?? names.find((known) => isPartOf(name, known)));
  return meant === undefined ? "rumkit generate --docs lists them." : `Did you mean "${meant}"?`;
}

/** `checkout_errors` is not a part of a name, `page_views` is one of `rum_page_views_total`. */
function isPartOf(name: string, known: string): boolean {
  return name.length > 3 && known.includes(name);
}

/** Checks that a metric has a label. */
export function checkLabel(faults: Faults, metric: MetricDescriptor, label: string, path: Path): boolean {
  if (metric.labels.includes(label)) return true;
  const meant = nearestName(label, metric.labels) ?? metric.labels.find((known) => label.includes(known));
  const known = metric.labels.length > 0 ? `Its labels: ${metric.labels.join(", ")}.` : "It has none.";
  faults.add(
    path,
    `is not a label of ${metric.name}: ${describeValue(label)}. ${meant === undefined ? known : `Did you mean "${meant}"?`}`,
  );
  return false;
}

function checkValue(
  faults: Faults,
  metric: MetricDescriptor,
  [label, value]: readonly [string, string],
  path: Path,
): void {
  if (metric.learned === label || openLabels(metric).includes(label)) return;
  const values = closedValues(metric, label);
  if (values.includes(value)) return;
  const meant =
    nearestName(value, values) ?? values.find((known) => known[0] === value[0] && /^\dxx$/.test(known));
  const shown = values.slice(0, 10).join(", ");
  faults.add(
    path,
    `is never ${describeValue(value)} in ${metric.name}. ${meant === undefined ? `Its values: ${shown}.` : `Did you mean "${meant}"?`}`,
  );
}

/** Values that exist, but not together: the experience of a conversion that is not counted by it. */
function checkTogether(
  faults: Faults,
  metric: MetricDescriptor,
  { labels, labelsAt }: ReadMetric,
  path: Path,
): void {
  if (metric.known.length === 0 || metric.known.length < metric.maxSeries || metric.learned !== undefined)
    return;
  const wanted = Object.entries(labels);
  const each = wanted.every(([label]) => metric.labels.includes(label));
  const isThere = metric.known.some((set) =>
    wanted.every(([label, value]) => [value].flat().includes(labelOf(set, label) ?? "")),
  );
  if (
    each &&
    !isThere &&
    !faults.found.some(({ path: at }) => at.join().startsWith([...path, ...labelsAt].join()))
  )
    faults.add([...path, ...labelsAt], `has values that ${metric.name} never has together.`);
}
