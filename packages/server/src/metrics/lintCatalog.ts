import {
  type ActionSpec,
  type Catalog,
  type IngestedSpec,
  type MeasurementSpec,
  type ObjectiveSpec,
  webVitals,
} from "@rumkit/protocol";
import { lintBuckets } from "./lintBuckets.ts";
import { lintEndpoints } from "./lintEndpoints.ts";
import { lintFunnels } from "./lintFunnels.ts";
import { lintHttp, lintLearned } from "./lintHttp.ts";
import { lintHelp } from "./lintHelp.ts";
import { lintLabelName } from "./lintLabelName.ts";
import { lintText } from "./lintText.ts";
import { lintFamilies, lintJobs } from "./lintWork.ts";
import { INGESTED_NAME, NAME } from "./namePattern.ts";

/** Labels that the families of entries have themselves, and fields of an event that are no labels. */
const RESERVED = new Set(["action", "conversion", "experience", "currency", "value", "id"]);

const KEYS = new Set([
  "app",
  "routes",
  "learnRoutes",
  "actions",
  "conversions",
  "measurements",
  "features",
  "jobs",
  "ingested",
  "endpoints",
  "funnels",
  "objectives",
  "http",
]);

/** Label sets of one entry at most: beyond it a label is an open set in disguise. */
const MAX_ENTRY_SERIES = 1_000;

/** Says what is wrong with a catalogue, one sentence each; nothing where it is sound. Never throws. */
export function lintCatalog(catalog: Catalog): string[] {
  const entries = { ...catalog.actions, ...catalog.conversions };
  return [
    ...Object.keys(catalog)
      .filter((key) => !KEYS.has(key))
      .map((key) => `"${key}" is no part of a catalogue. Known: ${[...KEYS].join(", ")}.`),
    ...(NAME.test(catalog.app) ? [] : [`app "${catalog.app}" has to match ${NAME}.`]),
    ...lintText(catalog),
    ...lintRoutes(catalog.routes),
    ...lintLearned(catalog.learnRoutes),
    ...Object.entries(catalog.actions ?? {}).flatMap(([name, spec]) =>
      lintEntry(`actions.${name}`, name, spec),
    ),
    ...Object.entries(catalog.conversions ?? {}).flatMap(([name, spec]) => [
      ...lintEntry(`conversions.${name}`, name, spec),
      ...lintMoney(`conversions.${name}`, spec.value?.money),
      ...(spec.experience !== undefined && spec.from !== "server"
        ? [`conversions.${name}.experience needs from: "server": pages always say it.`]
        : []),
    ]),
    ...Object.entries(catalog.measurements ?? {}).flatMap(([name, spec]) => lintMeasurement(name, spec)),
    ...Object.entries(catalog.features ?? {}).flatMap(([name, spec]) =>
      lintEntry(`features.${name}`, name, spec),
    ),
    ...Object.entries(catalog.ingested ?? {}).flatMap(([name, spec]) => lintIngested(name, spec)),
    ...lintEndpoints(catalog.endpoints ?? []),
    ...lintFunnels(catalog),
    ...lintHttp(catalog.http),
    ...lintJobs(catalog.jobs),
    ...lintFamilies(catalog),
    ...Object.entries(catalog.objectives ?? {}).flatMap(([name, spec]) => lintObjective(name, spec)),
    ...(Object.keys(entries).length > MAX_ENTRY_SERIES ? ["More than 1000 actions and conversions."] : []),
  ];
}

function lintRoutes(routes: readonly string[]): string[] {
  const seen = new Set<string>();
  return routes.flatMap((route) => {
    const again = seen.has(route);
    seen.add(route);
    if (again) return [`routes has "${route}" twice.`];
    return route.startsWith("/") && route.length <= 128
      ? []
      : [`route "${route}" has to start with "/", 128 characters at most.`];
  });
}

function lintEntry(
  path: string,
  name: string,
  spec: Pick<ActionSpec, "help" | "labels">,
  pattern = NAME,
): string[] {
  const labels = Object.entries(spec.labels ?? {});
  const series = labels.reduce((product, [, values]) => product * values.length, 1);
  return [
    ...(pattern.test(name) ? [] : [`${path}: the name has to match ${pattern}.`]),
    ...lintHelp(`${path}.help`, spec.help),
    ...labels.flatMap(([label, values]) => lintLabel(`${path}.labels.${label}`, label, values)),
    ...(series > MAX_ENTRY_SERIES
      ? [`${path} has ${series} label sets; ${MAX_ENTRY_SERIES} at most. Make a label an attribute.`]
      : []),
  ];
}

function lintLabel(path: string, label: string, values: readonly string[]): string[] {
  return [
    ...lintLabelName(path, label),
    ...(RESERVED.has(label) ? [`${path}: the label name is reserved.`] : []),
    ...(values.length > 0 ? [] : [`${path} has no value.`]),
    ...(new Set(values).size === values.length ? [] : [`${path} has a value twice.`]),
    ...values
      .filter((value) => value === "" || value.length > 128)
      .map((value) => `${path}: a value has 1 to 128 characters, not ${value.length}.`),
  ];
}

function lintMoney(path: string, currencies: readonly string[] | undefined): string[] {
  return (currencies ?? [])
    .filter((currency) => !/^[A-Z]{3}$/.test(currency))
    .map((currency) => `${path}.value.money: "${currency}" is no ISO 4217 code.`);
}

function lintMeasurement(name: string, spec: MeasurementSpec): string[] {
  const path = `measurements.${name}`;
  return [
    ...lintEntry(path, name, spec),
    ...lintUnit(path, name, spec.unit),
    ...lintBuckets(path, spec.buckets),
  ];
}

function lintIngested(name: string, spec: IngestedSpec): string[] {
  const path = `ingested.${name}`;
  return [
    ...lintEntry(path, name, spec, INGESTED_NAME),
    ...(["counter", "gauge", "histogram"].includes(spec.type)
      ? []
      : [`${path}.type is "counter", "gauge" or "histogram", not "${spec.type}".`]),
    ...(spec.unit === undefined ? [] : lintUnit(path, name, spec.unit)),
    ...(spec.type === "histogram" ? lintBuckets(path, spec.buckets) : []),
  ];
}

function lintUnit(path: string, name: string, unit: string): string[] {
  if (!["seconds", "bytes", "ratio"].includes(unit))
    return [`${path}.unit is "seconds", "bytes" or "ratio", not "${unit}".`];
  return name.endsWith(`_${unit}`) ? [`${path}: the unit is added to the name; leave "_${unit}" out.`] : [];
}

function lintObjective(name: string, spec: ObjectiveSpec): string[] {
  const path = `objectives.${name}`;
  const share = "vital" in spec ? spec.ratio : spec.http.errorsBelow;
  const faults = NAME.test(name) ? [] : [`${path}: the name has to match ${NAME}.`];
  if (!(share > 0 && share < 1)) faults.push(`${path}: ${share} has to lie between 0 and 1.`);
  if ("vital" in spec && !webVitals[spec.vital].buckets.includes(spec.below)) {
    faults.push(
      `${path}.below: ${spec.below} is no bucket edge of ${spec.vital} (${webVitals[spec.vital].buckets.join(", ")}).`,
    );
  }
  return faults;
}
