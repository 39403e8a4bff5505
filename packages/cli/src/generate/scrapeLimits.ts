import type { MetricDescriptor } from "@rumkit/server";
import {
  buildLargestScrape,
  closedValues,
  MAX_LABEL_LENGTH,
  openLabels,
  RUNTIME_FAMILIES,
  ruleOf,
} from "@rumkit/server/internal/metrics";

/** Limits of a `scrape_config` of Prometheus. A scrape that exceeds one of them fails as a whole. */
export interface ScrapeLimits {
  /** Samples of a scrape. */
  readonly sample_limit: number;
  /** Labels of a series, with its name and the labels of its target. */
  readonly label_limit: number;
  /** Bytes of a label value, and of a name. */
  readonly label_value_length_limit: number;
  /** Bytes of a scrape before compression, in Prometheus' units: 1MB is 1,048,576 bytes. */
  readonly body_size_limit: string;
}

/** Room for what the catalog does not know: the app's own metrics in the same registry, and the next few routes. */
const HEADROOM = 1.2;

/** Samples of a family of the runtime at most: garbage collections by kind are a histogram. */
const RUNTIME_SAMPLES = 10;

/** Labels that service discovery and relabeling add to a target; an operator of Kubernetes adds eight. */
const TARGET_LABELS = 12;

/** Bytes of a target's label: a name in Kubernetes has 253 at most (kubernetes.io/docs, "Object Names and IDs"). */
const TARGET_VALUE = 253;

/** Bytes of a UTF-16 unit in UTF-8 at most. */
const BYTES_PER_UNIT = 3;

/** The name of a metric is a label, too; so is the edge of a bucket. */
const OWN_LABELS = 2;

const MEGABYTE = 1_048_576;

/** Returns limits that no scrape of these metrics reaches, with some headroom. */
export function scrapeLimits(descriptors: readonly MetricDescriptor[]): ScrapeLimits {
  const largest = buildLargestScrape(descriptors);
  const sum = (key: "lines" | "bytes"): number => largest.reduce((total, size) => total + size[key], 0);
  const samples = sum("lines") + RUNTIME_FAMILIES.length * RUNTIME_SAMPLES;
  const labels = Math.max(...descriptors.map((descriptor) => descriptor.labels.length));
  const value = Math.max(TARGET_VALUE, ...descriptors.map(longestValue));
  return {
    sample_limit: roundUp(samples * HEADROOM),
    label_limit: labels + OWN_LABELS + TARGET_LABELS,
    label_value_length_limit: roundUp(value * HEADROOM),
    body_size_limit: `${roundUp(Math.ceil((sum("bytes") * HEADROOM) / MEGABYTE))}MB`,
  };
}

function longestValue(descriptor: MetricDescriptor): number {
  const open = openLabels(descriptor);
  const lengths = descriptor.labels.map((label) =>
    open.includes(label)
      ? (ruleOf(descriptor, label)?.maxLength ?? MAX_LABEL_LENGTH) * BYTES_PER_UNIT
      : Math.max(0, ...closedValues(descriptor, label).map((value) => Buffer.byteLength(value))),
  );
  return Math.max(descriptor.name.length, ...lengths);
}

/** Rounds up to two digits, so that a few more series do not change the configuration. */
function roundUp(value: number): number {
  const scale = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.ceil(value / scale) * scale;
}

/** Renders a job of `scrape_configs` as YAML. */
export function renderScrapeConfig(app: string, interval: string, limits: ScrapeLimits): string[] {
  return [
    "scrape_configs:",
    `  - job_name: ${app}`,
    `    scrape_interval: ${interval}`,
    ...Object.entries(limits).map(([name, value]) => `    ${name}: ${value}`),
    "    static_configs:",
    '      - targets: ["localhost:4000"]',
  ];
}
