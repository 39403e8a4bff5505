import { type ObjectiveSpec, webVitals } from "@rumkit/protocol";
import { secondsOf } from "@rumkit/server/internal/metrics";
import { complementOf, type Expression, orZero, ratioOf, type Sum, sumBy } from "../promql/expression.ts";
import { httpRequests } from "../promql/httpRequests.ts";
import type { Promql } from "../promql/promql.ts";
import type { Duration } from "../promql/window.ts";
import { PERIOD_DAYS } from "./burnWindows.ts";
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

/** The share of an objective's events that may be bad. */
function budgetOf(objective: ObjectiveSpec): number {
  const budget = "vital" in objective ? 1 - objective.ratio : objective.http.errorsBelow;
  return Number(budget.toPrecision(12));
}

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
}

/** Describes the recordings of an objective. */
export function createSlo(promql: Promql, app: string, name: string, objective: ObjectiveSpec): Slo {
  const sli = "vital" in objective ? vitalSli(promql, objective) : httpSli(promql);
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
      ? sli.ratio(window)
      : { ...sli.ratio(BASE), text: `${sumOver(bad, window)} / (${sumOver(all, window)} > 0)` };
  const ratios = new Map(
    WINDOWS.map((window) => [window, record(`_errors:ratio_rate${window}`, ratioOver(window))]),
  );
  const errors = (window: Duration): Expression => read(ratios.get(window)!);
  const budget = budgetOf(objective);
  const period = errors(`${PERIOD_DAYS}d`);
  return {
    name,
    budget,
    errors,
    recordings: [
      all,
      bad,
      ...ratios.values(),
      record(`:burn_rate${SHOWN}`, { ...errors(SHOWN), text: `${errors(SHOWN).text} / ${budget}` }),
      record(":error_budget_remaining", { ...period, text: `1 - ${period.text} / ${budget}` }),
    ],
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
  /** The share of bad events. */
  readonly ratio: (window: Duration) => Expression;
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
    ratio: (window) => complementOf(promql.shareBelow(metric, below, window, by)),
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
    ratio: (window) => ratioOf(failed(window), all(window)),
    count: (window) => sumBy(by, requests.increase(window)),
  };
}
