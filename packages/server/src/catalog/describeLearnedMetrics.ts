import type { Catalog, LabelSpec } from "@rumkit/protocol";
import { familyName, moneyFamilyName, moneyHelp, WITHOUT_AMOUNT } from "./describeCatalogMetrics.ts";
import { closedValues, CURRENCY, type MetricDescriptor } from "../metrics/descriptor.ts";
import { learnedNamesAtMost } from "./names.ts";
import { EXPERIENCES, UNKNOWN } from "../metrics/labelValues.ts";
import { learnedAtMost } from "../routes/learnRoutes.ts";

type Side = "page" | "backend";

/** A family with a label for learned names, and further labels with closed sets. */
interface Learned {
  readonly name: string;
  readonly side: Side;
  readonly help: string;
  /** The label of the name. */
  readonly label: string;
  readonly values?: LabelSpec;
  readonly unit?: MetricDescriptor["unit"];
}

const REASONS = ["bad_amount", "bad_currency"];

/**
 * Average number of currencies per name, as in a shop. If names use more, further names fold into `__other__`;
 * currencies never do.
 */
const CURRENCIES = 4;

/** Adds room for learned routes: each may have as many series as a declared one. */
export function withLearnedRoutes(
  families: readonly MetricDescriptor[],
  catalog: Catalog,
): MetricDescriptor[] {
  const learned = learnedAtMost(catalog, catalog.routes);
  if (learned === 0) return [...families];
  // With `unmatched`, which every catalog has.
  const share = 1 + learned / (catalog.routes.length + 1);
  return families.map((family) =>
    family.labels.includes("route")
      ? { ...family, maxSeries: Math.ceil(family.maxSeries * share), learned: "route" }
      : family,
  );
}

/**
 * Returns the families with room for names that the catalog does not declare, or unchanged if no names are learned.
 * Adds the families that the catalog lacks; a declared family accepts learned names beside its own.
 */
export function withLearnedNames(
  descriptors: readonly MetricDescriptor[],
  catalog: Catalog,
): MetricDescriptor[] {
  const max = learnedNamesAtMost(catalog);
  if (max === 0) return [...descriptors];
  const learned = [...ofSide("page"), ...ofSide("backend"), ...ofBackend];
  const names = new Set(learned.map(({ name }) => name));
  const declared = new Map(descriptors.map((descriptor) => [descriptor.name, descriptor]));
  return [
    ...descriptors.filter(({ name }) => !names.has(name)),
    ...learned.map((family) => describeLearned(family, declared.get(family.name), max)),
  ];
}

function ofSide(side: Side): Learned[] {
  const by = side === "page" ? "as pages report them" : "as the backend reports them";
  const experience = side === "page" ? { values: { experience: [...EXPERIENCES, UNKNOWN] } } : {};
  const family = (rest: string): string => familyName(side, rest);
  return [
    { side, name: family("actions_total"), help: `Actions, ${by}.`, label: "action" },
    {
      side,
      name: family("conversions_total"),
      help: `Business goals reached, ${by}.`,
      label: "conversion",
      ...experience,
    },
    {
      side,
      name: moneyFamilyName(side),
      help: moneyHelp[side],
      label: "conversion",
      unit: "currency",
    },
    {
      side,
      name: family(WITHOUT_AMOUNT),
      help: "Conversions that were counted while their money could not be, by reason.",
      label: "conversion",
      values: { reason: REASONS },
    },
    ...measurementsOf(side, by),
  ];
}

function measurementsOf(side: Side, by: string): Learned[] {
  return [
    {
      side,
      name: familyName(side, "measured_values_total"),
      help: `Values of measurements that no catalog declares, ${by}.`,
      label: "measurement",
    },
    {
      side,
      name: familyName(side, "measured_sum_total"),
      help: "Sum of these values. Divide it by their number for their mean.",
      label: "measurement",
    },
  ];
}

const ofBackend: readonly Learned[] = [
  {
    side: "page",
    name: "rum_feature_usage_total",
    help: "Features of the app that were used.",
    label: "feature",
  },
  {
    side: "backend",
    name: "refunds_total",
    help: "Money paid back in major units, exact to the minor unit.",
    label: "conversion",
    unit: "currency",
  },
  {
    side: "backend",
    name: "conversions_refunded_total",
    help: "Refunds whose money was counted.",
    label: "conversion",
    unit: "none",
    values: {},
  },
  {
    side: "backend",
    name: "refunds_without_amount_total",
    help: "Refunds whose money could not be counted, by reason.",
    label: "conversion",
    values: { reason: REASONS },
  },
];

function describeLearned(
  { name, side, help, label, values = {}, unit = "none" }: Learned,
  declared: MetricDescriptor | undefined,
  max: number,
): MetricDescriptor {
  const isMoney = unit === "currency" || name === "conversions_refunded_total";
  const labels = [label, ...Object.keys(values), ...(isMoney ? [CURRENCY] : [])];
  const own = declared?.labels.filter((other) => other !== label && other !== CURRENCY) ?? [];
  const sets = Object.values(values).reduce((product, all) => product * all.length, 1);
  const known = declared?.known ?? [];
  return {
    name,
    type: "counter",
    help: declared?.help ?? help,
    unit,
    side,
    labels: [...new Set([...(declared?.labels ?? []), ...labels])],
    known,
    // One more for `__other__`.
    maxSeries: known.length + (max + 1) * sets * (isMoney ? CURRENCIES : 1),
    values: { ...Object.fromEntries(own.map((other) => [other, closedValues(declared!, other)])), ...values },
    maxValues: { [label]: max + (declared ? closedValues(declared, label).length : 0) },
  };
}
