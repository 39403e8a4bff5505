import type { MetricDescriptor } from "@rumkit/server";
import { sumBy } from "../promql/expression.ts";
import { levelBy } from "../promql/gaugeLevel.ts";
import type { Promql } from "../promql/promql.ts";

/** A query in PromQL that answers a common question about a metric. */
export interface ExampleQuery {
  readonly question: string;
  readonly promql: string;
}

/** Long enough for several scrapes of any usual interval. */
const WINDOW = "5m";

/** Rates of a histogram need more values than a counter's. */
const WIDE_WINDOW = "30m";

/** Returns one to three queries: rate and total of a counter, p75 and mean of a histogram, the value of a gauge. */
export function exampleQueries(promql: Promql, descriptor: MetricDescriptor): ExampleQuery[] {
  const { type, isInfo } = descriptor;
  if (isInfo)
    return [{ question: "The information, by its labels.", promql: promql.series(descriptor.name, "") }];
  if (type === "counter") return counterQueries(promql, descriptor);
  return type === "histogram" ? histogramQueries(promql, descriptor) : gaugeQueries(promql, descriptor);
}

function counterQueries(promql: Promql, { name, labels, unit }: MetricDescriptor): ExampleQuery[] {
  const money = unit === "currency" ? ["currency"] : [];
  const by = [...labels.slice(0, 1).filter((label) => label !== "currency"), ...money];
  const per = by.length === 0 ? "" : ` by ${by.join(" and ")}`;
  return [
    {
      question: `Per second${per}.`,
      promql: sumBy(by, promql.rate(name, WINDOW)).text,
    },
    {
      question: `In the last day${money.length > 0 ? " by currency" : ""}.`,
      promql: sumBy(money, promql.increase(name, "1d")).text,
    },
  ];
}

function histogramQueries(promql: Promql, { name, labels }: MetricDescriptor): ExampleQuery[] {
  const by = labels.slice(0, 1);
  const per = by.length === 0 ? "" : ` by ${by.join()}`;
  const mean = (["_sum", "_count"] as const).map(
    (suffix) => `sum(rate(${promql.series(name, suffix)}[${WIDE_WINDOW}]))`,
  );
  return [
    {
      question: `The 75th percentile${per}.`,
      promql: promql.histogramQuantile(0.75, name, WIDE_WINDOW, by).text,
    },
    { question: "The mean.", promql: mean.join(" / ") },
    { question: `Values per second${per}.`, promql: sumBy(by, promql.observationRate(name, WINDOW)).text },
  ];
}

function gaugeQueries(promql: Promql, { name, labels }: MetricDescriptor): ExampleQuery[] {
  const by = labels.slice(0, 1);
  return [
    {
      question: `Now${by.length === 0 ? "" : ` by ${by.join()}`}, of all processes.`,
      promql: levelBy(by, promql.gauge(name)).text,
    },
  ];
}
