import type { Catalog } from "@rumkit/protocol";
import type { MetricDescriptor } from "@rumkit/server";
import {
  buildUsualCase,
  describeBackendMetrics,
  draftMetrics,
  type MetricSize,
} from "@rumkit/server/internal/metrics";
import { type ScrapeLimits, scrapeLimits } from "../generate/scrapeLimits.ts";
import { usualSeries } from "./usualSeries.ts";

/** Label sets, lines of /metrics (series in Prometheus), and bytes before compression. */
export interface Size {
  readonly series: number;
  readonly lines: number;
  readonly bytes: number;
}

/** A metric in the worst case, and as it usually is. */
export interface MetricCost extends MetricSize {
  readonly usual: Size;
}

/** The answer of `rumkit check`. */
export interface Report {
  readonly app: string;
  readonly fits: boolean;
  readonly faults: readonly string[];
  /** The worst case, and its `memory` in bytes. */
  readonly total: Size & { readonly memory: number };
  /** An estimate for a site with visitors and a backend. */
  readonly usual: Size;
  /** Samples that Prometheus stores, at this interval of scrapes in seconds. */
  readonly samplesPerDay: { readonly interval: number; readonly usual: number; readonly most: number };
  readonly scrapeLimits: ScrapeLimits | undefined;
  /** The metrics that this catalog declares. */
  readonly own: readonly MetricCost[];
  /** The metrics of requests, queries, caches and the like, which only a collector in a backend fills. */
  readonly backend: readonly MetricCost[];
  readonly metrics: readonly MetricCost[];
}

interface Findings {
  readonly descriptors: readonly MetricDescriptor[];
  /** The worst case, by metric. */
  readonly worst: readonly MetricSize[];
  /** Bytes of all series. */
  readonly memory: number;
  readonly faults: readonly string[];
  readonly maxBytes: number;
  /** Seconds between two scrapes. */
  readonly interval: number;
}

const SECONDS_PER_DAY = 86_400;

/** Judges the sizes of a catalog's metrics. An invalid catalog has no metrics. */
export function createReport(catalog: Catalog, findings: Findings): Report {
  const { descriptors, worst, memory, faults, maxBytes, interval } = findings;
  const usual = buildUsualCase(descriptors, (descriptor) => usualSeries(descriptor, catalog));
  const metrics = worst.map((size, index): MetricCost => {
    const { series, lines, bytes } = usual[index]!;
    return { ...size, usual: { series, lines, bytes } };
  });
  const most = sumSizes(metrics);
  const expected = sumSizes(metrics.map((metric) => metric.usual));
  const tooLarge =
    most.bytes > maxBytes ? [`/metrics has up to ${most.bytes} bytes; ${maxBytes} at most.`] : [];
  const allFaults = [...faults, ...tooLarge];
  const perDay = (lines: number): number => Math.ceil((lines * SECONDS_PER_DAY) / interval);
  return {
    app: catalog.app,
    fits: allFaults.length === 0,
    faults: allFaults,
    total: { ...most, memory },
    usual: expected,
    samplesPerDay: { interval, usual: perDay(expected.lines), most: perDay(most.lines) },
    scrapeLimits: descriptors.length > 0 ? scrapeLimits(descriptors) : undefined,
    own: ownMetrics(catalog, metrics),
    backend: backendMetrics(catalog, metrics),
    metrics,
  };
}

export function sumSizes(sizes: readonly Size[]): Size {
  const sum = (key: keyof Size): number => sizes.reduce((total, size) => total + size[key], 0);
  return { series: sum("series"), lines: sum("lines"), bytes: sum("bytes") };
}

/** Returns the metrics that a catalog with only the same routes would not have. */
function ownMetrics(catalog: Catalog, metrics: readonly MetricCost[]): MetricCost[] {
  const { app, routes } = catalog;
  const common = new Set(draftMetrics({ app, routes }).descriptors.map(({ name }) => name));
  return metrics.filter(({ metric }) => !common.has(metric));
}

/** Returns the metrics that `httpMetrics()` and the instruments fill. A standalone collector leaves them empty. */
function backendMetrics({ app, routes, http }: Catalog, metrics: readonly MetricCost[]): MetricCost[] {
  const names = new Set(
    describeBackendMetrics({ app, routes, ...(http && { http }) })
      .filter(({ side }) => side === "backend")
      .map(({ name }) => name),
  );
  return metrics.filter(({ metric }) => names.has(metric));
}
