import { STREAM_METRIC_TYPES, type StreamMetricType, type StreamSubscription } from "@rumkit/protocol";
import type { Labels } from "../metrics/descriptor.ts";

/** The subscription of a client that has sent no filter: every group, once a second. */
export const EVERYTHING: StreamSubscription = {
  endpoints: [],
  models: [],
  metric_types: ["all"],
  interval: 1,
  labels: {},
  exclude: {},
};

/** The checked filters of one message. */
export interface AddedFilters {
  readonly endpoints: readonly string[];
  readonly models: readonly string[];
  readonly types: readonly (StreamMetricType | "all")[];
  readonly interval: number | undefined;
  readonly labels: Readonly<Record<string, readonly string[]>>;
  readonly exclude: Readonly<Record<string, readonly string[]>>;
}

/** Adds filters to a subscription. Values of one filter are alternatives; different filters all have to match. */
export function addFilters(before: StreamSubscription, added: AddedFilters): StreamSubscription {
  return {
    endpoints: union(before.endpoints, added.endpoints),
    models: union(before.models, added.models),
    metric_types: addTypes(before.metric_types, added.types),
    interval: added.interval ?? before.interval,
    labels: addLabels(before.labels, added.labels),
    exclude: addLabels(before.exclude, added.exclude),
  };
}

function union<Value extends string>(before: readonly Value[], added: readonly Value[]): Value[] {
  return [...new Set([...before, ...added])].toSorted();
}

/** The first choice of a group replaces "all"; "all" replaces every choice. */
function addTypes(
  before: StreamSubscription["metric_types"],
  added: AddedFilters["types"],
): StreamSubscription["metric_types"] {
  if (added.length === 0) return before;
  if (added.includes("all")) return ["all"];
  return union(
    before.filter((type) => type !== "all"),
    added,
  );
}

function addLabels(
  before: Readonly<Record<string, readonly string[]>>,
  added: Readonly<Record<string, readonly string[]>>,
): Record<string, string[]> {
  const names = union(Object.keys(before), Object.keys(added));
  return Object.fromEntries(
    names.map((name) => [name, union(valuesOf(before, name), valuesOf(added, name))] as const),
  );
}

/** Own properties only: a label may be called `constructor`. */
function valuesOf(labels: Readonly<Record<string, readonly string[]>>, name: string): readonly string[] {
  return Object.hasOwn(labels, name) ? (labels[name] ?? []) : [];
}

/** The number of values in all filters. */
export function countValues({ endpoints, models, labels, exclude }: StreamSubscription): number {
  return [endpoints, models, ...Object.values(labels), ...Object.values(exclude)].flat().length;
}

/** The same text for subscriptions that select the same data, whatever their interval. */
export function selectionKey({ interval: _interval, ...selection }: StreamSubscription): string {
  return JSON.stringify(selection);
}

/** The groups of a subscription. */
export function typesOf({ metric_types: types }: StreamSubscription): readonly StreamMetricType[] {
  return types.includes("all")
    ? STREAM_METRIC_TYPES
    : STREAM_METRIC_TYPES.filter((type) => types.includes(type));
}

/**
 * Returns a function that recognizes the series of a subscription. A filter by a label leaves out series without that
 * label; an exclusion keeps them.
 */
export function createMatcher({
  endpoints,
  models,
  labels,
  exclude,
}: StreamSubscription): (labels: Labels) => boolean {
  const included = [["endpoint", endpoints] as const, ["model", models] as const, ...Object.entries(labels)]
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => ({ name, values: new Set(values) }));
  const excluded = Object.entries(exclude).map(([name, values]) => ({ name, values: new Set(values) }));
  return (own) =>
    included.every(({ name, values }) => values.has(valueOf(own, name) ?? "")) &&
    !excluded.some(({ name, values }) => values.has(valueOf(own, name) ?? ""));
}

/** `endpoint` is the route, under the name that the metric has for it. */
function valueOf(labels: Labels, name: string): string | undefined {
  if (Object.hasOwn(labels, name)) return labels[name];
  return name === "endpoint" ? endpointOf(labels) : undefined;
}

/** Returns the endpoint of a series: its route, or the name of a stream without one. */
export function endpointOf({ route, http_route: httpRoute, stream }: Labels): string | undefined {
  return route ?? httpRoute ?? stream;
}
