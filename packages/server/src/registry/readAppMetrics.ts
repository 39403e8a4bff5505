import { setTimeout as wait } from "node:timers/promises";
import type { AppFamily, AppValue } from "../exposition/format.ts";
import type { Labels, MetricDescriptor } from "../metrics/descriptor.ts";
import { isFamilyView } from "./registryView.ts";
import { collectorCounter } from "../metrics/describeFamily.ts";

/** The part of the library's registry from which the metrics of the app are read. */
export interface ReadableRegistry {
  readonly contentType: string;
  getMetricsAsArray(): readonly object[];
}

/**
 * Called when a metric of the app could not be read: its `collect` throws or takes too long, or it has the name of a
 * collector metric. `name` is the name of the family that failed.
 */
export type UnreadableListener = (metric: string, error: unknown, name?: string) => void;

/**
 * Milliseconds that a scrape waits for a metric of the app: most have their value ready, and within Prometheus'
 * default timeout of 10 s the other metrics still arrive.
 */
const READ_MS = 3_000;

/** A metric of either library. */
interface AppMetric {
  readonly name: string;
  get(): AppFamily | Promise<AppFamily>;
}

export interface AppMetricsOptions {
  /** Names that the app's metrics may not have. */
  readonly taken: ReadonlySet<string>;
  readonly onUnreadable: UnreadableListener;
  /** Default 3,000 milliseconds. */
  readonly readMs?: number;
}

/**
 * Reads the metrics that the app registered itself, each separately, so that an unreadable one does not affect the
 * others. A metric that is still being read is not read again. Never rejects.
 */
export function createAppMetricsReader(
  registry: ReadableRegistry,
  { taken, onUnreadable, readMs = READ_MS }: AppMetricsOptions,
): () => Promise<AppFamily[]> {
  const startReading = createReadings();

  const read = async (metric: AppMetric, defaults: Labels): Promise<AppFamily | undefined> => {
    const timer = new AbortController();
    try {
      const family = await Promise.race([startReading(metric), rejectLate(readMs, timer.signal)]);
      const exposed = asExposed(family, registry);
      if (taken.has(exposed.name))
        throw new Error("the collector has a metric of this name. Rename the app's.");
      if (Object.keys(defaults).length === 0) return exposed;
      return { ...exposed, values: [...exposed.values].map((value) => withDefaults(value, defaults)) };
    } catch (error) {
      onUnreadable(metric.name, error);
      return undefined;
    } finally {
      timer.abort();
    }
  };

  return async () => {
    const metrics = registry.getMetricsAsArray().filter((metric) => !isFamilyView(metric));
    const defaults = defaultLabelsOf(registry, onUnreadable);
    const families = await Promise.all(metrics.map((metric) => read(metric as AppMetric, defaults)));
    return families.filter((family) => family !== undefined);
  };
}

/** Returns a function that reads a metric, or joins a reading of it that has not ended. */
function createReadings(): (metric: AppMetric) => Promise<AppFamily> {
  const reading = new Map<AppMetric, Promise<AppFamily>>();
  return (metric) => {
    const running = reading.get(metric);
    if (running) return running;
    // Async, so that a synchronous exception becomes a rejection.
    const started = (async () => metric.get())();
    reading.set(metric, started);
    const forget = (): void => void reading.delete(metric);
    started.then(forget, forget);
    return started;
  };
}

async function rejectLate(milliseconds: number, signal: AbortSignal): Promise<never> {
  await wait(milliseconds, undefined, { signal });
  throw new Error(`it took longer than ${milliseconds / 1000} s.`);
}

/** A name that a label of the app can have. `__` belongs to Prometheus, and `le` and `quantile` to lines of one metric. */
const LABEL_NAME = /^(?!__|(?:le|quantile)$)[a-z_]\w*$/i;

/**
 * Reads the value of `setDefaultLabels`: both libraries keep it in this property, and neither has a method that
 * returns it, nor checks it. A label that would break the lines of a scrape is left out.
 */
export function defaultLabelsOf(registry: object, onUnreadable: UnreadableListener): Labels {
  const { _defaultLabels: given } = registry as { readonly _defaultLabels?: unknown };
  const labels: Record<string, string> = {};
  for (const [name, value] of Object.entries(Object(given) as object)) {
    const isValue = ["string", "number", "bigint", "boolean"].includes(typeof value);
    if (isValue && LABEL_NAME.test(name)) labels[name] = String(value);
    else onUnreadable("setDefaultLabels", isValue ? badName() : badValue(value), name);
  }
  return labels;
}

function badName(): TypeError {
  return new TypeError(
    "the name of a label has letters of ASCII, digits and underscores, does not begin with a digit or two underscores, and is neither le nor quantile.",
  );
}

function badValue(value: unknown): TypeError {
  return new TypeError(`the value of a label is a text, and not ${value === null ? "null" : typeof value}.`);
}

/**
 * Copied, because the values are the library's own objects. The library's order: a metric's own labels come first and
 * take precedence.
 */
function withDefaults(value: AppValue, defaults: Labels): AppValue {
  return { ...value, labels: { ...value.labels, ...defaults, ...value.labels } };
}

/**
 * Restores the name of a counter: in OpenMetrics mode a registry returns it without the `_total` that it adds to its
 * lines.
 */
function asExposed(family: AppFamily, { contentType }: ReadableRegistry): AppFamily {
  const { name, type } = family;
  const isCut = type === "counter" && contentType.includes("openmetrics") && !name.endsWith("_total");
  return isCut ? { ...family, name: `${name}_total` } : family;
}

/** Maximum metrics of the app that are reported as unreadable: if more fail, the registry itself is broken. */
const MAX_UNREADABLE = 100;

/** Describes the failures of the metrics that the app registered itself. */
export function describeRegistryMetrics(): MetricDescriptor[] {
  return [
    {
      ...collectorCounter(
        "rum_metric_read_failures_total",
        "Times that a metric of the app could not be read: it was left out, and the others were shown.",
      ),
      labels: ["metric"],
      known: [],
      maxSeries: MAX_UNREADABLE,
    },
  ];
}
