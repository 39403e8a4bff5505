/** OTLP requests, decoded by OpenTelemetry's own code, and named by the rules of Prometheus' receiver. */
import root from "@opentelemetry/otlp-transformer/build/src/generated/root.js";
import { array, assert, constantFrom, property, stringMatching } from "fast-check";
import { expect, test } from "vitest";
import { createOtlpRequest } from "./otlpRequest.ts";
import type { Line, Point, PushedSeries } from "./pushedSeries.ts";

interface NumberPoint {
  readonly asDouble?: number;
  readonly flags?: number;
  readonly startTimeUnixNano?: string;
  readonly timeUnixNano?: string;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue: string } }[];
  readonly count?: string;
  readonly sum?: number;
  readonly bucketCounts?: readonly string[];
  readonly explicitBounds?: readonly number[];
  readonly quantileValues?: readonly { readonly quantile: number; readonly value: number }[];
}

interface Metric {
  readonly name: string;
  readonly unit?: string;
  readonly gauge?: { readonly dataPoints: readonly NumberPoint[] };
  readonly sum?: {
    readonly dataPoints: readonly NumberPoint[];
    aggregationTemporality: number;
    isMonotonic: boolean;
  };
  readonly histogram?: { readonly dataPoints: readonly NumberPoint[]; aggregationTemporality: number };
  readonly summary?: { readonly dataPoints: readonly NumberPoint[] };
}

/** Its types are those of an empty root. */
const generated = root as unknown as {
  readonly opentelemetry: {
    readonly proto: {
      readonly collector: {
        readonly metrics: { readonly v1: { readonly ExportMetricsServiceRequest: MessageType } };
      };
    };
  };
};

interface MessageType {
  decode(bytes: Uint8Array): object;
  toObject(message: object, options: { readonly longs: StringConstructor }): object;
}

const EXTERNAL = { job: "shop", instance: "one", region: "eu" };
const START = 1_800_000_000_000;

function decode(points: readonly Point[]): {
  readonly resource: Record<string, string>;
  readonly metrics: Metric[];
} {
  const type = generated.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
  const request = type.toObject(type.decode(createOtlpRequest(EXTERNAL)(points)), { longs: String }) as {
    resourceMetrics: [
      { resource: { attributes: NumberPoint["attributes"] }; scopeMetrics: [{ metrics: Metric[] }] },
    ];
  };
  const [{ resource, scopeMetrics }] = request.resourceMetrics;
  return { resource: labelsOf(resource.attributes), metrics: scopeMetrics[0].metrics };
}

const labelsOf = (attributes: NumberPoint["attributes"]): Record<string, string> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]));

function seriesOf(name: string, type: string, lines: readonly Line[] = [{ name }]): PushedSeries {
  const family = { name, type, help: "Help.", unit: "" };
  return { id: name, family, labels: { route: "/" }, lines, startedAt: type === "gauge" ? 0 : START };
}

const point = (series: PushedSeries, ...values: (number[] | undefined)[]): Point => ({
  series,
  samples: values.map((one, index) => ({ at: START + (index + 1) * 1_000, values: one })),
});

test("a counter is a monotonic, cumulative sum with its start time", () => {
  const { resource, metrics } = decode([point(seriesOf("picks_total", "counter"), [3], undefined)]);
  expect(resource).toEqual({ "service.name": "shop", "service.instance.id": "one" });
  const [{ name, unit, sum }] = metrics as [Metric];
  expect([name, unit, sum!.aggregationTemporality, sum!.isMonotonic]).toEqual([
    "picks_total",
    undefined,
    2,
    true,
  ]);
  const [first, ended] = sum!.dataPoints as [NumberPoint, NumberPoint];
  expect(first).toMatchObject({
    asDouble: 3,
    startTimeUnixNano: `${START}000000`,
    timeUnixNano: `${START + 1_000}000000`,
  });
  expect(labelsOf(first.attributes)).toEqual({ route: "/", region: "eu" });
  expect([ended.flags, ended.asDouble]).toEqual([1, undefined]);
});

test("a gauge has no start time, and every double arrives", () => {
  const values = [-0, Number.NaN, Number.POSITIVE_INFINITY, 1e-300];
  const [{ gauge }] = decode([point(seriesOf("level", "gauge"), ...values.map((value) => [value]))])
    .metrics as [Metric];
  expect(gauge!.dataPoints.map(({ asDouble }) => asDouble)).toEqual(values);
  expect(gauge!.dataPoints[0]!.startTimeUnixNano).toBeUndefined();
});

test("a histogram has separate buckets, from whichever order", () => {
  const lines: Line[] = [
    { name: "h_bucket", extra: ["le", "+Inf"] },
    { name: "h_bucket", extra: ["le", "0.5"] },
    { name: "h_bucket", extra: ["le", "1"] },
    { name: "h_sum" },
    { name: "h_count" },
  ];
  const [{ histogram }] = decode([point(seriesOf("h", "histogram", lines), [9, 2, 5, 7.5, 9], undefined)])
    .metrics as [Metric];
  expect(histogram).toMatchObject({
    aggregationTemporality: 2,
    dataPoints: [
      { count: "9", sum: 7.5, bucketCounts: ["2", "3", "4"], explicitBounds: [0.5, 1] },
      { flags: 1 },
    ],
  });
});

test("a summary has its quantiles", () => {
  const lines: Line[] = [{ name: "s", extra: ["quantile", "0.9"] }, { name: "s_sum" }, { name: "s_count" }];
  const [{ summary }] = decode([point(seriesOf("s", "summary", lines), [4, 8, 2])]).metrics as [Metric];
  expect(summary!.dataPoints).toMatchObject([
    { count: "2", sum: 8, quantileValues: [{ quantile: 0.9, value: 4 }] },
  ]);
});

/**
 * The name that Prometheus makes of a metric with the default strategy, by the rules of prometheus/otlptranslator: words
 * between underscores, the unit if the name lacks it, `total` at the end of a monotonic sum, `ratio` for a gauge of unit 1.
 */
function prometheusName({ name, unit = "", gauge, sum }: Metric): string {
  const units: Readonly<Record<string, string>> = { s: "seconds", By: "bytes", ms: "milliseconds" };
  let words = name.split(/[^a-zA-Z0-9:]+/).filter((word) => word !== "");
  const suffix = units[unit];
  if (suffix !== undefined && !words.includes(suffix)) words.push(suffix);
  if (sum?.isMonotonic === true) words = [...words.filter((word) => word !== "total"), "total"];
  if (gauge && unit === "1") words = [...words.filter((word) => word !== "ratio"), "ratio"];
  const joined = words.join("_");
  return /^\d/.test(joined) ? `_${joined}` : joined;
}

test("every scraped name comes back, with the unit and type at its end or without them", () => {
  const word = stringMatching(/^[a-z][a-z0-9]{0,5}$/);
  const end = constantFrom(
    "",
    "_seconds",
    "_bytes",
    "_ratio",
    "_total",
    "_seconds_total",
    "_bytes_total",
    "_info",
  );
  assert(
    property(
      array(word, { minLength: 1, maxLength: 4 }),
      end,
      constantFrom("counter", "gauge"),
      (words, suffix, type) => {
        // A name in whose middle `total` stands changes its place: no metric of a collector has one.
        const name = words.filter((one) => one !== "total").join("_") + suffix;
        if (!/^[a-z]/.test(name)) return;
        const [metric] = decode([point(seriesOf(name, type), [1])]).metrics as [Metric];
        expect(metric.name).toBe(name);
        expect(prometheusName(metric)).toBe(name);
      },
    ),
  );
});
