import {
  type Catalog,
  type LabelSpec,
  type MeasurementSpec,
  type Unit,
  UNMATCHED_ROUTE,
} from "@rumkit/protocol";
import type { Handler } from "hono";
import { Faults } from "../base/shape.ts";
import { checkLabels } from "../catalog/lintFields.ts";
import { NAME } from "../catalog/names.ts";
import { type MetricDescriptor, OTHER } from "../metrics/descriptor.ts";
import type { Series } from "../metrics/seriesStore.ts";
import type { SeenCall, SeenCalls } from "./seenCalls.ts";

/** The part of a family that is read. */
interface SeenFamily {
  readonly descriptor: Pick<MetricDescriptor, "name">;
  readonly series: Iterable<Pick<Series, "labels">>;
}

/** Maximum label sets of one entry. Further keys stay attributes. */
const MAX_SETS = 100;

/** Label sets of all names of a kind: with conversions, five series for each, far below the 50,000 of a catalog. */
const MAX_SETS_OF_KIND = 2_500;

/** Keys whose values identify the person or object of one call. */
const OF_ONE_CALL =
  /(?:^|_)(?:id|uuid|token|key|hash|email|name|user|url|href|path|query|text|message)$|Id$/i;

/** Keys that pages send for money and for the session: never a label. */
const NO_LABEL = new Set(["value", "currency", "amount", "id", "experience"]);

/**
 * Drafts a catalog from events that were counted without one: every counted name, the routes, the currencies, labels
 * from the texts that all calls of a name had, and buckets from the values. The draft is meant to be edited.
 */
export function draftCatalog(app: string, families: Iterable<SeenFamily>, seen: SeenCalls): Catalog {
  const values = readValues(families);
  const callsOf = (kind: string, metric: string): NamedCall[] => readCalls(values, seen, kind, metric);
  const parts = {
    actions: group(callsOf("action", "actions_total").map(({ name, common }) => [name, common])),
    conversions: group(
      callsOf("conversion", "conversions_total").map((call) => [
        call.name,
        { ...call.common, ...moneyOf(call, values) },
      ]),
    ),
    measurements: group(
      callsOf("measurement", "measured_values_total").map((call, _index, all) =>
        draftMeasurement(call, all, seen),
      ),
    ),
    features: group(
      namesOf(values, "rum_feature_usage_total", "feature").map((name) => [name, { help: helpOf(name) }]),
    ),
  };
  const routes = values("rum_page_views_total", "route").filter((route) => route.startsWith("/"));
  return { app, routes, ...Object.fromEntries(Object.entries(parts).filter(([, part]) => part)) };
}

/** Returns the values of a label of a metric, of the series with these labels. */
type LabelValues = (metric: string, label: string, wanted?: Readonly<Record<string, string>>) => string[];

/** A name that was counted, with what every kind of entry has. */
interface NamedCall {
  readonly name: string;
  readonly isServer: boolean;
  readonly common: {
    readonly help: string;
    readonly from?: "server";
    readonly labels?: LabelSpec;
  };
}

/** Reads the names of a kind, those of pages and those of server code. */
function readCalls(values: LabelValues, seen: SeenCalls, kind: string, metric: string): NamedCall[] {
  const server = new Set(namesOf(values, metric, kind));
  const all = new Set([...namesOf(values, `rum_${metric}`, kind), ...server]);
  const maxSets = Math.min(MAX_SETS, MAX_SETS_OF_KIND / all.size);
  return [...all].toSorted().map((name) => {
    const isServer = server.has(name);
    const labels = labelsOf(seen.of(kind, name), maxSets);
    return {
      name,
      isServer,
      common: { help: helpOf(name), ...(isServer && { from: "server" as const }), ...labels },
    };
  });
}

function namesOf(values: LabelValues, metric: string, label: string): string[] {
  return values(metric, label).filter((name) => NAME.test(name));
}

function group<Spec>(entries: [string, Spec][]): Readonly<Record<string, Spec>> | undefined {
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** The currencies in which a conversion was counted. */
function moneyOf({ name, isServer }: NamedCall, values: LabelValues): { value?: { money: string[] } } {
  const metric = isServer ? "revenue_total" : "rum_conversion_value_total";
  const money = values(metric, "currency", { conversion: name });
  return money.length > 0 ? { value: { money } } : {};
}

function draftMeasurement(
  { name, common }: NamedCall,
  all: readonly NamedCall[],
  seen: SeenCalls,
): [string, MeasurementSpec] {
  const { range } = seen.of("measurement", name) ?? {};
  const others = all.map((call) => call.name).filter((other) => other !== name);
  return [nameWithoutUnit(name, others), { ...common, unit: unitOf(name), buckets: bucketsFor(range) }];
}

/** Returns the values of a label in series with the given labels, sorted, without `__other__` and `unmatched`. */
function readValues(families: Iterable<SeenFamily>): LabelValues {
  const byName = new Map([...families].map((family) => [family.descriptor.name, family]));
  return (metric, label, wanted = {}) => {
    const series = [...(byName.get(metric)?.series ?? [])].filter(({ labels }) =>
      Object.entries(wanted).every(([name, value]) => labels[name] === value),
    );
    const values = new Set(series.flatMap(({ labels }) => labels[label] ?? []));
    return [...values].filter((value) => value !== OTHER && value !== UNMATCHED_ROUTE).toSorted();
  };
}

/** Creates a help text from a name: `add_to_cart` is `Add to cart.` */
function helpOf(name: string): string {
  const words = name.replaceAll("_", " ");
  return `${words[0]?.toUpperCase()}${words.slice(1)}.`;
}

/** Returns the keys that every call had, with few values: each can become a label without losing a call. */
function labelsOf(call: SeenCall | undefined, maxSets: number): { labels: LabelSpec } | undefined {
  if (!call) return undefined;
  const labels: Record<string, readonly string[]> = {};
  let sets = 1;
  for (const [key, { calls, values }] of call.keys) {
    if (!values || calls < call.calls || NO_LABEL.has(key) || OF_ONE_CALL.test(key)) continue;
    const spec = { [key]: [...values].toSorted() };
    const faults = new Faults("labels");
    checkLabels(spec, [], faults);
    if (faults.found.length > 0 || sets * values.size > maxSets) continue;
    sets *= values.size;
    Object.assign(labels, spec);
  }
  return Object.keys(labels).length > 0 ? { labels } : undefined;
}

/**
 * `GET /api/rumkit/catalog`: the draft of a catalog from the names that were seen, as JSON. 404 if the collector learns no
 * names.
 */
export function createDraftRoute(draft: (() => Catalog) | undefined): Handler {
  return function catalogDraft(c) {
    c.header("cache-control", "no-store");
    if (draft) return c.json(draft());
    const message = "This collector has a catalog, and learns no names.";
    return c.json({ error: { code: "no_draft", message } }, 404);
  };
}

/** Edges that are easy to read: 1, 2.5 and 5 times each power of ten. */
const STEPS = [1, 2.5, 5];

/** Maximum buckets of a draft. */
const MOST_BUCKETS = 15;

/** Maximum letters of a name before its suffix: 64 in total. */
const MAX_STEM = 50;

/** Seconds from a millisecond to half a minute: used when no values are known. */
const DEFAULT_BUCKETS = [0.001, 0.01, 0.05, 0.1, 0.5, 1, 5, 30];

/** Returns the unit that a name mentions; seconds if it mentions none. */
function unitOf(name: string): Unit {
  if (/(?:^|_)(?:bytes?|size|kb|mb)(?:_|$)/.test(name)) return "bytes";
  return /(?:^|_)(?:ratio|share|percent|rate)(?:_|$)/.test(name) ? "ratio" : "seconds";
}

/** Returns edges from below the smallest value to the largest, or wider if there would be too many. */
function bucketsFor(range: { readonly least: number; readonly most: number } | undefined): number[] {
  if (!range || !(range.most > 0)) return DEFAULT_BUCKETS;
  const least = Math.floor(Math.log10(Math.max(range.least, range.most / 1e4)));
  const most = Math.ceil(Math.log10(range.most));
  const powers = Array.from({ length: most - least + 1 }, (_, index) => least + index);
  const edges = powers.flatMap((power) => STEPS.map((step) => Number((step * 10 ** power).toPrecision(2))));
  const last = edges.findIndex((edge) => edge >= range.most);
  return edges.slice(0, last + 1).slice(-MOST_BUCKETS);
}

/**
 * Returns the name of a measurement in a catalog: its unit is added to the name of the metric, so `upload_bytes` is
 * `upload`. If another measurement has that name, this one is `upload_bytes_value`, so that both stay separate.
 */
function nameWithoutUnit(name: string, others: readonly string[]): string {
  const bare = withoutUnit(name);
  if (bare === name) return name;
  const isTaken = (wanted: string): boolean =>
    others.some((other) => other === wanted || withoutUnit(other) === wanted);
  if (bare !== "" && !isTaken(bare)) return bare;
  let [free, number] = [`${name.slice(0, MAX_STEM)}_value`, 1];
  while (isTaken(free)) {
    number += 1;
    free = `${name.slice(0, MAX_STEM)}_value_${number}`;
  }
  return free;
}

function withoutUnit(name: string): string {
  const unit = unitOf(name);
  return name.endsWith(`_${unit}`) ? name.slice(0, -unit.length - 1) : name;
}
