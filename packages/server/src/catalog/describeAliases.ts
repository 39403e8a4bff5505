import type { AliasSpec, Catalog } from "@rumkit/protocol";
import { nearestName } from "../base/nearestName.ts";
import {
  type Check,
  describeValue,
  type Faults,
  isObject,
  object,
  type Path,
  record,
  required,
  text,
} from "../base/shape.ts";
import { closedValues, type MetricDescriptor, openLabels } from "../metrics/descriptor.ts";
import { checkAliasName } from "./chosenNames.ts";
import { checkLabels } from "./lintFields.ts";

/** Maximum aliases: each one costs the series of its family. */
const MAX_ALIASES = 100;

const ALIASES = '{ frontend_page_views_total: "rum_page_views_total" }';

const checkPart = object(
  {
    of: required(text('"rum_page_load_seconds"'), 'the family, e.g. "rum_page_load_seconds"'),
    labels: required(checkSelected, 'the values of labels that it shows, e.g. { phase: "load" }'),
  },
  { example: '{ of: "rum_page_load_seconds", labels: { phase: "load" } }' },
);

function checkSelected(labels: unknown, path: Path, faults: Faults): void {
  if (!isObject(labels)) return checkLabels(labels, path, faults);
  for (const [label, value] of Object.entries(labels))
    if (typeof value !== "string")
      faults.add([...path, label], `must be a text, not ${describeValue(value)}.`);
}

const checkEach = record(
  checkAliasName,
  (alias, path, faults) => {
    if (isObject(alias)) checkPart(alias, path, faults);
    else text('"rum_page_views_total"')(alias, path, faults);
  },
  ALIASES,
);

/** Checks the shape of the aliases. Whether their families exist is known once the metrics are described. */
export const checkAliases: Check = (aliases, path, faults) => {
  checkEach(aliases, path, faults);
  const count = isObject(aliases) ? Object.keys(aliases).length : 0;
  if (count > MAX_ALIASES) faults.add(path, `has ${count} aliases; ${MAX_ALIASES} at most.`);
};

function partOf(alias: string | AliasSpec): AliasSpec {
  return typeof alias === "string" ? { of: alias, labels: {} } : alias;
}

/** Describes the aliases of families that exist. */
export function describeAliases(
  { aliases = {} }: Catalog,
  families: readonly MetricDescriptor[],
): MetricDescriptor[] {
  return Object.entries(aliases).flatMap(([name, alias]) => {
    const { of, labels } = partOf(alias);
    const family = families.find((each) => each.name === of);
    if (!family) return [];
    const { isInfo: _, ...same } = family;
    const known = family.known.filter((set) =>
      Object.entries(labels).every(([label, value]) => set[label] === value),
    );
    return [
      {
        ...same,
        name,
        help: `The same as ${of}. ${family.help}`,
        known,
        maxSeries: Math.min(family.maxSeries, seriesOf(family, labels)),
        aliasOf: { metric: of, labels },
      },
    ];
  });
}

/** The most series of a part of a family: labels that are selected have one value. */
function seriesOf(family: MetricDescriptor, labels: AliasSpec["labels"]): number {
  const selected = Object.keys(labels);
  if (selected.length === 0 || openLabels(family).length > 0) return family.maxSeries;
  const values = selected.map((label) => Math.max(closedValues(family, label).length, 1));
  return Math.ceil(family.maxSeries / values.reduce((product, count) => product * count, 1));
}

/** Adds the faults of aliases that the metrics show: unknown families, labels and values. */
export function checkAliasTargets(
  { aliases = {} }: Catalog,
  families: readonly MetricDescriptor[],
  faults: Faults,
): void {
  const byName = new Map(families.map((family) => [family.name, family]));
  for (const [name, alias] of Object.entries(aliases)) {
    const { of, labels } = partOf(alias);
    const path = ["aliases", name];
    const family = byName.get(of);
    if (!family) {
      const base = of.replace(/_(?:bucket|count|sum)$/, "");
      const meant = byName.has(base) ? base : nearestName(of, [...byName.keys()]);
      const hint = meant === undefined ? "rumkit generate --docs lists them." : `Did you mean "${meant}"?`;
      faults.add(path, `is not of a metric of this catalog: ${describeValue(of)}. ${hint}`);
      continue;
    }
    checkType(name, family, path, faults);
    for (const [label, value] of Object.entries(labels)) checkSelection(family, label, value, [path, faults]);
  }
}

function checkType(name: string, { name: of, type }: MetricDescriptor, path: Path, faults: Faults): void {
  if (type === "histogram" && name.endsWith("_total"))
    faults.add(path, `must not end in _total: ${of} is a histogram. Use "${name.replace(/_total$/, "")}".`);
}

function checkSelection(
  family: MetricDescriptor,
  label: string,
  value: string,
  [path, faults]: readonly [Path, Faults],
): void {
  const at = [...path, "labels", label];
  if (!family.labels.includes(label)) {
    const known = family.labels.length > 0 ? `Its labels: ${family.labels.join(", ")}.` : "It has none.";
    return faults.add(at, `is not a label of ${family.name}. ${known}`);
  }
  const values = closedValues(family, label);
  if (openLabels(family).includes(label) || family.learned === label || values.includes(value)) return;
  faults.add(
    at,
    `is never ${describeValue(value)} in ${family.name}. Its values: ${values.slice(0, 10).join(", ")}.`,
  );
}
