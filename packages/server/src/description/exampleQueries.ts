import type { MetricDescriptor } from "../metrics/descriptor.ts";

/** A query in PromQL that answers a common question about a metric. */
export interface ExampleQuery {
  readonly question: string;
  readonly promql: string;
}

/** Long enough for several scrapes of any usual interval. */
const WINDOW = "5m";

/** Rates of a histogram need more values than a counter's. */
const WIDE_WINDOW = "30m";

/**
 * Returns one to three queries: rate and total of a counter, p75 and mean of a histogram, the value of a gauge.
 *
 * @param matchers Label matchers of every selector, as PromQL without braces.
 */
export function exampleQueries(descriptor: MetricDescriptor, matchers: string): ExampleQuery[] {
  const { name, type, isInfo } = descriptor;
  if (isInfo) return [{ question: "The information, by its labels.", promql: `${name}{${matchers}}` }];
  if (type === "counter") return counterQueries(descriptor, matchers);
  return type === "histogram" ? histogramQueries(descriptor, matchers) : gaugeQueries(descriptor, matchers);
}

function counterQueries({ name, labels, unit }: MetricDescriptor, matchers: string): ExampleQuery[] {
  const money = unit === "currency" ? ["currency"] : [];
  const by = [...labels.slice(0, 1).filter((label) => label !== "currency"), ...money];
  const per = by.length === 0 ? "" : ` by ${by.join(" and ")}`;
  const over = (operation: string, window: string): string => `${operation}(${name}{${matchers}}[${window}])`;
  return [
    { question: `Per second${per}.`, promql: sumBy(by, over("rate", WINDOW)) },
    {
      question: `In the last day${money.length > 0 ? " by currency" : ""}.`,
      promql: sumBy(money, over("increase", "1d")),
    },
  ];
}

function histogramQueries({ name, labels }: MetricDescriptor, matchers: string): ExampleQuery[] {
  const by = labels.slice(0, 1);
  const per = by.length === 0 ? "" : ` by ${by.join()}`;
  const rate = (suffix: string, window: string): string => `rate(${name}${suffix}{${matchers}}[${window}])`;
  return [
    {
      question: `The 75th percentile${per}.`,
      promql: `histogram_quantile(0.75, ${sumBy(["le", ...by], rate("_bucket", WIDE_WINDOW))})`,
    },
    {
      question: "The mean.",
      promql: `${sumBy([], rate("_sum", WIDE_WINDOW))} / ${sumBy([], rate("_count", WIDE_WINDOW))}`,
    },
    { question: `Values per second${per}.`, promql: sumBy(by, rate("_count", WINDOW)) },
  ];
}

function gaugeQueries({ name, labels, acrossProcesses }: MetricDescriptor, matchers: string): ExampleQuery[] {
  const by = labels.slice(0, 1);
  const operation = acrossProcesses === undefined ? "sum" : acrossProcesses === "min" ? "min" : "max";
  return [
    {
      question: `Now${by.length === 0 ? "" : ` by ${by.join()}`}, of all processes.`,
      promql: sumBy(by, `${name}{${matchers}}`).replace(/^sum/, operation),
    },
  ];
}

function sumBy(by: readonly string[], series: string): string {
  return by.length === 0 ? `sum(${series})` : `sum by (${by.join(", ")}) (${series})`;
}
