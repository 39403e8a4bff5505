import type { AlertCondition, AlertLabels } from "@rumkit/protocol";
import { atLeastOf, secondsOf, windowOf } from "../catalog/alertDefaults.ts";
import { atLeast, compare, type Condition, type Limit } from "./condition.ts";
import type { CounterReading, Window } from "./counterReading.ts";
import { quantileOf } from "./quantile.ts";
import type { Readings } from "./readings.ts";
import type { Selector, Vector, Where } from "./selector.ts";
import { divide, minus, orZero, ratio, times } from "./vectors.ts";

type Of<Key extends string> = Extract<AlertCondition, Readonly<Record<Key, unknown>>>;
type Counting = Of<"rate"> | Of<"increase">;

/** The one group of a condition without `by`. */
const ALL = "";

/**
 * Returns the condition of an alert in the catalog. It has the value that the generated rule of Prometheus has.
 *
 * @param conversion The conversion of `slowPagesCost`.
 */
export function catalogCondition(
  readings: Readings,
  when: AlertCondition,
  clear: number | undefined,
  conversion: string | undefined,
): Condition {
  if ("gauge" in when) return ofGauge(readings, when, clear);
  if ("absent" in when) return isAbsent(readings, when);
  if ("quantile" in when) return ofQuantile(readings, when, clear);
  if ("share" in when) return ofShare(readings, when, clear);
  if ("slowPagesCost" in when) return slowPages(readings, when, clear, conversion ?? "");
  return "ratio" in when ? ofRatio(readings, when, clear) : ofCounter(readings, when, clear);
}

function wheresOf(labels: AlertLabels = {}): Where[] {
  return Object.entries(labels).map(([label, value]) => ({ label, oneOf: [value].flat() }));
}

function limitOf({ above, below }: { above?: number; below?: number }, clear: number | undefined): Limit {
  return { above, below, clear };
}

function ofGauge(readings: Readings, when: Of<"gauge">, clear: number | undefined): Condition {
  const by = when.by ?? [];
  const reading = readings.gauge({ metric: when.gauge, where: wheresOf(when.labels), by });
  return { by, evaluate: () => compare(reading.now(), limitOf(when, clear)) };
}

function reader(readings: Readings, selector: Selector, windows: readonly Window[]): CounterReading {
  const reading = readings.counter(selector);
  for (const window of windows) reading.need(window);
  return reading;
}

function ofQuantile(readings: Readings, when: Of<"quantile">, clear: number | undefined): Condition {
  const by = when.by ?? [];
  const window = { seconds: secondsOf(windowOf(when)!) };
  const selector = { metric: when.of, where: wheresOf(when.labels), by };
  const all = reader(readings, selector, [window]);
  const edges = readings.descriptors.get(when.of)?.buckets ?? [];
  const buckets = edges.map((edge) => ({ edge, reading: reader(readings, { ...selector, edge }, [window]) }));
  return {
    by,
    evaluate: (at) => {
      const values = quantileOf(
        when.quantile,
        buckets.map(({ edge, reading }) => ({ edge, upTo: reading.rate(at, window) })),
        all.rate(at, window),
      );
      return compare(values, limitOf(when, clear), atLeast(all.increase(at, window), atLeastOf(when)));
    },
  };
}

function ofShare(readings: Readings, when: Of<"share">, clear: number | undefined): Condition {
  const by = when.by ?? [];
  const window = { seconds: secondsOf(windowOf(when)!) };
  const selector = { metric: when.share, where: wheresOf(when.labels), by };
  const all = reader(readings, selector, [window]);
  const within = reader(readings, { ...selector, edge: when.within }, [window]);
  const isSparse = sparse(readings, when.share);
  return {
    by,
    evaluate: (at) =>
      compare(
        ratio(within.rate(at, window), all.rate(at, window), isSparse),
        limitOf(when, clear),
        atLeast(all.increase(at, window), atLeastOf(when)),
      ),
  };
}

/** True for a metric whose series appear with their first event. */
export function sparse(readings: Readings, metric: string): boolean {
  return readings.descriptors.get(metric)?.known.length === 0;
}

function ofCounter(readings: Readings, when: Counting, clear: number | undefined): Condition {
  const metric = "rate" in when ? when.rate : when.increase;
  const by = when.by ?? [];
  const window = { seconds: secondsOf(windowOf(when)!) };
  const ago = when.comparedTo === undefined ? undefined : secondsOf(when.comparedTo);
  const earlier = { ...window, ago: ago ?? 0 };
  const reading = reader(readings, { metric, where: wheresOf(when.labels), by }, [window, earlier]);
  const least = atLeastOf(when);
  const limit = limitOf(when, clear);
  if (ago !== undefined) {
    const throughout = presenceOver(readings, window.seconds, when.below === undefined ? ago : 0);
    const isSparse = sparse(readings, metric);
    return {
      by,
      evaluate: (at) => {
        const then = reading.increase(at, earlier);
        const values = ratio(reading.increase(at, window), then, isSparse);
        return compare(values, limit, both(throughout(at), atLeast(then, least)));
      },
    };
  }
  const throughout = when.below === undefined ? undefined : presenceOver(readings, window.seconds, 0);
  return {
    by,
    evaluate: (at) => {
      const found = "rate" in when ? reading.rate(at, window) : reading.increase(at, window);
      const isAlone = when.below !== undefined && by.length === 0 && readings.presence.isKnown();
      const values = isAlone ? orZero(found, [ALL]) : found;
      const enough = least > 0 ? atLeast(reading.increase(at, window), least) : () => true;
      return compare(values, limit, both(throughout?.(at) ?? true, enough));
    },
  };
}

function both(first: boolean, second: (group: string) => boolean): (group: string) => boolean {
  return first ? second : () => false;
}

/** True if the collector ran through a window: what was not counted then did not happen. */
function presenceOver(readings: Readings, seconds: number, ago: number): (at: number) => boolean {
  readings.presence.need(seconds + ago);
  return (at) => readings.presence.throughout(at, seconds, ago);
}

function ofRatio(readings: Readings, when: Of<"ratio">, clear: number | undefined): Condition {
  const by = when.by ?? [];
  const window = { seconds: secondsOf(windowOf(when)!) };
  const ago = when.comparedTo === undefined ? 0 : secondsOf(when.comparedTo);
  const earlier = { ...window, ago };
  const windows = ago === 0 ? [window] : [window, earlier];
  const part = reader(readings, { metric: when.ratio, where: wheresOf(when.labels), by }, windows);
  const all = reader(readings, { metric: when.to, where: wheresOf(when.toLabels), by }, windows);
  const isSparse = sparse(readings, when.ratio);
  const least = atLeastOf(when);
  const limit = limitOf(when, clear);
  const shareAt = (at: number, over: Window): Vector =>
    ratio(part.increase(at, over), all.increase(at, over), isSparse);
  if (ago === 0)
    return {
      by,
      evaluate: (at) => compare(shareAt(at, window), limit, atLeast(all.increase(at, window), least)),
    };
  const throughout = presenceOver(readings, window.seconds, when.below === undefined ? ago : 0);
  return {
    by,
    evaluate: (at) => {
      const before = shareAt(at, earlier);
      const expected = times(all.increase(at, window), before);
      const [then, now] = [atLeast(part.increase(at, earlier), least), atLeast(expected, least)];
      const values = divide(shareAt(at, window), before);
      return compare(
        values,
        limit,
        both(throughout(at), (group) => then(group) && now(group)),
      );
    },
  };
}

function isAbsent(readings: Readings, when: Of<"absent">): Condition {
  const seconds = secondsOf(when.over);
  const selector = { metric: when.absent, where: wheresOf(when.labels), by: [] };
  const throughout = presenceOver(readings, seconds, 0);
  const count = countOver(readings, selector, seconds);
  const ago = when.comparedTo === undefined ? undefined : secondsOf(when.comparedTo);
  const then = ago === undefined ? undefined : reader(readings, selector, [{ seconds, ago }]);
  return {
    by: [],
    evaluate: (at) => {
      const found = count(at);
      const values = readings.presence.isKnown() ? orZero(found, [ALL]) : found;
      const isMissed = then
        ? atLeast(then.increase(at, { seconds, ago: ago ?? 0 }), atLeastOf(when))
        : () => true;
      return compare(values, { below: 1 }, both(throughout(at), isMissed));
    },
  };
}

/** Counts the events of a counter, or the samples of a gauge. */
function countOver(readings: Readings, selector: Selector, seconds: number): (at: number) => Vector {
  if (readings.descriptors.get(selector.metric)?.type !== "gauge") {
    const reading = reader(readings, selector, [{ seconds }]);
    return (at) => reading.increase(at, { seconds });
  }
  const gauge = readings.gauge(selector);
  gauge.need(seconds);
  return (at) => {
    const samples = gauge.samples(at, seconds);
    return samples > 0 ? new Map([[ALL, samples]]) : new Map();
  };
}

/** The ratings of the sessions that are compared. */
const [FAST, SLOW] = ["good", "poor"] as const;

/** The result of slow sessions at the rate of fast ones, minus what it was. */
function slowPages(
  readings: Readings,
  when: Of<"slowPagesCost">,
  clear: number | undefined,
  conversion: string,
): Condition {
  const window = { seconds: secondsOf(windowOf(when)!) };
  const of = (metric: string, labels: AlertLabels, experience: string): CounterReading =>
    reader(readings, { metric, where: wheresOf({ ...labels, experience }), by: [] }, [window]);
  const sessions = (experience: string) => of("rum_sessions_rated_total", {}, experience);
  const money = { conversion, currency: when.slowPagesCost };
  const [fast, slow] = [sessions(FAST), sessions(SLOW)];
  const converted = of("conversions_total", { conversion }, FAST);
  const [paid, paidSlow] = [of("revenue_total", money, FAST), of("revenue_total", money, SLOW)];
  const least = atLeastOf(when);
  return {
    by: [],
    evaluate: (at) => {
      const expected = (reading: CounterReading): Vector =>
        divide(times(slow.increase(at, window), reading.increase(at, window)), fast.increase(at, window));
      const values = minus(expected(paid), paidSlow.increase(at, window));
      const [some, many] = [converted.increase(at, window), expected(converted)];
      return compare(
        values,
        { above: when.above, clear },
        (group) => atLeast(some, least)(group) && atLeast(many, least)(group),
      );
    },
  };
}
