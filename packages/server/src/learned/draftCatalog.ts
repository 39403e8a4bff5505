import { type Catalog, type LabelSpec, UNMATCHED_ROUTE } from "@rumkit/protocol";
import { type MetricDescriptor, OTHER } from "../metrics/descriptor.ts";
import { NAME } from "../catalog/namePattern.ts";
import { checkLabels } from "../catalog/lintLabels.ts";
import { Faults } from "../base/shape.ts";
import type { Series } from "../metrics/seriesStore.ts";
import { bucketsFor, nameWithoutUnit, unitOf } from "./draftMeasurement.ts";
import type { SeenCall, SeenCalls } from "./seenCalls.ts";
import type { Handler } from "hono";

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
  const valuesBy = readValues(families);
  const names = (metric: string, label: string): string[] =>
    valuesBy(metric, label).filter((name) => NAME.test(name));
  const both = (rest: string, label: string): [name: string, isServer: boolean][] => {
    const server = new Set(names(rest, label));
    const all = new Set([...names(`rum_${rest}`, label), ...server]);
    return [...all].toSorted().map((name) => [name, server.has(name)]);
  };
  const group = <Spec>(entries: [string, Spec][]): Readonly<Record<string, Spec>> | undefined =>
    entries.length > 0 ? Object.fromEntries(entries) : undefined;

  const common = (kind: string, name: string, isServer: boolean, count: number) => {
    const labels = labelsOf(seen.of(kind, name), Math.min(MAX_SETS, MAX_SETS_OF_KIND / count));
    return { help: helpOf(name), ...(isServer && { from: "server" as const }), ...labels };
  };
  const parts = {
    actions: group(
      both("actions_total", "action").map(([name, own], _index, all) => [
        name,
        common("action", name, own, all.length),
      ]),
    ),
    conversions: group(
      both("conversions_total", "conversion").map(([name, own], _index, all) => {
        const metric = own ? "revenue_total" : "rum_conversion_value_total";
        const money = valuesBy(metric, "currency", { conversion: name });
        return [
          name,
          { ...common("conversion", name, own, all.length), ...(money.length > 0 && { value: { money } }) },
        ];
      }),
    ),
    measurements: group(
      both("measured_values_total", "measurement").map(([name, own], _index, all) => {
        const { range } = seen.of("measurement", name) ?? {};
        const others = all.map(([other]) => other).filter((other) => other !== name);
        const unit = unitOf(name);
        return [
          nameWithoutUnit(name, others),
          { ...common("measurement", name, own, all.length), unit, buckets: bucketsFor(range) },
        ];
      }),
    ),
    features: group(
      names("rum_feature_usage_total", "feature").map((name) => [name, { help: helpOf(name) }]),
    ),
  };
  const routes = valuesBy("rum_page_views_total", "route").filter((route) => route.startsWith("/"));
  return { app, routes, ...Object.fromEntries(Object.entries(parts).filter(([, part]) => part)) };
}

/** Returns the values of a label in series with the given labels, sorted, without `__other__` and `unmatched`. */
function readValues(
  families: Iterable<SeenFamily>,
): (metric: string, label: string, wanted?: Readonly<Record<string, string>>) => string[] {
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
 * `GET /api/catalog`: the draft of a catalog from the names that were seen, as JSON. 404 if the collector learns no
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
