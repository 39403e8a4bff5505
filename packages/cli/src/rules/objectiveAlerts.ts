import { type ObjectiveSpec, webVitals } from "@rumkit/protocol";
import { toCamelCase } from "@rumkit/server/internal/metrics";
import type { AlertSpec } from "./alertRule.ts";
import { allOf, isAbove, isAtLeast, isBelow } from "../promql/condition.ts";
import { sumBy } from "../promql/expression.ts";
import { httpRequests } from "../promql/httpRequests.ts";
import type { Promql } from "../promql/promql.ts";
import type { Duration } from "../promql/window.ts";
import { type BurnWindow, hasFastWindow, PERIOD_DAYS, thresholdOf, windowsOf } from "./burnWindows.ts";
import {
  HTTP_WINDOW,
  readRecording,
  recordHttpErrors,
  recordVitalShare,
  VITAL_WINDOW,
} from "./recordings.ts";
import type { Slo } from "./slo.ts";

/** Minimum observations of a share: with fewer, a single slow view would change it by more than two points. */
const MIN_VIEWS = 50;

/** Minimum requests: with fewer, one failure would be more than a hundredth. */
const MIN_REQUESTS = 100;

/** Minimum bad events, so that a few retries of one client never miss an objective, however strict it is. */
const MIN_BAD = 5;

/** An alert, with its name without the app's. */
export type NamedAlert = readonly [name: string, spec: AlertSpec];

type VitalObjective = Extract<ObjectiveSpec, { vital: unknown }>;
type HttpObjective = Extract<ObjectiveSpec, { http: unknown }>;

/** The texts of an objective. */
interface Subject {
  /** `of HTTP requests failed`, after a share. */
  readonly failed: string;
  /** `requests`. */
  readonly events: string;
  readonly least: number;
  readonly board: string;
}

/**
 * Returns the alerts of an objective: one for each pair of windows in which its error budget can burn too fast, one for
 * a spent budget, and one with a plain threshold where the budget is too large for the fastest pair.
 */
export function objectiveAlerts(
  promql: Promql,
  app: string,
  slo: Slo,
  objective: ObjectiveSpec,
): NamedAlert[] {
  const subject = subjectOf(objective);
  const named = (end: string, spec: AlertSpec): NamedAlert => [
    toCamelCase(slo.name) + end,
    { ...spec, board: subject.board, labels: { objective: slo.name, ...spec.labels } },
  ];
  const plain =
    "vital" in objective ? missedVital(promql, app, objective) : missedHttp(promql, app, objective);
  return [
    ...(hasFastWindow(slo.budget) ? [] : [named("Missed", plain)]),
    ...windowsOf(slo.budget).map((window) => named("BudgetBurn", burning(slo, subject, window))),
    named("BudgetSpent", spent(slo, subject)),
  ];
}

function burning(slo: Slo, { failed, events, least }: Subject, window: BurnWindow): AlertSpec {
  const { long, short, factor, wait, severity, keepFiring } = window;
  const threshold = thresholdOf(window, slo.budget);
  const days = Number((PERIOD_DAYS / factor).toPrecision(2));
  return {
    condition: allOf(
      isAbove(slo.errors(long), threshold),
      isAbove(slo.errors(short), threshold),
      ...enough(slo, long, least),
    ),
    wait,
    keepFiring,
    severity,
    labels: { long, short },
    runbook: "BudgetBurn",
    summary: `{{ $value | humanizePercentage }} ${failed} in ${long}: the error budget of ${PERIOD_DAYS} days lasts ${days} days at most.`,
    description: `The objective is ${percent(1 - slo.budget)} over ${PERIOD_DAYS} days, so ${percent(slo.budget)} may be bad. Fires while more than ${percent(threshold)}, ${factor === 1 ? "all that is allowed" : `${factor} times as much`}, is bad over ${long} and over ${short}, with ${least} ${events} and ${MIN_BAD} bad ones or more in ${long}.`,
  };
}

function spent(slo: Slo, { failed, events, least }: Subject): AlertSpec {
  const period: Duration = `${PERIOD_DAYS}d`;
  return {
    condition: allOf(isAbove(slo.errors(period), slo.budget), ...enough(slo, period, least)),
    wait: "1h",
    severity: "info",
    runbook: "BudgetSpent",
    summary: `{{ $value | humanizePercentage }} ${failed} in ${PERIOD_DAYS} days: the error budget is spent.`,
    description: `The objective is ${percent(1 - slo.budget)} over ${PERIOD_DAYS} days. Measured with ${least} ${events} and ${MIN_BAD} bad ones or more. It ends when the bad days are more than ${PERIOD_DAYS} days ago.`,
  };
}

/** Low traffic: a window with a few events says nothing, and one bad event of few is a large share. */
function enough(slo: Slo, window: Duration, least: number) {
  const count = slo.count(window);
  const bad = { ...count, text: `${slo.errors(window).text} * ${count.text}` };
  return [isAtLeast(count, least), isAtLeast(bad, MIN_BAD)];
}

function subjectOf(objective: ObjectiveSpec): Subject {
  if ("http" in objective)
    return {
      failed: "of HTTP requests failed with a server error",
      events: "requests",
      least: MIN_REQUESTS,
      board: "backend",
    };
  return {
    failed: `of page views ({{ $labels.navigation }}) had ${objective.vital} above ${limitOf(objective)}`,
    events: "page views",
    least: MIN_VIEWS,
    board: "page-experience",
  };
}

function limitOf({ vital, below }: VitalObjective): string {
  return `${below}${webVitals[vital].unit === "seconds" ? " s" : ""}`;
}

function missedVital(promql: Promql, app: string, objective: VitalObjective): AlertSpec {
  const { vital, ratio } = objective;
  const { metric } = webVitals[vital];
  return {
    condition: allOf(
      isBelow(readRecording(promql, recordVitalShare(promql, app, objective)), ratio),
      isAtLeast(promql.observations(metric, VITAL_WINDOW, [promql.job, "navigation"]), MIN_VIEWS),
    ),
    wait: "10m",
    keepFiring: "10m",
    severity: "warning",
    runbook: "ObjectiveMissed",
    summary: `only {{ $value | humanizePercentage }} of page views ({{ $labels.navigation }}) have ${vital} within ${limitOf(objective)}.`,
    description: `The objective is ${percent(ratio)}. Measured over ${VITAL_WINDOW} with ${MIN_VIEWS} page views or more of that kind of navigation.`,
  };
}

function missedHttp(promql: Promql, app: string, { http }: HttpObjective): AlertSpec {
  const requests = httpRequests(promql);
  const answered = sumBy([promql.job], requests.increase(HTTP_WINDOW));
  const failed = sumBy([promql.job], requests.increase(HTTP_WINDOW, "failed"));
  return {
    condition: allOf(
      isAbove(readRecording(promql, recordHttpErrors(promql, app)), http.errorsBelow),
      isAtLeast(answered, MIN_REQUESTS),
      isAtLeast(failed, MIN_BAD),
    ),
    wait: "2m",
    keepFiring: "5m",
    severity: "critical",
    runbook: "ObjectiveMissed",
    summary: "{{ $value | humanizePercentage }} of HTTP requests fail with a server error.",
    description: `The objective is below ${percent(http.errorsBelow)}. Measured over ${HTTP_WINDOW} with ${MIN_REQUESTS} requests and ${MIN_BAD} failures or more.`,
  };
}

/** 0.001 as "0.1 %": at most six digits, since binary fractions make 0.07 × 100 a little more than 7. */
function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}
