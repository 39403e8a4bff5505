import type { AlertDuration } from "@rumkit/protocol";
import { secondsOf } from "@rumkit/server/internal/metrics";
import { type Condition, isAtLeast } from "../promql/condition.ts";
import { maxBy, minBy, type Sum, sumBy } from "../promql/expression.ts";
import type { Promql } from "../promql/promql.ts";
import type { Duration } from "../promql/window.ts";

/** The metric that Prometheus adds for each target. */
const UP = "up";

/** The share of scrapes that must be answered: a restart may cost one in ten. */
const ANSWERED = 0.9;

/** Long enough for one answered scrape at the start of the window. */
const START: Duration = "5m";

/**
 * Holds for each job that Prometheus has scraped through the window: what was not counted in it did not happen. In
 * the window of an outage, or of the first minutes, there are fewer events for another reason.
 *
 * Each target has to answer, because several processes of an app count a part each. A target that was removed has no
 * samples after its end, so it does not matter; one that is down for good holds these alerts back until it is removed,
 * and CollectorDown fires for it.
 *
 * @param ago The end of the window. Default now.
 */
export function scrapedThroughout(promql: Promql, window: Duration, ago?: Duration): readonly Condition[] {
  const by = [promql.job];
  const then = ago === undefined ? promql : promql.before(ago);
  const start = ago === undefined ? window : addDurations(window, ago);
  return [
    isAtLeast(minBy(by, then.gaugeOver("avg", UP, window)), ANSWERED),
    isAtLeast(maxBy(by, promql.before(start).gaugeOver("max", UP, START)), 1),
  ];
}

const UNITS = [
  ["d", 86_400],
  ["h", 3600],
  ["m", 60],
] as const;

/** 1h and 7d as 169h: PromQL has no sum of offsets. */
function addDurations(a: Duration, b: Duration): Duration {
  const seconds = secondsOf(a as AlertDuration) + secondsOf(b as AlertDuration);
  const [unit, size] = UNITS.find(([, whole]) => seconds % whole === 0) ?? ["s", 1];
  return `${seconds / size}${unit}`;
}

/** A sum over each job that has targets, to stand for 0 where a family has no series yet. */
export function targetsOf(promql: Promql): Sum {
  return sumBy([promql.job], promql.gauge(UP));
}
