import { errorText } from "../base/looseValue.ts";
import type {
  Catalog,
  GaugeArguments,
  GaugeName,
  GaugeReaders,
  GaugeSpec,
  LabelSpec,
  NoGauges,
} from "@rumkit/protocol";
import { isRejection, Rejection } from "../base/rejection.ts";
import { gaugeFamilyName } from "../catalog/describeGaugeMetrics.ts";
import { type Labels, labelSets } from "../metrics/descriptor.ts";
import type { RecordSample } from "../metrics/sample.ts";
import type { UnreadableListener } from "../registry/readAppMetrics.ts";
import { type CallDetails, listNames, pickLabels, unknownName } from "../vocabulary/labels.ts";
import { createGaugeReader, type ReadGauge } from "./gaugeReader.ts";

/** The calls for gauges of the catalog. None throws. */
export interface DeclaredGauges<C extends Catalog> {
  /**
   * Sets a gauge, which has no sample before. A value that is not a finite number is refused, and the gauge has no
   * sample until it is set again.
   *
   * @example setGauge("licenses_borrowed", 12, { tool: "maya" });
   */
  readonly setGauge: <Name extends GaugeName<C>>(
    name: Name | NoGauges<C>,
    value: number,
    ...labels: GaugeArguments<C, Name>
  ) => void;
  /**
   * Has a gauge read at each scrape and once a second, if its value lives elsewhere: `observeGauge("open", () =>
   * pool.size)`. With labels, `read` returns `{ labels, value }` of each label set. What it does not return has no sample,
   * nor has a gauge whose `read` throws. Several calls for one gauge add their label sets.
   *
   * Returns a function that ends it: then the gauge has no sample.
   */
  readonly observeGauge: <Name extends GaugeName<C>>(
    name: Name | NoGauges<C>,
    read: GaugeReaders<C>[Name],
  ) => () => void;
}

export interface DeclaredGaugesOptions {
  readonly gauges: Readonly<Record<string, GaugeSpec>>;
  readonly record: RecordSample;
  /** Called with each call that the catalog does not allow. */
  readonly reject: (rejection: Rejection) => void;
  readonly onUnreadable: UnreadableListener;
}

/** The calls, and the update before a scrape. */
interface RunningGauges<C extends Catalog> {
  readonly calls: DeclaredGauges<C>;
  readonly readAll: () => void;
}

/** A declared gauge. */
interface Gauge {
  readonly name: string;
  readonly metric: string;
  readonly labels: LabelSpec;
  readonly reader: ReturnType<typeof createGaugeReader>;
}

export function createDeclaredGauges<C extends Catalog>(options: DeclaredGaugesOptions): RunningGauges<C> {
  const { record, reject } = options;
  const gauges = new Map(
    Object.entries(options.gauges).map(([name, spec]) => [name, createGauge(name, spec, options)]),
  );
  const find = (name: unknown): Gauge | undefined => {
    const gauge = gauges.get(name as string);
    if (!gauge) reject(unknownName("gauge", name, () => gauges.keys()));
    return gauge;
  };
  return {
    calls: {
      setGauge: (name, value, ...[labels]) => {
        const gauge = find(name);
        if (!gauge) return;
        const picked = labelsOf(gauge, labels);
        if (isRejection(picked)) return reject(picked as Rejection);
        const isKnown = Number.isFinite(value);
        record({ metric: gauge.metric, labels: picked, value: isKnown ? value : Number.NaN });
        if (!isKnown) reject(notFinite(gauge.name, value));
      },
      observeGauge: (name, read) => find(name)?.reader.add(read as ReadGauge) ?? (() => {}),
    },
    readAll: () => {
      for (const { reader } of gauges.values()) reader.readAll();
    },
  };
}

function createGauge(name: string, spec: GaugeSpec, options: DeclaredGaugesOptions): Gauge {
  const metric = gaugeFamilyName(name, spec);
  const { labels = {} } = spec;
  const { record, onUnreadable } = options;
  const reader = createGaugeReader({
    hasLabels: Object.keys(labels).length > 0,
    mostSets: labelSets(labels).length,
    labelsOf: (given) => labelsOf({ labels }, given),
    set: (set, value) => record({ metric, labels: set, value }),
    onFailure: (error, set) => onUnreadable(metric, error, set),
  });
  return { name, metric, labels, reader };
}

/** Returns the labels of a series. Another label than the declared ones is refused: two values would be one series. */
function labelsOf({ labels: spec }: Pick<Gauge, "labels">, given: unknown): Labels | Rejection<string> {
  try {
    const details = (given ?? {}) as CallDetails;
    const unknown = Object.keys(details).find((label) => !Object.hasOwn(spec, label));
    if (unknown === undefined) return pickLabels(spec, details);
    return new Rejection(
      "bad_event",
      `"${unknown.slice(0, 128)}" is not a label of it. Its labels: ${listNames(Object.keys(spec))}.`,
    );
  } catch (error) {
    return new Rejection("bad_event", `Its labels cannot be read: ${errorText(error)}`);
  }
}

function notFinite(name: string, value: unknown): Rejection {
  const shown = typeof value === "number" ? String(value) : typeof value;
  return new Rejection("bad_number", `The gauge "${name}" needs a finite number, not ${shown}.`);
}
