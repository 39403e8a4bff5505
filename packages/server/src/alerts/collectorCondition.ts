import { secondsOf } from "../catalog/alertDefaults.ts";
import type { CollectorCondition, Counted } from "../catalog/collectorAlerts.ts";
import { sparse } from "./catalogCondition.ts";
import { atLeast, compare, type Condition } from "./condition.ts";
import type { CounterReading, Window } from "./counterReading.ts";
import type { Readings } from "./readings.ts";
import type { Vector, Where } from "./selector.ts";
import { combine, ratio } from "./vectors.ts";

/** Returns the condition of an alert about the collector itself. */
export function collectorCondition(readings: Readings, when: CollectorCondition): Condition {
  if ("gauge" in when) {
    const value = readings.gauge({ metric: when.gauge, where: [], by: [] });
    const other = when.while === undefined ? undefined : { metric: when.while, where: [], by: [] };
    const needed = other && readings.gauge(other);
    return {
      by: [],
      evaluate: () => compare(value.now(), when, (group) => !needed || (needed.now().get(group) ?? 0) > 0),
    };
  }
  const window = { seconds: secondsOf(when.over) };
  if ("share" in when) {
    const selector = { metric: when.share, where: [], by: [] };
    const all = needing(readings.counter(selector), window);
    const within = needing(readings.counter({ ...selector, edge: when.within }), window);
    const isSparse = sparse(readings, when.share);
    return {
      by: [],
      evaluate: (at) =>
        compare(
          ratio(within.rate(at, window), all.rate(at, window), isSparse),
          { below: when.below },
          atLeast(all.increase(at, window), when.atLeast),
        ),
    };
  }
  if ("increase" in when) {
    const { by, above } = when;
    const reading = needing(readings.counter({ metric: when.increase, where: [], by }), window);
    return { by, evaluate: (at) => compare(reading.increase(at, window), { above }) };
  }
  return ofPart(readings, when, window);
}

function ofPart(
  readings: Readings,
  when: Extract<CollectorCondition, { part: unknown }>,
  window: Window,
): Condition {
  const countOf = ({ metric, only, except }: Counted): CounterReading => {
    const where: Where[] = [
      ...(only ? [{ label: only.label, oneOf: only.values }] : []),
      ...(except ? [{ label: except.label, not: except.value }] : []),
    ];
    return needing(readings.counter({ metric, where, by: [] }), window);
  };
  const part = countOf(when.part);
  const whole = when.all.map(countOf);
  const isSparse = sparse(readings, when.part.metric);
  return {
    by: [],
    evaluate: (at) => {
      const some = part.increase(at, window);
      const all = whole.map((reading) => reading.increase(at, window)).reduce(add);
      const enough =
        "part" in when.atLeast ? atLeast(some, when.atLeast.part) : atLeast(all, when.atLeast.all);
      return compare(ratio(some, all, isSparse), { above: when.above }, enough);
    },
  };
}

function needing(reading: CounterReading, window: Window): CounterReading {
  reading.need(window);
  return reading;
}

function add(a: Vector, b: Vector): Vector {
  return combine(a, b, (x, y) => x + y);
}
