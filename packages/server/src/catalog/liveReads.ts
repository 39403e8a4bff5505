import type {
  AlertLabels,
  Catalog,
  GaugeSpec,
  LiveCardSpec,
  LiveChartSpec,
  LiveNumber,
} from "@rumkit/protocol";
import { closedValues, labelOf, type MetricDescriptor, openLabels } from "../metrics/descriptor.ts";
import { secondsOf } from "./alertDefaults.ts";
import type { ReadMetric } from "./alertMetrics.ts";
import { gaugeFamilyName } from "./describeGaugeMetrics.ts";
import { moneyFamilyName } from "./describeCatalogMetrics.ts";
import { sourceOfStep, splitStep } from "./steps.ts";

type Entry = LiveCardSpec | LiveChartSpec;

/** A card or chart with a number that is not another figure. */
export type NumberEntry = Extract<Entry, LiveNumber>;

/** A metric that a card or chart reads. */
export interface LiveRead extends ReadMetric {
  /** The step that it is given by: `conversion:purchase`; undefined for the name of a metric. */
  readonly step: string | undefined;
  /** The sentence of the catalog about the step; undefined for the name of a metric. */
  readonly help: string | undefined;
}

const COUNTED = ["counter", "histogram"] as const;
const DIVIDED = [...COUNTED, "gauge"] as const;

/** Returns the metrics that an entry reads: the part before the whole. Its steps must be declared. */
export function liveReads(entry: NumberEntry, catalog: Catalog): readonly [LiveRead, LiveRead?] {
  const read = (key: string, given: string, types: ReadMetric["types"]): LiveRead =>
    readOf({ key, given, types, labels: entry.labels, labelsAt: "labels" }, catalog);
  if ("rate" in entry) return [read("rate", entry.rate, COUNTED)];
  if ("increase" in entry) return [read("increase", entry.increase, COUNTED)];
  if ("money" in entry) return [readMoney(entry, catalog)];
  if ("quantile" in entry) return [read("of", entry.of, ["histogram"])];
  if ("gauge" in entry) {
    const gauge = read("gauge", entry.gauge, ["gauge"]);
    const outOf = entry.outOf ?? gaugeOf(entry.gauge, catalog)?.outOf;
    return outOf === undefined ? [gauge] : [gauge, read("outOf", outOf, ["gauge"])];
  }
  const whole = { key: "to", given: entry.to, types: DIVIDED, labels: entry.toLabels, labelsAt: "toLabels" };
  return [read("ratio", entry.ratio, DIVIDED), readOf(whole, catalog)];
}

/** A gauge can be given by its name in the catalog, which lacks the unit of the metric. */
function gaugeOf(name: string, { gauges = {} }: Catalog): GaugeSpec | undefined {
  return Object.hasOwn(gauges, name) ? gauges[name] : undefined;
}

interface GivenRead {
  /** The key of the entry. */
  readonly key: string;
  /** Its value: a step, or the name of a metric. */
  readonly given: string;
  readonly types: ReadMetric["types"];
  readonly labels: AlertLabels | undefined;
  readonly labelsAt: string;
}

function readOf({ key, given, types, labels, labelsAt }: GivenRead, catalog: Catalog): LiveRead {
  const shared = { types, at: [key], labelsAt: [labelsAt] };
  if (!isStep(given)) {
    const gauge = types.includes("gauge") ? gaugeOf(given, catalog) : undefined;
    const name = gauge ? gaugeFamilyName(given, gauge) : given;
    return { ...shared, name, labels: labels ?? {}, step: undefined, help: gauge?.help };
  }
  const source = sourceOfStep(given, catalog);
  return {
    ...shared,
    name: source.metric,
    labels: { ...labels, ...source.labels },
    step: given,
    help: source.help,
  };
}

/** The money of a conversion is in another family than its number. */
function readMoney(entry: Extract<NumberEntry, { money: unknown }>, catalog: Catalog): LiveRead {
  const { money, labels, currency } = entry;
  const read = readOf(
    { key: "money", given: money, types: ["counter"], labels, labelsAt: "labels" },
    catalog,
  );
  const isOfServer = catalog.conversions?.[splitStep(money).name]?.from === "server";
  return {
    ...read,
    ...(isStep(money) && { name: moneyFamilyName(isOfServer ? "backend" : "page") }),
    labels: currency === undefined ? read.labels : { ...read.labels, currency },
  };
}

/** True for a step; no metric of ours has a colon in its name. */
export function isStep(text: string): boolean {
  return text.includes(":");
}

/** Returns the values of a label in the selected series, in the order of the catalog; none for an open label. */
export function selectedValues(
  descriptor: MetricDescriptor,
  labels: AlertLabels,
  label: string,
): readonly string[] {
  const { known, maxSeries } = descriptor;
  if (openLabels(descriptor).includes(label) || descriptor.learned === label) return [];
  const isWanted = (name: string, value: string | undefined): boolean =>
    !Object.hasOwn(labels, name) || [labels[name]!].flat().includes(value ?? "");
  if (known.length < maxSeries)
    return closedValues(descriptor, label).filter((value) => isWanted(label, value));
  const sets = known.filter((set) => Object.keys(labels).every((name) => isWanted(name, labelOf(set, name))));
  return [...new Set(sets.flatMap((set) => labelOf(set, label) ?? []))];
}

/** Seconds of a rate per second: long enough for a steady one, short enough to see a change at once. */
const RATE_SECONDS = 10;

/** Returns the seconds that the number of an entry is made of; 0 for a gauge. */
export function liveSeconds(entry: NumberEntry): number {
  if ("gauge" in entry) return 0;
  if (entry.over !== undefined) return secondsOf(entry.over);
  return "rate" in entry && entry.per !== "minute" ? RATE_SECONDS : 60;
}
