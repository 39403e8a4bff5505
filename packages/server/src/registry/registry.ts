import { collectDefaultMetrics, Registry } from "prom-client";
import type { AppFamily } from "../exposition/format.ts";
import type { Exemplars } from "../exposition/renderSeries.ts";
import type { Labels } from "../metrics/descriptor.ts";
import { createAppMetricsReader, defaultLabelsOf, type UnreadableListener } from "./readAppMetrics.ts";
import { createFamilyView, createView, type MetricView, ownerOf, type ViewOwner } from "./registryView.ts";
import type { ExposedFamily } from "../metrics/aliasFamilies.ts";

/**
 * The parts of a registry that are used: the `Registry` of `prom-client`, or of its successor
 * `@prometheus-io/client`, or a similar one.
 */
export interface AppRegistry {
  readonly contentType: string;
  registerMetric(metric: never): void;
  getSingleMetric(name: string): unknown;
  getMetricsAsArray(): readonly object[];
  removeSingleMetric(name: string): void;
}

/** The registry that contains the app's metrics and ours. */
export interface MetricRegistry<R extends AppRegistry> {
  readonly registry: R;
  /**
   * Reads the current metrics that the app registered itself. Never rejects: a metric that cannot be read is left
   * out.
   */
  readAppFamilies(): Promise<AppFamily[]>;
  /** Returns the labels that the app has set with `setDefaultLabels` so far. They apply to our series, too. */
  defaultLabels(): Labels;
  /** Allows another collector to take the registry, while counted values can still be read from it. */
  handOver(): void;
  /** Removes our metrics from the registry, which frees their names. */
  release(): void;
}

export interface RegistryOptions<R extends AppRegistry> {
  /** The app of the collector, by which a second one on the same registry recognizes it. */
  readonly app: string;
  readonly families: readonly ExposedFamily[];
  readonly exemplars: Exemplars;
  /** Default a registry of `prom-client`. */
  readonly registry: R | undefined;
  /** As of `CollectorOptions`. */
  readonly runtimeMetrics: boolean;
  /**
   * Called if a running collector of the same app owns the registry, because a hot reload created a second one. The
   * new collector takes the registry over. Default: the registry is refused.
   */
  readonly onTakeOver: (() => void) | undefined;
  readonly onUnreadable: UnreadableListener;
}

/**
 * Shows our families in a registry and reads the app's from it. This is the only file that uses `prom-client`.
 *
 * The library does not count our metrics: its `inc` accepts NaN, which then stays forever, and it joins label values
 * so that two label sets can become one series. It does not render our exposition either: it renders everything at
 * once, and its OpenMetrics mode changes the names of counters permanently.
 *
 * Throws a TypeError if the registry has a metric with the name of one of ours.
 */
export function createRegistry<R extends AppRegistry = Registry>(
  options: RegistryOptions<R>,
): MetricRegistry<R> {
  const { app, families, exemplars, onUnreadable } = options;
  // This function creates the default of the type parameter.
  const registry = options.registry ?? (new Registry() as AppRegistry as R);
  const taken = new Set(families.map(({ descriptor }) => descriptor.name));
  const owner: ViewOwner = { app, isStopping: false };
  makeRoom(registry, taken, options);
  for (const family of families) registry.registerMetric(createFamilyView(family, exemplars, owner) as never);
  if (options.runtimeMetrics) registerRuntimeMetrics(registry, owner);

  return {
    registry,
    readAppFamilies: createAppMetricsReader(registry, { taken, onUnreadable }),
    defaultLabels: () => defaultLabelsOf(registry, onUnreadable),
    handOver: () => {
      owner.isStopping = true;
    },
    release: () => removeViewsOf(owner, registry),
  };
}

/** Throws a TypeError if one of our names is taken and its owner does not release it. */
function makeRoom(
  registry: AppRegistry,
  names: ReadonlySet<string>,
  { app, onTakeOver }: Pick<RegistryOptions<AppRegistry>, "app" | "onTakeOver">,
): void {
  for (const name of names) {
    const found = registry.getSingleMetric(name);
    if (found === undefined) continue;
    const owner = ownerOf(found);
    if (!owner) throw takenName(name);
    if (!owner.isStopping) {
      if (!onTakeOver || owner.app !== app) throw takenRegistry(owner.app);
      onTakeOver();
    }
    removeViewsOf(owner, registry);
  }
}

function removeViewsOf(owner: ViewOwner, registry: AppRegistry): void {
  const views = registry.getMetricsAsArray().filter((metric) => ownerOf(metric) === owner);
  for (const { name } of views as MetricView[]) registry.removeSingleMetric(name);
}

function takenName(name: string): TypeError {
  return new TypeError(
    `[rumkit] The registry has a metric called "${name}" already. Give each collector a separate registry, or rename the metric.`,
  );
}

function takenRegistry(app: string): TypeError {
  return new TypeError(
    `[rumkit] The registry belongs to a running collector of the app "${app}". Give each collector a separate registry. ` +
      "If a hot reload or a test made this collector again, await stop() of the one before, or keep one in globalThis.",
  );
}

/** Gauges that end in `_total`, which `promtool check metrics` refuses; each is the sum of its sibling by type. */
const MISNAMED = [
  "nodejs_active_resources_total",
  "nodejs_active_handles_total",
  "nodejs_active_requests_total",
];

/** The first of the library's runtime metrics. If the registry has it, the app already collects them. */
const FIRST_RUNTIME_METRIC = "process_cpu_user_seconds_total";

/** Collected once per process, because the library cannot stop the observers that it starts. */
let runtimeMetrics: Registry | undefined;

/** A runtime metric, with members that the library's types lack. */
interface RuntimeMetric extends Pick<MetricView, "name" | "help" | "type"> {
  readonly aggregator: string;
  get(): Promise<AppFamily>;
}

function registerRuntimeMetrics(registry: AppRegistry, owner: ViewOwner): void {
  if (registry.getSingleMetric(FIRST_RUNTIME_METRIC) !== undefined) return;
  if (!runtimeMetrics) {
    runtimeMetrics = new Registry();
    collectDefaultMetrics({ register: runtimeMetrics });
  }
  for (const metric of runtimeMetrics.getMetricsAsArray() as unknown as RuntimeMetric[]) {
    const { name, help, type, aggregator } = metric;
    if (MISNAMED.includes(name) || registry.getSingleMetric(name) !== undefined) continue;
    // Copied: the library adds the default labels of a registry to the values that it receives.
    const read = async () => [...(await metric.get()).values].map((value) => ({ ...value }));
    registry.registerMetric(createView({ name, help, type, aggregator, read }, owner) as never);
  }
}
