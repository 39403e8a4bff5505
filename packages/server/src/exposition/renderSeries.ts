import type { Labels, MetricDescriptor } from "../metrics/descriptor.ts";
import type { Exemplar } from "../metrics/sample.ts";
import type { HistogramSeries, ScalarSeries, Series } from "../metrics/seriesStore.ts";
import { type ExpositionFormat, familyName, renderLabels, renderNumber } from "./format.ts";
import {
  isBornAfter,
  isHistogram,
  isNewAfter,
  isUnknown,
  keepText,
  readBirth,
  readBuckets,
  readValue,
} from "./seriesReader.ts";

export interface SeriesOptions {
  readonly format: ExpositionFormat;
  /** By `steadyNow`: a counter or histogram that was born later is shown as 0. */
  readonly zeroSince: number;
  /** The start of the collector, by `steadyNow`: series that the catalog declares were born then. */
  readonly startedAt: number;
  /** By `steadyNow`: OpenMetrics also exposes the creation time of a series that was born later. */
  readonly createdSince: number;
  readonly exemplars: Exemplars;
  /** Labels for every series that has no label of the same name: default labels of the app's registry. */
  readonly defaultLabels?: Labels;
}

/**
 * Renders the lines of one series of a family, with a line feed after each. A gauge without a known value has none.
 */
export function createSeriesRenderer(
  { name, type, labels: own, buckets = [] }: MetricDescriptor,
  { format, zeroSince, startedAt, createdSince, exemplars, defaultLabels = {} }: SeriesOptions,
): (series: Series) => string {
  const added = renderLabels(
    Object.fromEntries(Object.entries(defaultLabels).filter(([label]) => !own.includes(label))),
  );
  const isNew = (series: Series): boolean => type !== "gauge" && isNewAfter(series, zeroSince, startedAt);
  const exemplarsOf = (series: Series): SlotExemplars =>
    format === "openmetrics" && type !== "gauge" ? exemplars.of(series) : undefined;
  const prefixOf = ({ labels }: Series): string => `${name}${inBraces(renderLabels(labels))} `;

  const renderScalar = (series: ScalarSeries): string => {
    if (isUnknown(series)) return "";
    const kept = keepText(series, prefixOf);
    const prefix = added === "" ? kept : addLabels(kept, added);
    if (isNew(series)) return `${prefix}0\n`;
    return prefix + readValue(series) + endOf(exemplarsOf(series)?.[0]);
  };
  const renderHistogram = createHistogramRenderer(name, buckets, added);
  const renderValue = (series: Series): string =>
    isHistogram(series) ? renderHistogram(series, isNew(series), exemplarsOf(series)) : renderScalar(series);
  const isUntyped = type === "counter" && !name.endsWith("_total");
  if (format === "text" || type === "gauge" || isUntyped) return renderValue;
  const createdName = `${familyName({ name, type }, format)}_created`;
  return (series) => {
    if (!isBornAfter(series, createdSince)) return renderValue(series);
    const labels = [labelsOf(series), added].filter((part) => part !== "").join(",");
    return `${renderValue(series)}${createdName}${inBraces(labels)} ${readBirth(series)}\n`;
  };
}

type SlotExemplars = readonly (KeptExemplar | undefined)[] | undefined;

/**
 * Both formats write a bucket edge as in the catalog, `le="1"`. OpenMetrics recommends `le="1.0"`, but to Prometheus
 * before version 3 that would be different series.
 */
function createHistogramRenderer(
  name: string,
  buckets: readonly number[],
  added: string,
): (series: HistogramSeries, isNew: boolean, exemplars: SlotExemplars) => string {
  const edges = [...buckets.map(String), "+Inf"].map((edge) => `le="${edge}"} `);

  return (series, isNew, exemplars) => {
    const own = keepText(series, labelsOf);
    const labels = own === "" || added === "" ? own + added : `${own},${added}`;
    const bucketHead = labels === "" ? `${name}_bucket{` : `${name}_bucket{${labels},`;
    const end = labels === "" ? " " : `{${labels}} `;
    const { counts, sum } = readBuckets(series);
    let text = "";
    let count = 0;
    for (let bucket = 0; bucket < edges.length; bucket += 1) {
      if (!isNew) count += counts[bucket] ?? 0;
      text += bucketHead + edges[bucket] + count + (isNew ? "\n" : endOf(exemplars?.[bucket]));
    }
    return `${text}${name}_sum${end}${isNew ? 0 : sum}\n${name}_count${end}${count}\n`;
  };
}

function labelsOf({ labels }: Series): string {
  return renderLabels(labels);
}

/** Adds labels to a prefix: `name{a="1"} ` and `b="2"` are `name{a="1",b="2"} `. */
function addLabels(prefix: string, added: string): string {
  return prefix.endsWith("} ") ? `${prefix.slice(0, -2)},${added}} ` : `${prefix.slice(0, -1)}{${added}} `;
}

function inBraces(labels: string): string {
  return labels === "" ? "" : `{${labels}}`;
}

function endOf(exemplar: KeptExemplar | undefined): string {
  return exemplar ? `${renderExemplar(exemplar)}\n` : "\n";
}

/**
 * Milliseconds until the exemplar of a line may be replaced. A scrape exposes one per line, and scrapes are seconds
 * apart.
 */
const KEEP_MS = 1_000;

const TRACE_ID = /^[0-9a-f]{32}$/;
const SPAN_ID = /^[0-9a-f]{16}$/;

/** A trace, and the value that was counted in it. */
export interface KeptExemplar extends Exemplar {
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The most recent trace of each counter and each bucket of a histogram. */
export interface Exemplars {
  /** Stores the trace of a sample, if the line's current exemplar is old enough. Never throws. */
  keep(series: Series, value: number, exemplar: Exemplar): void;
  /** Returns the exemplars of a series by bucket, or the one of a counter; undefined without any. */
  of(series: Series): readonly (KeptExemplar | undefined)[] | undefined;
}

/**
 * Keeps exemplars beside the store, so that counting without a trace costs one comparison. Their labels take 63
 * characters of the 128 that OpenMetrics allows.
 */
export function createExemplars(now: () => number): Exemplars {
  const kept = new WeakMap<Series, (KeptExemplar | undefined)[]>();
  return {
    keep: (series, value, exemplar) => {
      const { type, unit } = series.descriptor;
      // Money has no exemplars: it is counted in minor units and exposed in major ones, and exemplars are not
      // converted.
      if (type === "gauge" || unit === "currency") return;
      const { traceId, spanId } = exemplar;
      const slots = kept.get(series) ?? [];
      const slot = bucketOf(series.descriptor.buckets ?? [], value);
      const at = now();
      const last = slots[slot];
      if (last && Math.abs(at - last.at) < KEEP_MS) return;
      if (!TRACE_ID.test(traceId) || !SPAN_ID.test(spanId)) return;
      slots[slot] = { traceId, spanId, value, at };
      kept.set(series, slots);
    },
    of: (series) => kept.get(series),
  };
}

/** Renders the end of an OpenMetrics line. */
function renderExemplar({ traceId, spanId, value, at }: KeptExemplar): string {
  return ` # {trace_id="${traceId}",span_id="${spanId}"} ${renderNumber(value)} ${at / 1000}`;
}

function bucketOf(edges: readonly number[], value: number): number {
  const index = edges.findIndex((edge) => value <= edge);
  return index < 0 ? edges.length : index;
}
