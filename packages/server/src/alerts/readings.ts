import { isKept, type MetricDescriptor } from "../metrics/descriptor.ts";
import { joinOfSets } from "../metrics/gaugeJoin.ts";
import { type CounterReading, createCounterReading } from "./counterReading.ts";
import { createGaugeReading, type GaugeReading } from "./gaugeReading.ts";
import { createPresence, type Presence } from "./presence.ts";
import type { Read } from "./rule.ts";
import { keyOfSelector, type Selector } from "./selector.ts";
import type { AlertSource } from "./source.ts";

/** Everything that rules read, each once. */
export interface Readings {
  readonly descriptors: ReadonlyMap<string, MetricDescriptor>;
  readonly presence: Presence;
  readonly counters: ReadonlyMap<string, CounterReading>;
  readonly gauges: ReadonlyMap<string, GaugeReading>;
  counter(selector: Selector): CounterReading;
  gauge(selector: Selector): GaugeReading;
  /** Reads all series. */
  sample(at: number): void;
}

export function createReadings(source: AlertSource, metrics: readonly MetricDescriptor[]): Readings {
  const descriptors = new Map(metrics.map((metric) => [metric.name, metric]));
  const counters = new Map<string, CounterReading>();
  const gauges = new Map<string, GaugeReading>();
  const presence = createPresence(source);
  const metricOf = (name: string): MetricDescriptor => {
    const found = descriptors.get(name);
    if (!found) throw new TypeError(`[rumkit] No metric is called "${name}". Describe it first.`);
    return found;
  };
  return {
    descriptors,
    presence,
    counters,
    gauges,
    counter: (selector) => {
      const startsAnew = !isKept(metricOf(selector.metric));
      return shared(counters, keyOfSelector(selector), () =>
        createCounterReading(selector, source, startsAnew),
      );
    },
    gauge: (selector) => {
      const across = joinOfSets(metricOf(selector.metric));
      return shared(gauges, `${across} ${keyOfSelector(selector)}`, () =>
        createGaugeReading(selector, source, across),
      );
    },
    sample: (at) => {
      presence.sample(at);
      for (const reading of counters.values()) reading.sample(at);
      for (const reading of gauges.values()) reading.sample(at);
    },
  };
}

function shared<T>(all: Map<string, T>, key: string, create: () => T): T {
  const found = all.get(key) ?? create();
  all.set(key, found);
  return found;
}

/** Returns the same readings, and everything that is asked of them from now on. */
export function noteReads(readings: Readings): { readonly readings: Readings; readonly reads: Read[] } {
  const reads: Read[] = [];
  const noting =
    <T>(type: Read["type"], read: (selector: Selector) => T) =>
    (selector: Selector): T => {
      reads.push({ type, selector });
      return read(selector);
    };
  const { counter, gauge } = readings;
  return {
    readings: { ...readings, counter: noting("counter", counter), gauge: noting("gauge", gauge) },
    reads,
  };
}
