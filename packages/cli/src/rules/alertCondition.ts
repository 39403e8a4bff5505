import type { AlertCondition, AlertLabels } from "@rumkit/protocol";
import type { MetricDescriptor } from "@rumkit/server";
import { atLeastOf, windowOf } from "@rumkit/server/internal/metrics";
import { allOf, andOn, type Condition, isAbove, isAtLeast, isBelow } from "../promql/condition.ts";
import { type Expression, multipleOf, orZero, ratioOf, type Sum, sumBy } from "../promql/expression.ts";
import { levelBy } from "../promql/gaugeLevel.ts";
import type { Matchers } from "../promql/matchers.ts";
import type { Promql } from "../promql/promql.ts";
import type { Duration } from "../promql/window.ts";
import { scrapedThroughout, targetsOf } from "./presence.ts";

/** The metrics of a catalog, and the expressions over them. */
export interface Metrics {
  readonly promql: Promql;
  readonly descriptors: ReadonlyMap<string, MetricDescriptor>;
}

/** Conditions over metrics that the catalog names. The cost of slow pages is a separate one. */
export type MetricCondition = Exclude<AlertCondition, { slowPagesCost: unknown }>;

/** The family of conditions that count events. */
type Counting = Extract<AlertCondition, { rate: unknown } | { increase: unknown } | { ratio: unknown }>;

/** Renders a condition of the catalog. Throws if it names what the metrics lack: the catalog is checked before. */
export function conditionOf(metrics: Metrics, when: MetricCondition): Condition {
  if ("gauge" in when) return limited(when, valueOfGauge(metrics, when));
  if ("absent" in when) return isAbsent(metrics, when);
  if ("quantile" in when || "share" in when) return ofHistogram(metrics, when);
  return when.comparedTo === undefined
    ? ofCounter(metrics, when)
    : comparedTo(metrics, when, when.comparedTo);
}

function limited({ above, below }: { above?: number; below?: number }, value: Expression): Condition {
  return above === undefined ? isBelow(value, below ?? 0) : isAbove(value, above);
}

/** Of several processes, a gauge is their sum, or what its descriptor says: a state is the lowest or the highest. */
function valueOfGauge(
  { promql }: Metrics,
  { gauge, labels, by = [] }: Extract<AlertCondition, { gauge: unknown }>,
): Expression {
  const series = promql.gauge(gauge, matchersOf(labels));
  const kept = [promql.job, ...by];
  return levelBy(kept, series);
}

function ofHistogram(
  { promql }: Metrics,
  when: Extract<AlertCondition, { quantile: unknown } | { share: unknown }>,
): Condition {
  const by = [promql.job, ...(when.by ?? [])];
  const window = windowOf(when)!;
  const matchers = matchersOf(when.labels);
  const name = "share" in when ? when.share : when.of;
  const value =
    "share" in when
      ? promql.shareBelow(name, when.within, window, by, matchers)
      : promql.histogramQuantile(when.quantile, name, window, by, matchers);
  return allOf(
    limited(when, value),
    isAtLeast(promql.observations(name, window, by, matchers), atLeastOf(when)),
  );
}

function ofCounter(metrics: Metrics, when: Counting): Condition {
  const { promql } = metrics;
  const window = windowOf(when)!;
  const least = atLeastOf(when);
  const by = [promql.job, ...(when.by ?? [])];
  if ("ratio" in when) {
    const { part, all } = partsOf(metrics, when);
    return allOf(limited(when, ratioOf(part, all)), isAtLeast(all, least));
  }
  const name = "rate" in when ? when.rate : when.increase;
  const found = countOf(metrics, name, "rate" in when ? "rate" : "increase", {
    window,
    by,
    labels: when.labels,
  });
  // A family without known series begins with its first event: before that, it is 0 and not nothing.
  const sum = when.below !== undefined && by.length === 1 ? orZero(found, targetsOf(promql)) : found;
  const value = limited(when, sum);
  const counted = countOf(metrics, name, "increase", { window, by, labels: when.labels });
  const enough = least > 0 ? allOf(value, isAtLeast(counted, least)) : value;
  return when.below === undefined ? enough : whileScraped(promql, enough, window);
}

/** Compares with the same window earlier. The limit is a factor. */
function comparedTo(metrics: Metrics, when: Counting, offset: Duration): Condition {
  const { promql } = metrics;
  const window = windowOf(when)!;
  const least = atLeastOf(when);
  const earlier: Metrics = { ...metrics, promql: promql.before(offset) };
  const compared =
    "ratio" in when
      ? comparedRatio(metrics, earlier, when, least)
      : comparedCount(metrics, earlier, when, least);
  // Fewer events need a whole window now, and more of them a whole window then.
  return whileScraped(promql, compared, window, when.below === undefined ? offset : undefined);
}

function comparedCount(
  now: Metrics,
  earlier: Metrics,
  when: Exclude<Counting, { ratio: unknown }>,
  least: number,
): Condition {
  const name = "rate" in when ? when.rate : when.increase;
  const by = [now.promql.job, ...(when.by ?? [])];
  const count = (metrics: Metrics): Sum =>
    countOf(metrics, name, "increase", { window: windowOf(when)!, by, labels: when.labels });
  return allOf(limited(when, multipleOf(count(now), count(earlier))), isAtLeast(count(earlier), least));
}

function comparedRatio(
  now: Metrics,
  earlier: Metrics,
  when: Extract<Counting, { ratio: unknown }>,
  least: number,
): Condition {
  const [is, was] = [partsOf(now, when), partsOf(earlier, when)];
  const before = ratioOf(was.part, was.all);
  const value: Expression = {
    ...ratioOf(is.part, is.all),
    text: `(${ratioOf(is.part, is.all).text}) / ((${before.text}) > 0)`,
    highest: Infinity,
  };
  const expected: Expression = { ...is.all, text: `${is.all.text} * (${before.text})` };
  return allOf(limited(when, value), isAtLeast(was.part, least), isAtLeast(expected, least));
}

function isAbsent(metrics: Metrics, when: Extract<AlertCondition, { absent: unknown }>): Condition {
  const { promql, descriptors } = metrics;
  const by = [promql.job];
  const window = when.over;
  const isGauge = descriptors.get(when.absent)?.type === "gauge";
  const count = (of: Metrics): Sum =>
    isGauge
      ? sumBy(by, of.promql.gaugeOver("count", when.absent, window, matchersOf(when.labels)))
      : countOf(of, when.absent, "increase", { window, by, labels: when.labels });
  const silent = whileScraped(promql, isBelow(orZero(count(metrics), targetsOf(promql)), 1), window);
  if (when.comparedTo === undefined) return silent;
  const earlier = count({ ...metrics, promql: promql.before(when.comparedTo) });
  return andOn(silent, promql.job, isAtLeast(earlier, atLeastOf(when)));
}

function whileScraped(promql: Promql, condition: Condition, window: Duration, ago?: Duration): Condition {
  return scrapedThroughout(promql, window, ago).reduce(
    (narrowed, scraped) => andOn(narrowed, promql.job, scraped),
    condition,
  );
}

function partsOf(metrics: Metrics, when: Extract<Counting, { ratio: unknown }>): { part: Sum; all: Sum } {
  const by = [metrics.promql.job, ...(when.by ?? [])];
  const window = windowOf(when)!;
  return {
    part: countOf(metrics, when.ratio, "increase", { window, by, labels: when.labels }),
    all: countOf(metrics, when.to, "increase", { window, by, labels: when.toLabels }),
  };
}

/** Events of a counter, or observations of a histogram. */
function countOf(
  { promql, descriptors }: Metrics,
  name: string,
  operation: "rate" | "increase",
  { window, by, labels }: { window: Duration; by: readonly string[]; labels: AlertLabels | undefined },
): Sum {
  const matchers = matchersOf(labels);
  if (descriptors.get(name)?.type !== "histogram")
    return sumBy(by, promql[operation](name, window, matchers));
  const count = operation === "rate" ? promql.observationRate : promql.observationIncrease;
  return sumBy(by, count(name, window, matchers));
}

function matchersOf(labels: AlertLabels = {}): Matchers {
  return Object.fromEntries(
    Object.entries(labels).map(([label, value]) => [
      label,
      typeof value === "string" ? value : { oneOf: value },
    ]),
  );
}
