import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { DEFAULT_BUDGET, type SeriesBudget } from "../metrics/seriesBudget.ts";
import { lintLabelName } from "./lintFields.ts";

/** Suffixes that the exposition adds itself, or that are reserved for one type. */
export const TAKEN_SUFFIX = /_(?:bucket|count|sum|info|created)$/;

/** Units that a name must end in (prometheus.io/docs/practices/naming, "Base units"). */
const BASE_UNITS: readonly MetricDescriptor["unit"][] = ["seconds", "bytes", "ratio"];

/**
 * Returns the violations of prometheus.io/docs/practices/naming and of `promtool check metrics`, one sentence each.
 * Never throws.
 */
export function lintDescriptors(
  descriptors: readonly MetricDescriptor[],
  budget: SeriesBudget = {},
): string[] {
  const { perProcess } = { ...DEFAULT_BUDGET, ...budget };
  const series = descriptors.reduce((sum, descriptor) => sum + descriptor.maxSeries, 0);
  return [
    ...descriptors.flatMap(lintDescriptor),
    ...lintNames(descriptors),
    ...(series > perProcess ? [`The metrics have up to ${series} series; ${perProcess} at most.`] : []),
  ];
}

function lintDescriptor(descriptor: MetricDescriptor): string[] {
  const { name, type, isInfo, isNamed, aliasOf, unit, help, labels, buckets } = descriptor;
  // An alias has the name that boards know, whatever its form.
  if (aliasOf) return [];
  const faults: string[] = [];
  if (!/^[a-z][a-z0-9_]*$/.test(name)) faults.push(`${name}: a metric name is lower-case snake_case.`);
  if ((type === "counter") !== name.endsWith("_total") && !(type === "gauge" && isNamed))
    faults.push(`${name}: counters, and only they, end in _total.`);
  if (isInfo ? !name.endsWith("_info") : TAKEN_SUFFIX.test(name))
    faults.push(`${name}: the suffix is taken.`);
  if (BASE_UNITS.includes(unit) && !name.replace(/_total$/, "").endsWith(`_${unit}`))
    faults.push(`${name}: must end in its unit, _${unit}.`);
  if (type === "histogram" && !buckets?.length) faults.push(`${name}: a histogram needs buckets.`);
  if (unit === "currency" && !labels.includes("currency"))
    faults.push(`${name}: money needs the label currency.`);
  return [
    ...faults,
    ...lintHelp(`${name}: HELP`, help),
    ...labels.flatMap((label) => lintLabelName(`${name}{${label}}`, label)),
  ];
}

function lintNames(descriptors: readonly MetricDescriptor[]): string[] {
  const seen = new Set<string>();
  return descriptors.flatMap(({ name }) => {
    if (seen.has(name)) return [`${name} is declared twice.`];
    seen.add(name);
    return [];
  });
}

/** Returns the faults of a help text. */
function lintHelp(path: string, help: string): string[] {
  return toSentence(help) === help ? [] : [`${path} must be a sentence with a full stop.`];
}

/** A help text with a full stop, as Prometheus and the dashboards show it. */
export function toSentence(help: string): string {
  const text = help.trim();
  return /[.!?。]$/.test(text) ? text : `${text}.`;
}
