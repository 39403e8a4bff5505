import type {
  ActionSpec,
  Catalog,
  ConversionSpec,
  LabelSpec,
  MeasurementSpec,
  StandardFamily,
} from "@rumkit/protocol";
import { toSentence } from "./lintDescriptors.ts";
import { labelNames, type Labels, labelSets, type MetricDescriptor } from "../metrics/descriptor.ts";
import { EXPERIENCES, UNKNOWN } from "../metrics/labelValues.ts";
import { withValues } from "../metrics/describeFamily.ts";

type Side = "page" | "backend";

/** Describes the families that the catalog declares: actions, conversions and their money, measurements. */
export function describeCatalogMetrics(catalog: Catalog): MetricDescriptor[] {
  return (["page", "backend"] as const).flatMap((side) => [
    ...describeNamed(side, "action", actionsHelp[side], entriesOf(catalog.actions, side)),
    ...describeNamed(
      side,
      "conversion",
      conversionsHelp[side],
      entriesOf(catalog.conversions, side),
      side === "page" ? () => true : asksForExperience,
    ),
    ...describeMoney(side, entriesOf(catalog.conversions, side)),
    ...describeWithoutAmount(side, entriesOf(catalog.conversions, side)),
    ...(side === "backend" ? describeRefunds(entriesOf(catalog.conversions, side)) : []),
    ...entriesOf(catalog.measurements, side).map(([name, spec]) => describeMeasurement(side, name, spec)),
  ]);
}

/** The family of a catalog entry: `rum_*` for pages, the name without prefix for the backend. */
export function familyName(side: Side, rest: string): string {
  return side === "page" ? `rum_${rest}` : rest;
}

/** The family for the money of conversions. Amounts that a page claims are not revenue. */
export function moneyFamilyName(side: Side): string {
  return side === "page" ? "rum_conversion_value_total" : "revenue_total";
}

/** The family of conversions whose money could not be counted; for pages, it has the prefix `rum_`. */
export const WITHOUT_AMOUNT = "conversions_without_amount_total";

const actionsHelp = {
  page: "Actions of users, as pages report them.",
  backend: "Actions that the backend saw.",
};
const conversionsHelp = {
  page: "Business goals reached, as pages report them.",
  backend: "Business goals reached, as the backend knows them.",
};
export const moneyHelp = {
  page: "Money of conversions in major units, as pages claim it. Not revenue.",
  backend: "Revenue in major units, exact to the minor unit.",
};

function entriesOf<Spec extends { readonly from?: "page" | "server" }>(
  group: Readonly<Record<string, Spec>> | undefined,
  side: Side,
): [string, Spec][] {
  return Object.entries(group ?? {}).filter(
    ([, spec]) => (spec.from ?? "page") === (side === "page" ? "page" : "server"),
  );
}

function describeNamed(
  side: Side,
  kind: "action" | "conversion",
  help: string,
  entries: readonly [string, ActionSpec][],
  hasExperience: (spec: ActionSpec) => boolean = () => false,
): MetricDescriptor[] {
  if (entries.length === 0) return [];
  const known = entries.flatMap(([name, spec]) =>
    byExperience(labelSets(spec.labels ?? {}, { [kind]: name }), hasExperience(spec)),
  );
  const labels = [
    kind,
    ...labelNames(entries.map(([, spec]) => spec)),
    ...experienceLabel(entries, hasExperience),
  ];
  return [counter(side, familyName(side, `${kind}s_total`), help, "none", labels, known)];
}

/** True if the backend counts a conversion by the experience of its session. */
export function asksForExperience({ experience }: ConversionSpec): boolean {
  return experience === true;
}

/**
 * Returns the label sets; if the experience of the session is reported, each set once per rating. All of them are
 * exposed as 0 from the start: conversions are few, and `increase` misses the first conversion of a series that begins
 * with it.
 */
function byExperience(sets: readonly Labels[], isReported: boolean): readonly Labels[] {
  return isReported
    ? sets.flatMap((labels) => labelSets({ experience: [...EXPERIENCES, UNKNOWN] }, labels))
    : sets;
}

function experienceLabel<Spec>(
  entries: readonly [string, Spec][],
  hasExperience: (spec: Spec) => boolean,
): string[] {
  return entries.some(([, spec]) => hasExperience(spec)) ? ["experience"] : [];
}

function describeMoney(side: Side, entries: readonly [string, ConversionSpec][]): MetricDescriptor[] {
  const known = entries.flatMap(([name, spec]) =>
    moneySets([[name, spec]]).flatMap((money) =>
      byExperience(labelSets(moneyLabels(spec), money), asksForExperience(spec)),
    ),
  );
  if (known.length === 0) return [];
  const labels = [
    "conversion",
    "currency",
    ...new Set(entries.flatMap(([, spec]) => Object.keys(moneyLabels(spec)))),
    ...experienceLabel(entries, asksForExperience),
  ];
  return [counter(side, moneyFamilyName(side), moneyHelp[side], "currency", labels, known)];
}

/** The labels of a conversion by which its money is counted, with their values. */
function moneyLabels({ labels = {}, value }: ConversionSpec): LabelSpec {
  return Object.fromEntries((value?.by ?? []).map((label) => [label, labels[label] ?? []]));
}

/** Revenue never goes down: refunds are counted separately. */
function describeRefunds(entries: readonly [string, ConversionSpec][]): MetricDescriptor[] {
  const known = moneySets(entries);
  if (known.length === 0) return [];
  const labels = ["conversion", "currency"];
  const amount = "Money paid back in major units, exact to the minor unit.";
  return [
    counter("backend", "refunds_total", amount, "currency", labels, known),
    counter(
      "backend",
      "conversions_refunded_total",
      "Refunds whose money was counted.",
      "none",
      labels,
      known,
    ),
    counter(
      "backend",
      "refunds_without_amount_total",
      "Refunds whose money could not be counted, by reason.",
      "none",
      ["conversion", "reason"],
      faultSets(entries.filter(([, spec]) => spec.value)),
    ),
  ];
}

/** Describes the family of conversions that were counted without their money, because the amount was invalid. */
function describeWithoutAmount(side: Side, entries: readonly [string, ConversionSpec][]): MetricDescriptor[] {
  if (entries.length === 0) return [];
  const help = "Conversions that were counted while their money could not be, by reason.";
  return [
    counter(
      side,
      familyName(side, WITHOUT_AMOUNT),
      help,
      "none",
      ["conversion", "reason"],
      faultSets(entries),
    ),
  ];
}

/** Returns the label sets of faults. Without declared money, the only fault is `bad_amount`. */
function faultSets(entries: readonly [string, ConversionSpec][]): Labels[] {
  return entries.flatMap(([conversion, { value }]) =>
    ["bad_amount", ...(value ? ["bad_currency"] : [])].map((reason) => ({ conversion, reason })),
  );
}

function moneySets(entries: readonly [string, ConversionSpec][]): Labels[] {
  return entries.flatMap(([conversion, spec]) =>
    (spec.value?.money ?? []).map((currency) => ({ conversion, currency })),
  );
}

/** The family of a measurement: its own name, or the one that follows from its name and unit. */
export function measurementFamilyName(name: string, { from, unit, name: chosen }: MeasurementSpec): string {
  return chosen ?? familyName(from === "server" ? "backend" : "page", `${name}_${unit}`);
}

function describeMeasurement(side: Side, name: string, spec: MeasurementSpec): MetricDescriptor {
  const labels = spec.labels ?? {};
  const family: MetricDescriptor = {
    name: measurementFamilyName(name, spec),
    ...(spec.name !== undefined && { isNamed: true }),
    type: "histogram",
    help: toSentence(spec.help),
    unit: spec.unit,
    side,
    labels: Object.keys(labels),
    buckets: spec.buckets,
    known: [],
    maxSeries: 0,
  };
  return withValues(family, labels);
}

function counter(
  side: Side,
  name: string,
  help: string,
  unit: MetricDescriptor["unit"],
  labels: readonly string[],
  known: readonly Labels[],
): MetricDescriptor {
  return { name, type: "counter", help, unit, side, labels, known, maxSeries: known.length };
}

/** A record, so that a missing family is a compile error. */
export const STANDARD_FAMILIES: Readonly<Record<StandardFamily, string>> = {
  user_registrations_total: "Users who registered.",
  user_logins_total: "Users who logged in.",
  user_logouts_total: "Users who logged out.",
  failed_login_attempts_total: "Attempts to log in that were refused.",
  orders_created_total: "Orders that were created.",
};

/** Describes the families that entries of the catalog name, each once. */
export function describeStandardMetrics({ actions = {}, conversions = {} }: Catalog): MetricDescriptor[] {
  const named = [...Object.values(actions), ...Object.values(conversions)].flatMap(
    ({ family }) => family ?? [],
  );
  return [...new Set(named)].map((name) => ({
    name,
    type: "counter",
    help: STANDARD_FAMILIES[name],
    unit: "none",
    side: "backend",
    labels: [],
    known: [{}],
    maxSeries: 1,
  }));
}
