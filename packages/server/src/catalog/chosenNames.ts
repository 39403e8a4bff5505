import type { Catalog } from "@rumkit/protocol";
import { type Check, describePath, describeValue, type Faults, type Path } from "../base/shape.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { measurementFamilyName } from "./describeCatalogMetrics.ts";
import { gaugeFamilyName } from "./describeGaugeMetrics.ts";
import { TAKEN_SUFFIX } from "./lintDescriptors.ts";
import { ingestedFamilyName } from "./names.ts";

type Type = MetricDescriptor["type"];

/** A metric name in Prometheus' data model, in the case that all of ours have. */
const FAMILY = /^[a-z][a-z0-9_]{0,127}$/;

/** Families of the Node.js process, which `prom-client` collects, and series that Prometheus makes for each target. */
const OF_OTHERS = /^(?:(?:process|nodejs)_.*|up|scrape_.*|alerts|alerts_for_state|target_info)$/;

const EXAMPLES: Readonly<Record<Type, string>> = {
  counter: '"license_borrows_total"',
  gauge: '"licenses_borrowed"',
  histogram: '"clip_job_latency_seconds"',
};

/** Checks the name that a catalog gives to a family of a type. Only a gauge may end in `_total`, for boards that exist. */
export function checkFamilyName(type: Type): Check {
  return (name, path, faults) => {
    if (typeof name !== "string" || !FAMILY.test(name))
      return faults.add(
        path,
        `must be a metric name in snake_case, e.g. ${EXAMPLES[type]}, not ${describeValue(name)}.`,
      );
    const fault = faultOf(name, type);
    if (fault !== undefined) faults.add(path, fault);
  };
}

function faultOf(name: string, type: Type): string | undefined {
  const shown = JSON.stringify(name);
  if (name.startsWith("rum_"))
    return `must not begin with rum_, as what the collector itself names: ${shown}. Use "${name.slice(4)}".`;
  if (OF_OTHERS.test(name))
    return `is a name of the Node.js process or of Prometheus: ${shown}. Put the app's name first.`;
  const taken = TAKEN_SUFFIX.exec(name)?.[0];
  if (taken !== undefined)
    return `must not end in ${taken}, which Prometheus adds to names of series. Use "${name.slice(0, -taken.length)}".`;
  const isTotal = name.endsWith("_total");
  if (type === "counter" && !isTotal) return `must end in _total, as counters do: "${name}_total".`;
  if (type === "histogram" && isTotal)
    return `must not end in _total, as counters do. Use "${name.slice(0, -"_total".length)}".`;
  return undefined;
}

/** Checks a further name of a family: any that the metrics of others do not have, with the suffixes of old boards. */
export const checkAliasName: Check = (name, path, faults) => {
  const fault = FAMILY.test(String(name))
    ? faultOf(String(name), "gauge")
    : "must be a metric name in snake_case.";
  if (fault !== undefined) faults.add(path, fault);
};

/** Checks that a chosen name ends in the unit of its values. */
export function checkNamedUnit(
  { name, unit }: Readonly<Record<string, unknown>>,
  path: Path,
  faults: Faults,
  key = "name",
): void {
  if (typeof name !== "string" || typeof unit !== "string") return;
  const bare = name.replace(/_total$/, "");
  if (bare.endsWith(`_${unit}`)) return;
  faults.add([...path, key], `must end in its unit: "${bare}_${unit}${name.slice(bare.length)}".`);
}

/** The name of a family that the catalog declares, and the place that it comes from. */
interface ChosenName {
  readonly name: string;
  readonly path: Path;
}

/** Returns the names that a catalog gives to families, with their places. */
function chosenNames(catalog: Catalog): ChosenName[] {
  const { jobs = {}, aliases = {} } = catalog;
  const groups = ["actions", "conversions", "measurements", "gauges", "ingested"] as const;
  const own = groups.flatMap((group) =>
    Object.entries<{ readonly name?: string }>(catalog[group] ?? {}).flatMap(([entry, { name }]) =>
      name === undefined ? [] : [{ name, path: [group, entry, "name"] }],
    ),
  );
  const ofJobs = Object.entries(jobs).flatMap(([job, { names = {} }]) =>
    (["accepted", "inFlight", "duration"] as const).flatMap((part) => {
      const name = names[part];
      return name === undefined ? [] : [{ name, path: ["jobs", job, "names", part] }];
    }),
  );
  return [...own, ...ofJobs, ...Object.keys(aliases).map((name) => ({ name, path: ["aliases", name] }))];
}

/**
 * Adds the faults of chosen names that other families have, in the text format or in OpenMetrics, which cuts `_total` off
 * the family of a counter.
 */
export function checkChosenNames(
  catalog: Catalog,
  descriptors: readonly MetricDescriptor[],
  faults: Faults,
): void {
  const chosen = chosenNames(catalog);
  const times = Map.groupBy(descriptors, ({ name }) => name);
  for (const { name, path } of chosen) {
    const other = chosen.find((each) => each.name === name && each.path !== path);
    if (other)
      faults.add(path, `is the name of ${other.path.join(".")}, too: "${name}". Rename one of them.`);
    else if ((times.get(name)?.length ?? 0) > 1)
      faults.add(path, `is a family of the collector or of another entry: "${name}". Take another name.`);
    const bare = name.replace(/_total$/, "");
    const isCounter = times.get(name)?.some(({ type }) => type === "counter") === true;
    const same = isCounter && bare !== name ? bare : `${name}_total`;
    const shared = times.get(same)?.find(({ type }) => isCounter !== (type === "counter"));
    if (shared)
      faults.add(path, `is one family with ${shared.name} in OpenMetrics: "${name}". Rename one of them.`);
  }
}

/** Series that Prometheus makes for each target (prometheus.io/docs, "Jobs and instances"). */
const OF_PROMETHEUS =
  /^(?:up|scrape_(?:duration_seconds|timeout_seconds|samples_scraped|samples_post_metric_relabeling|series_added|sample_limit|body_size_bytes))$/;

/** Returns the names of families that follow from the name of their entry, with their places. */
function derivedNames({ measurements = {}, gauges = {}, ingested = {} }: Catalog): ChosenName[] {
  const list = <Spec extends { readonly name?: string }>(
    group: string,
    entries: Readonly<Record<string, Spec>>,
    nameOf: (entry: string, spec: Spec) => string,
  ): ChosenName[] =>
    Object.entries(entries).flatMap(([entry, spec]) =>
      spec.name === undefined ? [{ name: nameOf(entry, spec), path: [group, entry] }] : [],
    );
  return [
    ...list("measurements", measurements, measurementFamilyName),
    ...list("gauges", gauges, gaugeFamilyName),
    ...list("ingested", ingested, ingestedFamilyName),
  ];
}

/** Adds the faults of entries whose metric has a name that Prometheus, the collector or another entry uses. */
export function checkDerivedNames(
  catalog: Catalog,
  descriptors: readonly MetricDescriptor[],
  faults: Faults,
): void {
  const chosen = new Set(chosenNames(catalog).map(({ name }) => name));
  const derived = derivedNames(catalog);
  for (const [index, { name, path }] of derived.entries()) {
    const becomes = `becomes the metric ${name}`;
    const taken = TAKEN_SUFFIX.exec(name)?.[0];
    const other = derived.slice(0, index).find((each) => each.name === name);
    const families = descriptors.filter((each) => each.name === name).length;
    if (OF_PROMETHEUS.test(name))
      faults.add(path, `${becomes}, which Prometheus itself has. Put the app's name first.`);
    else if (taken !== undefined)
      faults.add(
        path,
        `${becomes}, but Prometheus adds ${taken} to names of series. Rename it, e.g. ${name.slice(0, -taken.length)}.`,
      );
    else if (other) faults.add(path, `${becomes}, as ${describePath(other.path)} does. Rename one of them.`);
    // Two entries of one name are reported at the second, and a chosen name at its own place.
    else if (!chosen.has(name) && families > derived.filter((each) => each.name === name).length)
      faults.add(path, `${becomes}, which the collector itself has. Rename it.`);
  }
}
