import { type AlertDuration, type Catalog, type ObjectiveSpec, webVitals } from "@rumkit/protocol";
import { secondsOf } from "../catalog/alertDefaults.ts";
import { httpNamesOf } from "../catalog/httpNames.ts";
import type { ObjectiveAlert } from "../catalog/objectiveAlerts.ts";
import { sparse } from "./catalogCondition.ts";
import { atLeast, compare, type Condition, isBeyond } from "./condition.ts";
import type { CounterReading } from "./counterReading.ts";
import type { Readings } from "./readings.ts";
import { slotFor, slotsFor } from "./ring.ts";
import type { Selector, Vector } from "./selector.ts";
import { createSumTrack, type SumTrack, type Total } from "./sumTrack.ts";
import { complement, divide, minus, orZero, ratio, scale, times } from "./vectors.ts";

/** Seconds of the windows that are read from counters. Longer ones are sums of rates, as in the generated rules. */
const LONGEST_RAW = 6 * 3_600;

/** Seconds of the rates that are summed. */
const BASE = 300;

/** The events of an objective. */
export interface Objective {
  readonly name: string;
  readonly by: readonly string[];
  /** Sums of the rates of all events, and of bad ones, by group. */
  readonly sums: ReadonlyMap<string, RateSums>;
  /** Records the rates of this moment. Call it before the conditions are evaluated. */
  record(at: number): void;
  /** Returns the sums of a group of an earlier process. */
  sumsOf(group: string): RateSums;
  condition(alert: ObjectiveAlert): Condition;
}

/** Sums of rates per second. */
interface RateSums {
  readonly all: SumTrack;
  readonly bad: SumTrack;
}

/** The share of bad events over a window, and the number of events. */
interface Events {
  readonly by: readonly string[];
  need(seconds: number): void;
  all(at: number, seconds: number): Vector;
  bad(at: number, seconds: number): Vector;
  errors(at: number, seconds: number): Vector;
  count(at: number, seconds: number): Vector;
  badCount(at: number, seconds: number): Vector;
}

export function createObjective(
  readings: Readings,
  catalog: Catalog,
  name: string,
  spec: ObjectiveSpec,
): Objective {
  const events = "vital" in spec ? vitalEvents(readings, spec) : httpEvents(readings, catalog);
  events.need(BASE);
  const long = createLongWindows();
  const { sums, sumsOf } = long;
  const errors = (at: number, seconds: number): Vector =>
    seconds <= LONGEST_RAW ? events.errors(at, seconds) : long.errors(at, seconds);
  const count = (at: number, seconds: number): Vector =>
    seconds <= LONGEST_RAW ? events.count(at, seconds) : long.count(at, seconds);
  return {
    name,
    by: events.by,
    sums,
    sumsOf,
    record: (at) => {
      if (!long.isRead()) return;
      const bad = events.bad(at, BASE);
      for (const [group, rate] of events.all(at, BASE)) {
        const each = sumsOf(group);
        each.all.add(at, rate, 1);
        const badRate = bad.get(group);
        if (badRate !== undefined) each.bad.add(at, badRate, 1);
      }
    },
    condition: (alert) => {
      const seconds = alert.windows.map((window: AlertDuration) => secondsOf(window));
      for (const each of seconds) {
        if (each <= LONGEST_RAW) events.need(each);
        else long.need(each);
      }
      return { by: events.by, evaluate: (at) => evaluate(at, alert, seconds, { errors, count, events }) };
    },
  };
}

/** Windows of days: sums of the rates at each evaluation. */
function createLongWindows() {
  const ages = new Set<number>();
  const sums = new Map<string, RateSums>();
  const over = (which: keyof RateSums, at: number, seconds: number, of: (total: Total) => number): Vector => {
    const values = new Map<string, number>();
    for (const [group, each] of sums) {
      const total = each[which].over(at - seconds * 1000, at, slotFor(seconds));
      if (total.count > 0) values.set(group, of(total));
    }
    return values;
  };
  return {
    sums,
    sumsOf: (group: string): RateSums => {
      const slots = slotsFor(ages);
      const found = sums.get(group) ?? { all: createSumTrack(slots), bad: createSumTrack(slots) };
      sums.set(group, found);
      return found;
    },
    isRead: (): boolean => ages.size > 0,
    need: (seconds: number): void => void ages.add(seconds),
    errors: (at: number, seconds: number): Vector => {
      const sumOf = ({ sum }: Total): number => sum;
      return divide(over("bad", at, seconds, sumOf), over("all", at, seconds, sumOf));
    },
    count: (at: number, seconds: number): Vector =>
      over("all", at, seconds, ({ sum, count }) => (seconds * sum) / count),
  };
}

interface Measured {
  readonly errors: (at: number, seconds: number) => Vector;
  readonly count: (at: number, seconds: number) => Vector;
  readonly events: Events;
}

function evaluate(
  at: number,
  { kind, threshold, least, leastBad }: ObjectiveAlert,
  windows: readonly number[],
  { errors, count, events }: Measured,
) {
  const [first = BASE, ...others] = windows;
  const share = errors(at, first);
  const all = count(at, first);
  const isMany = atLeast(all, least);
  if (kind === "missed" && leastBad === 0) return compare(complement(share), { below: threshold }, isMany);
  const isBad = atLeast(kind === "missed" ? events.badCount(at, first) : times(share, all), leastBad);
  const rest = others.map((seconds) => errors(at, seconds));
  return compare(
    share,
    { above: threshold },
    (group) =>
      isMany(group) &&
      isBad(group) &&
      rest.every((other) => isBeyond(other.get(group) ?? 0, threshold, true)),
  );
}

function createCounter(readings: Readings, selector: Selector) {
  const reading: CounterReading = readings.counter(selector);
  return {
    need: (seconds: number): void => reading.need({ seconds }),
    rate: (at: number, seconds: number): Vector => reading.rate(at, { seconds }),
    increase: (at: number, seconds: number): Vector => reading.increase(at, { seconds }),
  };
}

/** Page views. Each kind of navigation by itself: those from the browser's cache are always fast. */
function vitalEvents(readings: Readings, spec: Extract<ObjectiveSpec, { vital: unknown }>): Events {
  const { metric } = webVitals[spec.vital];
  const by = ["navigation"];
  const all = createCounter(readings, { metric, where: [], by });
  const good = createCounter(readings, { metric, where: [], by, edge: spec.below });
  const isSparse = sparse(readings, metric);
  const goodRate = (at: number, seconds: number): Vector =>
    orZero(good.rate(at, seconds), all.rate(at, seconds).keys());
  return {
    by,
    need: (seconds) => {
      all.need(seconds);
      good.need(seconds);
    },
    all: all.rate,
    bad: (at, seconds) => minus(all.rate(at, seconds), goodRate(at, seconds)),
    errors: (at, seconds) => complement(ratio(good.rate(at, seconds), all.rate(at, seconds), isSparse)),
    count: all.increase,
    badCount: (at, seconds) => scale(minus(all.rate(at, seconds), goodRate(at, seconds)), seconds),
  };
}

/** Requests. Bad are those that the server failed: a status class `5xx`, or a code that begins with 5. */
function httpEvents(readings: Readings, catalog: Catalog): Events {
  const { requests, duration, statusLabel } = httpNamesOf(catalog);
  const metric = requests ?? duration;
  const all = createCounter(readings, { metric, where: [], by: [] });
  const where = [{ label: statusLabel, startsWith: "5" }];
  const failed = createCounter(readings, { metric, where, by: [] });
  const isSparse = sparse(readings, metric);
  return {
    by: [],
    need: (seconds) => {
      all.need(seconds);
      failed.need(seconds);
    },
    all: all.rate,
    bad: (at, seconds) => orZero(failed.rate(at, seconds), all.rate(at, seconds).keys()),
    errors: (at, seconds) => ratio(failed.rate(at, seconds), all.rate(at, seconds), isSparse),
    count: all.increase,
    badCount: failed.increase,
  };
}
