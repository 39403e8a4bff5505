import type { Catalog, LiveCardSpec, LiveChartSpec } from "@rumkit/protocol";
import { nearestName } from "../base/nearestName.ts";
import { describeValue, type Fault, Faults, type Path } from "../base/shape.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { figureNames } from "./figureNames.ts";
import { checkLabel, checkRead, type ReadContext, readableMetrics } from "./lintReads.ts";
import { isStep, liveReads, type LiveRead, type NumberEntry, selectedValues } from "./liveReads.ts";
import { checkStep, describeSteps, splitStep } from "./steps.ts";

/** Values of a label that are shown separately: each is a figure with 100 kB of history. */
const MOST_VALUES = 24;

/** The same of a quantile, whose seconds take up to 4 MB each. */
const MOST_QUANTILES = 8;

/** Numbers of all cards and charts with their values: each is a figure. */
const MOST_NUMBERS = 200;

const KIND_OF: ReadContext["kinds"] = {
  counter: "Write rate, increase or ratio.",
  gauge: "Write gauge: a gauge has a value, and no rate.",
  histogram: "Write quantile; rate, increase and ratio count its observations.",
};

interface Context extends ReadContext {
  readonly catalog: Catalog;
}

/**
 * Returns the faults of the cards and charts of the live page that the rest of the catalog shows: steps that are not
 * declared, unknown metrics, labels and values. The catalog must have the right shape. Never throws.
 */
export function lintLiveMetrics(
  catalog: Catalog,
  descriptors: readonly MetricDescriptor[],
): readonly Fault[] {
  const faults = new Faults("the catalog");
  const context = { catalog, ...readableMetrics(descriptors), faults, kinds: KIND_OF };
  const { cards = {}, charts = {}, activity } = catalog.live ?? {};
  let numbers = 0;
  for (const [part, entries] of Object.entries({ cards, charts }))
    for (const [name, entry] of Object.entries(entries)) {
      if (faults.isFull) return faults.found;
      numbers += checkEntry(context, entry, ["live", part, name]);
    }
  if (numbers > MOST_NUMBERS)
    faults.add(["live"], `has ${numbers} numbers with the values of by; ${MOST_NUMBERS} at most.`);
  const steps = describeSteps(catalog);
  for (const [index, event] of (activity?.events ?? []).entries())
    checkStep(event, ["live", "activity", "events", index], steps, faults);
  return faults.found;
}

/** Checks an entry. Returns how many numbers it has. */
function checkEntry(context: Context, entry: LiveCardSpec | LiveChartSpec, path: Path): number {
  const { catalog, faults } = context;
  if ("figure" in entry) {
    checkFigure(catalog, entry.figure, [...path, "figure"], faults);
    return 0;
  }
  const before = faults.found.length;
  checkSteps(context, entry, path);
  if (faults.found.length > before) return 0;
  const reads = liveReads(entry, catalog);
  const [read, whole] = reads;
  for (const each of reads) if (each) checkRead(context, each, path);
  if (faults.found.length > before) return 0;
  if ("money" in entry) checkCurrency(context, read, path);
  else checkNoMoney(context, reads, path);
  if ("ratio" in entry && whole) checkRatio(context, entry, [read, whole], path);
  return entry.by === undefined ? 1 : checkBy(context, entry, reads, path);
}

/** The keys of an entry that may name a step. */
const SOURCES: ReadonlySet<string> = new Set(["rate", "increase", "money", "ratio", "to"]);

/** Checks that steps are declared. A text without a colon is the name of a metric. */
function checkSteps({ catalog, faults }: Context, entry: NumberEntry, path: Path): void {
  const kinds = describeSteps(catalog);
  for (const [key, given] of Object.entries(entry)) {
    if (!SOURCES.has(key) || typeof given !== "string" || !isStep(given)) continue;
    const at = [...path, key];
    const before = faults.found.length;
    checkStep(given, at, kinds, faults);
    if (key !== "money" || faults.found.length > before) continue;
    checkMoneyStep(catalog, entry, given, path, faults);
  }
}

/** Checks that a step carries money, in the currency that is chosen. */
function checkMoneyStep(
  { conversions = {} }: Catalog,
  entry: NumberEntry,
  step: string,
  path: Path,
  faults: Faults,
): void {
  const { kind, name } = splitStep(step);
  const currencies = kind === "conversion" ? (conversions[name]?.value?.money ?? []) : [];
  const chosen = "money" in entry ? entry.currency : undefined;
  if (currencies.length === 0)
    faults.add(
      [...path, "money"],
      `carries no money: ${describeValue(step)}. Name a conversion with value: { money: […] }.`,
    );
  else if (chosen !== undefined && !currencies.includes(chosen))
    faults.add(
      [...path, "currency"],
      `is not a currency of ${step}: ${describeValue(chosen)}. Its currencies: ${currencies.join(", ")}.`,
    );
}

function checkFigure(catalog: Catalog, name: string, path: Path, faults: Faults): void {
  const known = figureNames(catalog);
  if (known.includes(name)) return;
  const meant =
    known.find((other) => other.replace(/^(card|chart)_/, "") === name) ?? nearestName(name, known);
  faults.add(
    path,
    `is not a figure of the live page: ${describeValue(name)}. ${meant === undefined ? `Known: ${known.slice(0, 10).join(", ")}, ….` : `Did you mean "${meant}"?`}`,
  );
}

/** Amounts of different currencies cannot be added. */
function checkCurrency({ metrics, faults }: Context, read: LiveRead, path: Path): void {
  const metric = metrics.get(read.name)!;
  if (metric.unit !== "currency")
    return faults.add([...path, ...read.at], `is not money: ${read.name}. Write rate or increase.`);
  const currencies = selectedValues(metric, read.labels, "currency");
  if (currencies.length > 1)
    faults.add(path, `needs a currency, because amounts of ${currencies.join(" and ")} cannot be added.`);
}

function checkNoMoney(
  { metrics, faults }: Context,
  reads: readonly (LiveRead | undefined)[],
  path: Path,
): void {
  for (const read of reads)
    if (read && metrics.get(read.name)?.unit === "currency")
      faults.add([...path, ...read.at], `is money: ${read.name}. Write money.`);
}

function checkRatio(
  { metrics, faults }: Context,
  { over }: Extract<NumberEntry, { ratio: unknown }>,
  [part, whole]: readonly [LiveRead, LiveRead],
  path: Path,
): void {
  const [isGauge, isOfGauge] = [part, whole].map(({ name }) => metrics.get(name)!.type === "gauge");
  if (isGauge !== isOfGauge)
    return faults.add(
      [...path, "to"],
      `must be a ${isGauge === true ? "gauge" : "counter"}, as ${part.name} is.`,
    );
  if (isGauge === true && over !== undefined)
    faults.add([...path, "over"], "is not for gauges, which have their value now.");
  if (part.name === whole.name && JSON.stringify(part.labels) === JSON.stringify(whole.labels))
    faults.add(path, `divides ${part.name} by itself, which is always 1. Select a part of it in labels.`);
}

/** Checks the label whose values are shown separately. Returns how many numbers there are. */
function checkBy(
  { metrics, faults }: Context,
  entry: NumberEntry,
  reads: readonly (LiveRead | undefined)[],
  path: Path,
): number {
  const { by = "" } = entry;
  const most = "quantile" in entry ? MOST_QUANTILES : MOST_VALUES;
  const at = [...path, "by"];
  for (const read of reads) {
    if (!read || !checkLabel(faults, metrics.get(read.name)!, by, at)) continue;
    const { length } = selectedValues(metrics.get(read.name)!, read.labels, by);
    if (length === 0) faults.add(at, `needs a label with declared values: ${by} of ${read.name} takes any.`);
    if (length > most)
      faults.add(at, `has ${length} values; ${most} at most. Select some of them in labels.`);
  }
  const [read] = reads;
  return 1 + (read ? selectedValues(metrics.get(read.name)!, read.labels, by).length : 0);
}
