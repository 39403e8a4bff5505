import type { AlertCondition, AlertSpec, Catalog } from "@rumkit/protocol";
import { describeValue, type Fault, Faults, type Path } from "../base/shape.ts";
import { nearestName } from "../base/nearestName.ts";
import { closedValues, labelOf, type MetricDescriptor, openLabels } from "../metrics/descriptor.ts";
import { checkAlertNames } from "./alertNames.ts";
import { alertsOf } from "./alertDefaults.ts";
import { metricsOf, type ReadMetric } from "./alertMetrics.ts";
import { checkClearEdge, checkEdges } from "./lintAlertEdges.ts";
import { primaryConversion } from "./primaryConversion.ts";

/**
 * Returns the faults of a catalog's alerts that its metrics show: unknown metrics, labels and values, and limits that no
 * value reaches. The catalog must have the right shape. Never throws.
 */
export function lintAlertMetrics(
  catalog: Catalog,
  descriptors: readonly MetricDescriptor[],
): readonly Fault[] {
  const faults = new Faults("the catalog");
  const metrics = new Map(descriptors.map((descriptor) => [descriptor.name, descriptor]));
  checkAlertNames(catalog, faults);
  for (const [name, alert] of Object.entries(alertsOf(catalog))) {
    if (faults.isFull) break;
    checkAlert({ catalog, metrics, faults }, alert, ["alerts", name, "when"]);
  }
  return faults.found;
}

interface Context {
  readonly catalog: Catalog;
  readonly metrics: ReadonlyMap<string, MetricDescriptor>;
  readonly faults: Faults;
}

function checkAlert(context: Context, { when, clear }: AlertSpec, path: Path): void {
  const before = context.faults.found.length;
  if ("slowPagesCost" in when) return checkSlowPages(context, when, path);
  for (const read of metricsOf(when)) checkRead(context, read, path);
  if (context.faults.found.length > before) return;
  const by = "by" in when ? (when.by ?? []) : [];
  for (const read of metricsOf(when))
    for (const [index, label] of by.entries())
      checkLabel(context, context.metrics.get(read.name)!, label, [...path, "by", index]);
  if (context.faults.found.length > before) return;
  checkMoney(context, when, path);
  if ("ratio" in when) checkParts(context, when, path);
  if ("quantile" in when || "share" in when) checkEdges(context, when, path);
  if ("quantile" in when && clear !== undefined) checkClearEdge(context, when, clear, path);
}

/** Checks that a metric exists, has the right type, and has the labels and values. */
function checkRead({ metrics, faults }: Context, read: ReadMetric, path: Path): void {
  const metric = metrics.get(read.name);
  const at = [...path, ...read.at];
  if (!metric)
    return faults.add(
      at,
      `is not a metric of this catalog: ${describeValue(read.name)}. ${meantMetric(read, metrics)}`,
    );
  if (!read.types.includes(metric.type))
    return faults.add(at, `is a ${metric.type}: ${read.name}. ${KIND_OF[metric.type]}`);
  for (const [label, wanted] of Object.entries(read.labels)) {
    const labelAt = [...path, ...read.labelsAt, label];
    if (!checkLabel({ metrics, faults }, metric, label, labelAt)) continue;
    const values = typeof wanted === "string" ? [wanted] : wanted;
    for (const value of values) checkValue(faults, metric, [label, value], labelAt);
  }
  checkTogether(faults, metric, read, path);
}

const KIND_OF: Readonly<Record<MetricDescriptor["type"], string>> = {
  counter: "Write rate, increase, ratio or absent.",
  gauge: "Write gauge: a gauge has a value, and no rate.",
  histogram: "Write quantile or share; rate, increase and ratio count its observations.",
};

function meantMetric({ name, types }: ReadMetric, metrics: Context["metrics"]): string {
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

function checkLabel(
  { faults }: Pick<Context, "faults" | "metrics">,
  metric: MetricDescriptor,
  label: string,
  path: Path,
): boolean {
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

/** Amounts of different currencies cannot be added, and money is not a number of events. */
function checkMoney({ metrics, faults }: Context, when: AlertCondition, path: Path): void {
  for (const { name, labels, at, labelsAt } of metricsOf(when)) {
    if (metrics.get(name)?.unit !== "currency") continue;
    if ("absent" in when) {
      faults.add([...path, ...at], `is money: ${name}. Take the counter of the conversions.`);
    } else if (typeof labels["currency"] !== "string" && !("by" in when && when.by?.includes("currency"))) {
      faults.add(
        [...path, ...labelsAt],
        `must select a currency of ${name}, e.g. { currency: "${closedValues(metrics.get(name)!, "currency")[0]}" }, or the condition by: ["currency"].`,
      );
    }
  }
}

/** A part must be one of the whole: the same selection on both sides is always 1, a wider one is above 1. */
function checkParts(
  { metrics, faults }: Context,
  when: Extract<AlertCondition, { ratio: unknown }>,
  path: Path,
): void {
  const [part, all] = [metrics.get(when.ratio)!, metrics.get(when.to)!];
  if ((part.unit === "currency") !== (all.unit === "currency"))
    return faults.add([...path, "to"], `counts something else than ${part.name}: one of them is money.`);
  if (part !== all) return;
  const labels = when.labels ?? {};
  const outer = Object.entries(when.toLabels ?? {});
  const valuesOf = (value: string | readonly string[] = []): readonly string[] => [value].flat();
  const isInside = outer.every(
    ([label, value]) =>
      valuesOf(labels[label]).length > 0 &&
      valuesOf(labels[label]).every((inner) => valuesOf(value).includes(inner)),
  );
  const isSame =
    Object.keys(labels).length === outer.length &&
    outer.every(([label, value]) =>
      valuesOf(value).every((inner) => valuesOf(labels[label]).includes(inner)),
    );
  if (isInside && isSame)
    faults.add(path, `divides ${part.name} by itself, which is always 1. Select a part of it in labels.`);
  else if (!isInside)
    faults.add([...path, "labels"], `must select a part of what toLabels selects of ${part.name}.`);
  else if (when.above !== undefined && when.above >= 1 && when.comparedTo === undefined)
    faults.add([...path, "above"], `is never reached: a part of ${part.name} is at most 1.`);
}

function checkSlowPages(
  { catalog, faults }: Context,
  when: Extract<AlertCondition, { slowPagesCost: unknown }>,
  path: Path,
): void {
  const conversions = catalog.conversions ?? {};
  const name = when.conversion ?? primaryConversion(catalog)?.name;
  if (name === undefined)
    return faults.add(path, "needs a conversion of the server with money; the catalog has none.");
  const at = when.conversion === undefined ? path : [...path, "conversion"];
  const spec = Object.hasOwn(conversions, name) ? conversions[name] : undefined;
  if (!spec) {
    const meant = nearestName(name, Object.keys(conversions));
    return faults.add(
      at,
      `is not a conversion: ${describeValue(name)}.${meant ? ` Did you mean "${meant}"?` : ""}`,
    );
  }
  const currencies = spec.value?.money ?? [];
  if (spec.from !== "server" || spec.experience !== true || currencies.length === 0)
    return faults.add(
      at,
      `needs money by experience: conversions.${name} must have from: "server", value and experience: true.`,
    );
  if (!currencies.includes(when.slowPagesCost))
    faults.add(
      [...path, "slowPagesCost"],
      `is not a currency of conversions.${name}: ${describeValue(when.slowPagesCost)}. Its currencies: ${currencies.join(", ")}.`,
    );
}
