import type { ConversionSpec, LabelSpec } from "@rumkit/protocol";
import {
  type Check,
  describeValue,
  type Faults,
  list,
  number,
  object,
  type Path,
  record,
  required,
  text,
} from "../base/shape.ts";

/** Labels that the families of entries already have, and fields of an event that are not labels. */
const RESERVED = new Set(["action", "conversion", "experience", "currency", "value", "id"]);

/** Maximum UTF-16 units of a label value. */
const MAX_VALUE = 128;

/** Maximum label sets of one entry: with more, one of the labels is not a closed set in practice. */
const MAX_ENTRY_SERIES = 1_000;

const LABELS = '{ category: ["books", "games"] }';

/** Checks labels with their closed sets of values. */
export const checkLabels: Check = record(
  checkLabelName,
  list(checkLabelValue, { example: '["books", "games"]', least: 1 }),
  LABELS,
);

export function checkLabelName(name: unknown, path: Path, faults: Faults): void {
  const label = String(name);
  if (RESERVED.has(label) || isTakenLabel(label))
    return faults.add(path, `is a reserved label name. Take another, e.g. item_${label}.`);
  if (LABEL.test(label)) return;
  const rule = 'use letters, digits and "_"; not "__" or a digit at the start; 64 at most';
  faults.add(path, `has a label name that is not valid: ${rule}.`);
}

function checkLabelValue(value: unknown, path: Path, faults: Faults): void {
  if (typeof value === "number" || typeof value === "boolean")
    return faults.add(path, `must be a text, not ${String(value)}. Write "${String(value)}".`);
  if (typeof value !== "string") return faults.add(path, `must be a text, not ${describeValue(value)}.`);
  if (value === "" || value.length > MAX_VALUE)
    faults.add(path, `must have 1 to ${MAX_VALUE} characters, not ${value.length}.`);
}

/** Checks the number of series of one entry. */
export function boundLabels(labels: unknown, path: Path, faults: Faults): void {
  const sets = Object.values((labels ?? {}) as LabelSpec).map((values) => values.length);
  const series = sets.reduce((product, count) => product * count, 1);
  if (series <= MAX_ENTRY_SERIES) return;
  faults.add(path, `has ${series} label sets; ${MAX_ENTRY_SERIES} at most. Make a label an attribute.`);
}

/** Labels that Prometheus adds to every scraped series (prometheus.io/docs, "Jobs and instances"). */
export const TARGET_LABELS: readonly string[] = ["job", "instance"];

/** Labels of buckets and of quantiles (prometheus.io/docs, "Metric types"). */
const VALUE_LABELS: readonly string[] = ["le", "quantile"];

/** Label names in Prometheus' data model, which reserves two underscores at the start. */
const LABEL = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]{0,63}$/;

/** True for a label that Prometheus sets itself. */
function isTakenLabel(label: string): boolean {
  return TARGET_LABELS.includes(label) || VALUE_LABELS.includes(label) || label.startsWith("exported_");
}

/**
 * Returns the reasons why a family cannot have a label of this name, one sentence each. A scrape renames a label with
 * the name of a target label (`exported_job`), so a query would not find it. Never throws.
 */
export function lintLabelName(path: string, label: string): string[] {
  if (!LABEL.test(label)) return [`${path}: a label name must match ${LABEL}.`];
  return isTakenLabel(label) ? [`${path}: the label name is reserved. Prometheus sets it itself.`] : [];
}

/** Maximum finite buckets of a histogram: each one is a separate series in Prometheus. */
const MAX_BUCKETS = 30;

const checkEdges = list(number("a number"), { example: "[0.1, 0.5, 1]", least: 1 });

/** Checks the upper edges of a histogram. */
export const checkBuckets: Check = (buckets, path, faults) => {
  const before = faults.found.length;
  checkEdges(buckets, path, faults);
  if (faults.found.length === before) boundBuckets(buckets as readonly number[], path, faults);
};

/** Checks that numeric edges increase, and are few. */
export function boundBuckets(buckets: readonly number[], path: Path, faults: Faults): void {
  const falls = buckets.findIndex((edge, index) => index > 0 && edge <= buckets[index - 1]!);
  if (falls > 0)
    faults.add(path, `must increase, but ${buckets[falls]} comes after ${buckets[falls - 1]}. Sort them.`);
  if (buckets.length > MAX_BUCKETS)
    faults.add(path, `has ${buckets.length} buckets; ${MAX_BUCKETS} at most. Leave some out.`);
}

/**
 * Codes that `Intl` does not list: the funds and metals of ISO 4217, its code for tests, and Bitcoin, which has no ISO
 * code.
 */
const FURTHER_CODES = "BOV CHE CHW CLF COU MXV USN UYI UYW XAG XAU XPD XPT XTS XUA BTC XBT";

let codes: ReadonlySet<string> | undefined;

/** Returns the current currencies of `Intl`, and the further codes. */
function currencies(): ReadonlySet<string> {
  codes ??= new Set([...Intl.supportedValuesOf("currency"), ...FURTHER_CODES.split(" ")]);
  return codes;
}

/** True for the code of a current currency. */
export function isCurrency(code: string): boolean {
  return currencies().has(code);
}

/** Symbols and names that people write instead of a code. */
const SYMBOLS: Readonly<Record<string, string>> = {
  $: "USD",
  "€": "EUR",
  "£": "GBP",
  "¥": "JPY",
  EURO: "EUR",
  DOLLAR: "USD",
  RMB: "CNY",
};

/** Checks `{ money: ["USD"], by: ["tool"] }`; `checkMoneyLabels` compares `by` with the labels of the entry. */
export const checkMoney: Check = object(
  {
    money: required(
      list(checkCurrency, { example: '["USD"]', least: 1 }),
      'the currencies that may come, e.g. ["USD"]',
    ),
    by: list(text('"category"'), { example: '["category"]', least: 1 }),
  },
  { example: '{ money: ["USD"] }' },
);

/** Checks that money is counted by labels that the entry has. */
export function checkMoneyLabels(entry: Readonly<Record<string, unknown>>, path: Path, faults: Faults): void {
  const { labels = {}, value } = entry as Partial<ConversionSpec>;
  const known = Object.keys(labels);
  for (const [index, label] of (value?.by ?? []).entries()) {
    if (known.includes(label)) continue;
    const choice = known.length === 0 ? "It has none." : `Its labels: ${known.join(", ")}.`;
    faults.add([...path, "value", "by", index], `is not a label of the conversion: "${label}". ${choice}`);
  }
}

function checkCurrency(value: unknown, path: Path, faults: Faults): void {
  if (typeof value === "string" && currencies().has(value)) return;
  const upper = typeof value === "string" ? value.trim().toUpperCase() : "";
  const meant = Object.hasOwn(SYMBOLS, upper) ? SYMBOLS[upper] : currencies().has(upper) ? upper : undefined;
  const hint = meant === undefined ? "" : ` Did you mean "${meant}"?`;
  faults.add(path, `must be a currency of ISO 4217, e.g. "USD", not ${describeValue(value)}.${hint}`);
}
