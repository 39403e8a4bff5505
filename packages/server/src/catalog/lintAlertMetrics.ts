import type { AlertCondition, AlertSpec, Catalog } from "@rumkit/protocol";
import { describeValue, type Fault, Faults, type Path } from "../base/shape.ts";
import { nearestName } from "../base/nearestName.ts";
import { closedValues, type MetricDescriptor } from "../metrics/descriptor.ts";
import { checkAlertNames } from "./alertNames.ts";
import { alertsOf } from "./alertDefaults.ts";
import { metricsOf } from "./alertMetrics.ts";
import { checkClearEdge, checkEdges } from "./lintAlertEdges.ts";
import { checkLabel, checkRead, type ReadContext, readableMetrics } from "./lintReads.ts";
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
  const read = readableMetrics(descriptors);
  checkAlertNames(catalog, faults);
  for (const [name, alert] of Object.entries(alertsOf(catalog))) {
    if (faults.isFull) break;
    checkAlert({ catalog, ...read, faults, kinds: KIND_OF }, alert, ["alerts", name, "when"]);
  }
  return faults.found;
}

interface Context extends ReadContext {
  readonly catalog: Catalog;
}

const KIND_OF: Readonly<Record<MetricDescriptor["type"], string>> = {
  counter: "Write rate, increase, ratio or absent.",
  gauge: "Write gauge: a gauge has a value, and no rate.",
  histogram: "Write quantile or share; rate, increase and ratio count its observations.",
};

function checkAlert(context: Context, { when, clear }: AlertSpec, path: Path): void {
  const before = context.faults.found.length;
  if ("slowPagesCost" in when) return checkSlowPages(context, when, path);
  for (const read of metricsOf(when)) checkRead(context, read, path);
  if (context.faults.found.length > before) return;
  const by = "by" in when ? (when.by ?? []) : [];
  for (const read of metricsOf(when))
    for (const [index, label] of by.entries())
      checkLabel(context.faults, context.metrics.get(read.name)!, label, [...path, "by", index]);
  if (context.faults.found.length > before) return;
  checkMoney(context, when, path);
  if ("ratio" in when) checkParts(context, when, path);
  if ("quantile" in when || "share" in when) checkEdges(context, when, path);
  if ("quantile" in when && clear !== undefined) checkClearEdge(context, when, clear, path);
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
