import type { Labels } from "../metrics/descriptor.ts";
import { joinLabels, type LabelPairs } from "./externalLabels.ts";
import { ProtobufWriter } from "./protobufWriter.ts";
import type { Point, PushedFamily, PushedSeries } from "./pushedSeries.ts";

/** Fields of `ExportMetricsServiceRequest` (opentelemetry-proto 1.11, `metrics/v1/metrics.proto` and below). */
const REQUEST = { resourceMetrics: 1 };
const RESOURCE_METRICS = { resource: 1, scopeMetrics: 2 };
const RESOURCE = { attributes: 1 };
const SCOPE_METRICS = { scope: 1, metrics: 2 };
const SCOPE = { name: 1 };
const METRIC = { name: 1, description: 2, unit: 3, gauge: 5, sum: 7, histogram: 9, summary: 11 };
/** Of `Gauge`, `Sum`, `Histogram` and `Summary`. */
const DATA = { dataPoints: 1, aggregationTemporality: 2, isMonotonic: 3 };
const ATTRIBUTE = { key: 1, value: 2 };
const VALUE = { string: 1 };
const NUMBER = { start: 2, time: 3, double: 4, attributes: 7, flags: 8 };
const HISTOGRAM = {
  start: 2,
  time: 3,
  count: 4,
  sum: 5,
  bucketCounts: 6,
  bounds: 7,
  attributes: 9,
  flags: 10,
};
const SUMMARY = { start: 2, time: 3, count: 4, sum: 5, quantiles: 6, attributes: 7, flags: 8 };
const QUANTILE = { quantile: 1, value: 2 };
const CUMULATIVE = 2;
/** `DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK`: the series has ended. */
const NO_RECORDED_VALUE = 1;

/** Attributes of a resource from which Prometheus makes the labels `job` and `instance`. */
const OF_RESOURCE: Readonly<Record<string, string>> = {
  job: "service.name",
  instance: "service.instance.id",
};

/** Returns an encoder of OTLP: cumulative, with the time at which each series was 0. */
export function createOtlpRequest(external: Labels): (points: readonly Point[]) => Buffer {
  const resource = Object.entries(external).flatMap(([name, value]): [string, string][] =>
    Object.hasOwn(OF_RESOURCE, name) ? [[OF_RESOURCE[name]!, value]] : [],
  );
  return (points) => {
    const families = Map.groupBy(points, ({ series }) => series.family);
    const request = new ProtobufWriter(65_536);
    request.message(REQUEST.resourceMetrics, (all) => {
      all.message(RESOURCE_METRICS.resource, (one) => writeAttributes(one, RESOURCE.attributes, resource));
      all.message(RESOURCE_METRICS.scopeMetrics, (scope) => {
        scope.message(SCOPE_METRICS.scope, (one) => one.text(SCOPE.name, "rumkit"));
        for (const [family, members] of families)
          scope.message(SCOPE_METRICS.metrics, (metric) => writeMetric(metric, family, members, external));
      });
    });
    return request.finish();
  };
}

/**
 * The name is the scraped one, and the unit is left empty. Prometheus adds the unit and `_total` to a name that lacks
 * them (otlptranslator, `normalizeName`), others take names as they are: like this, both have the scraped name.
 */
function writeMetric(
  metric: ProtobufWriter,
  { name, type, help }: PushedFamily,
  points: readonly Point[],
  external: Labels,
): void {
  metric.text(METRIC.name, name).text(METRIC.description, help);
  // A counter without `_total` would get one, so it is sent without its type.
  const isCounter = type === "counter" && name.endsWith("_total");
  const field =
    type === "histogram"
      ? METRIC.histogram
      : type === "summary"
        ? METRIC.summary
        : isCounter
          ? METRIC.sum
          : METRIC.gauge;
  metric.message(field, (data) => {
    for (const point of points) writePoints(data, point, field, external);
    if (field === METRIC.sum || field === METRIC.histogram)
      data.integer(DATA.aggregationTemporality, CUMULATIVE);
    if (field === METRIC.sum) data.integer(DATA.isMonotonic, 1);
  });
}

function writePoints(
  data: ProtobufWriter,
  { series, samples }: Point,
  field: number,
  external: Labels,
): void {
  const attributes = attributesOf(series, external);
  for (const { at, values } of samples)
    data.message(DATA.dataPoints, (point) => {
      const write =
        field === METRIC.histogram ? writeHistogram : field === METRIC.summary ? writeSummary : writeNumber;
      write(point, { series, at, values, attributes });
    });
}

interface DataPoint {
  readonly series: PushedSeries;
  readonly at: number;
  readonly values: readonly number[] | undefined;
  readonly attributes: LabelPairs;
}

function writeNumber(point: ProtobufWriter, { series, at, values, attributes }: DataPoint): void {
  writeTimes(point, NUMBER, series, at);
  if (values === undefined) point.integer(NUMBER.flags, NO_RECORDED_VALUE);
  else point.double(NUMBER.double, values[0]!);
  writeAttributes(point, NUMBER.attributes, attributes);
}

/** Buckets of OTLP are counted separately; those of Prometheus have all values up to their edge. */
function writeHistogram(point: ProtobufWriter, { series, at, values, attributes }: DataPoint): void {
  writeTimes(point, HISTOGRAM, series, at);
  writeAttributes(point, HISTOGRAM.attributes, attributes);
  if (values === undefined) return void point.integer(HISTOGRAM.flags, NO_RECORDED_VALUE);
  const buckets = series.lines
    .flatMap(({ extra }, index) =>
      extra ? [{ edge: Number(extra[1].replace("+Inf", "Infinity")), index }] : [],
    )
    .toSorted((a, b) => a.edge - b.edge);
  const cumulative = buckets.map(({ index }) => values[index]!);
  point.fixed64(HISTOGRAM.count, BigInt(Math.round(valueOf(series, values, "_count"))));
  point.double(HISTOGRAM.sum, valueOf(series, values, "_sum"));
  const counts = new ProtobufWriter(128);
  for (const [index, total] of cumulative.entries())
    counts.rawFixed64(BigInt(Math.max(0, Math.round(total - (cumulative[index - 1] ?? 0)))));
  const bounds = new ProtobufWriter(128);
  for (const { edge } of buckets) if (Number.isFinite(edge)) bounds.rawDouble(edge);
  point.bytes(HISTOGRAM.bucketCounts, counts.finish()).bytes(HISTOGRAM.bounds, bounds.finish());
}

function writeSummary(point: ProtobufWriter, { series, at, values, attributes }: DataPoint): void {
  writeTimes(point, SUMMARY, series, at);
  writeAttributes(point, SUMMARY.attributes, attributes);
  if (values === undefined) return void point.integer(SUMMARY.flags, NO_RECORDED_VALUE);
  point.fixed64(SUMMARY.count, BigInt(Math.round(valueOf(series, values, "_count"))));
  point.double(SUMMARY.sum, valueOf(series, values, "_sum"));
  for (const [index, { extra }] of series.lines.entries())
    if (extra)
      point.message(SUMMARY.quantiles, (quantile) =>
        quantile.double(QUANTILE.quantile, Number(extra[1])).double(QUANTILE.value, values[index]!),
      );
}

function valueOf({ family, lines }: PushedSeries, values: readonly number[], end: string): number {
  return values[lines.findIndex(({ name }) => name === family.name + end)] ?? 0;
}

/** `start` and `time` have the same numbers in all messages of points. */
function writeTimes(
  point: ProtobufWriter,
  { start, time }: { readonly start: number; readonly time: number },
  { startedAt }: PushedSeries,
  at: number,
): void {
  if (startedAt > 0) point.fixed64(start, BigInt(startedAt) * 1_000_000n);
  point.fixed64(time, BigInt(at) * 1_000_000n);
}

/** Labels of the series. `job` and `instance` of the sender are attributes of the resource. */
function attributesOf({ labels }: PushedSeries, external: Labels): LabelPairs {
  return joinLabels(labels, external).filter(
    ([name]) => !(Object.hasOwn(OF_RESOURCE, name) && Object.hasOwn(external, name)),
  );
}

function writeAttributes(message: ProtobufWriter, field: number, attributes: LabelPairs): void {
  for (const [key, text] of attributes)
    message.message(field, (attribute) => {
      attribute.text(ATTRIBUTE.key, key);
      attribute.message(ATTRIBUTE.value, (value) => value.text(VALUE.string, text));
    });
}
