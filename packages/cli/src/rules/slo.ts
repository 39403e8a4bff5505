import { type ObjectiveSpec, webVitals } from "@rumkit/protocol";
import { allowedShareOf, PERIOD_DAYS, secondsOf } from "@rumkit/server/internal/metrics";
import { budgetLeft, burnRate } from "../promql/errorBudget.ts";
import { type Expression, orZero, type Sum, sumBy } from "../promql/expression.ts";
import { httpRequests } from "../promql/httpRequests.ts";
import { badShareOf } from "../promql/objective.ts";
import type { Promql } from "../promql/promql.ts";
import type { Duration } from "../promql/window.ts";
import type { Recording } from "./recordings.ts";

/** The windows whose error ratio is recorded, shortest first. */
const WINDOWS: readonly Duration[] = ["5m", "30m", "1h", "2h", "6h", "1d", "3d", `${PERIOD_DAYS}d`];

/**
 * Longer windows are computed from recorded rates: three days of each series of requests would be millions of samples
 * in every evaluation.
 */
const LONGEST_RAW = "6h";

/** The window of the recorded rates, and of the burn rate that boards show. */
const BASE = "5m";
const SHOWN = "1h";

/** An objective with the expressions of its events, by its name in the catalog. */
export interface Slo {
  readonly name: string;
  readonly budget: number;
  /** Everything that is recorded for it, each after what it reads. */
  readonly recordings: readonly Recording[];
  /** The recorded share of bad events. */
  readonly errors: (window: Duration) => Expression;
  /** The number of events. */
  readonly count: (window: Duration) => Expression;
  /** The recorded part of the error budget that is left, over its whole time. */
  readonly budgetLeft: Recording;
}

/** Describes the recordings of an objective. */
export function createSlo(promql: Promql, app: string, name: string, objective: ObjectiveSpec): Slo {
  const sli = "vital" in objective ? vitalSli(promql, objective) : httpSli(promql);
  const ratio = (window: Duration): Expression => badShareOf(promql, objective, window, sli.by);
  const level = `job${sli.by.includes("navigation") ? "_navigation" : ""}:${app}_slo_${name}`;
  const record = (rest: string, expression: Expression): Recording => ({ name: level + rest, expression });
  const read = ({ name: recorded, expression }: Recording): Expression =>
    promql.recorded(recorded, expression);
  const all = record(`_events:rate${BASE}`, sli.all(BASE));
  const bad = record(`_errors:rate${BASE}`, sli.bad(BASE));
  const sumOver = (recording: Recording, window: Duration): string =>
    `sum_over_time(${read(recording).text}[${window}])`;
  const ratioOver = (window: Duration): Expression =>
    isRaw(window)
      ? ratio(window)
      : { ...ratio(BASE), text: `${sumOver(bad, window)} / (${sumOver(all, window)} > 0)` };
  const ratios = new Map(
    WINDOWS.map((window) => [window, record(`_errors:ratio_rate${window}`, ratioOver(window))]),
  );
  const errors = (window: Duration): Expression => read(ratios.get(window)!);
  const budget = allowedShareOf(objective);
  const left = record(":error_budget_remaining", budgetLeft(errors(`${PERIOD_DAYS}d`), budget));
  return {
    name,
    budget,
    errors,
    recordings: [
      all,
      bad,
      ...ratios.values(),
      record(`:burn_rate${SHOWN}`, burnRate(errors(SHOWN), budget)),
      left,
    ],
    budgetLeft: left,
    count: (window) => {
      if (isRaw(window)) return sli.count(window);
      const mean = `avg_over_time(${read(all).text}[${window}])`;
      return { ...read(all), text: `${secondsOf(window as "5m")} * ${mean}`, unit: "count" };
    },
  };
}

function isRaw(window: Duration): boolean {
  return WINDOWS.indexOf(window) <= WINDOWS.indexOf(LONGEST_RAW);
}

/** The events of an objective: a service level indicator. */
interface Sli {
  readonly by: readonly string[];
  /** All events per second. */
  readonly all: (window: Duration) => Sum;
  /** Bad events per second: 0, not nothing, while there has been none. */
  readonly bad: (window: Duration) => Expression;
  /** All events in the window. */
  readonly count: (window: Duration) => Expression;
}

/** Pages from the browser's cache are always fast, and would hide slow document loads: each navigation by itself. */
function vitalSli(promql: Promql, { vital, below }: Extract<ObjectiveSpec, { vital: unknown }>): Sli {
  const { metric } = webVitals[vital];
  const by = [promql.job, "navigation"];
  const all = (window: Duration): Sum => sumBy(by, promql.observationRate(metric, window));
  return {
    by,
    all,
    bad: (window) => {
      const good = orZero(sumBy(by, promql.rateBelow(metric, below, window)), all(window));
      return { ...all(window), text: `${all(window).text} - ${good.text}` };
    },
    count: (window) => promql.observations(metric, window, by),
  };
}

function httpSli(promql: Promql): Sli {
  const requests = httpRequests(promql);
  const by = [promql.job];
  const all = (window: Duration): Sum => sumBy(by, requests.rate(window));
  const failed = (window: Duration): Sum => sumBy(by, requests.rate(window, "failed"));
  return {
    by,
    all,
    bad: (window) => orZero(failed(window), all(window)),
    count: (window) => sumBy(by, requests.increase(window)),
  };
}
