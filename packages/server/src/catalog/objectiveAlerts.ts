import { type AlertDuration, type ObjectiveSpec, webVitals } from "@rumkit/protocol";
import { toCamelCase } from "./alertNames.ts";
import { type BurnWindow, hasFastWindow, PERIOD_DAYS, thresholdOf, windowsOf } from "./burnWindows.ts";

/** Minimum observations of a share: with fewer, a single slow view would change it by more than two points. */
const MIN_VIEWS = 50;

/** Minimum requests: with fewer, one failure would be more than a hundredth. */
const MIN_REQUESTS = 100;

/** Minimum bad events, so that a few retries of one client never miss an objective, however strict it is. */
const MIN_BAD = 5;

/** Half an hour, because page views are rarer than requests, and a share needs enough of them. */
export const VITAL_WINDOW = "30m";

/** Long enough for 30 scrapes of 10 s, short enough to notice an outage. */
export const HTTP_WINDOW = "5m";

/** The window of the error budget. */
const PERIOD = `${PERIOD_DAYS}d` as const;

type VitalObjective = Extract<ObjectiveSpec, { vital: unknown }>;

/** An alert on an objective, as Prometheus' rules and the collector's engine have it. */
export interface ObjectiveAlert {
  /** The name without the app's: `FastPagesBudgetBurn`. */
  readonly name: string;
  readonly objective: string;
  /**
   * The windows over which more than `threshold` must be bad, the one whose value is shown first. For `missed` by a vital, the
   * share of good views must be below `threshold`.
   */
  readonly windows: readonly AlertDuration[];
  readonly kind: "burn" | "spent" | "missed";
  readonly threshold: number;
  /** Minimum events in the first window. */
  readonly least: number;
  /** Minimum bad events in the first window. 0: none. */
  readonly leastBad: number;
  readonly for: AlertDuration;
  readonly keepFiringFor: AlertDuration | undefined;
  readonly severity: "critical" | "warning" | "info";
  /** Labels in addition to app, severity and team. */
  readonly labels: Readonly<Record<string, string>>;
  /** `{value}` is the share, `{navigation}` the kind of navigation. */
  readonly summary: string;
  readonly description: string;
  readonly runbook: string;
  /** The name of the board that shows more. */
  readonly board: string;
}

/** The texts of an objective. */
interface Subject {
  readonly name: string;
  readonly budget: number;
  /** `of HTTP requests failed`, after a share. */
  readonly failed: string;
  /** `requests`. */
  readonly events: string;
  readonly least: number;
  readonly board: string;
}

/** Returns the share of an objective's events that may be bad: its error budget. */
export function allowedShareOf(objective: ObjectiveSpec): number {
  const budget = "vital" in objective ? 1 - objective.ratio : objective.http.errorsBelow;
  // Without the digits that binary fractions add: 1 - 0.9 is 0.1.
  return Number(budget.toPrecision(12));
}

/**
 * Returns the alerts of an objective: one for each pair of windows in which its error budget can burn too fast, one for
 * a spent budget, and one with a plain threshold where the budget is too large for the fastest pair.
 */
export function objectiveAlertsOf(name: string, objective: ObjectiveSpec): ObjectiveAlert[] {
  const subject = subjectOf(name, objective);
  return [
    ...(hasFastWindow(subject.budget) ? [] : [missed(subject, objective)]),
    ...windowsOf(subject.budget).map((window) => burning(subject, window)),
    spent(subject),
  ];
}

function subjectOf(name: string, objective: ObjectiveSpec): Subject {
  const budget = allowedShareOf(objective);
  if ("http" in objective)
    return {
      name,
      budget,
      failed: "of HTTP requests failed with a server error",
      events: "requests",
      least: MIN_REQUESTS,
      board: "backend",
    };
  return {
    name,
    budget,
    failed: `of page views ({navigation}) had ${objective.vital} above ${limitOf(objective)}`,
    events: "page views",
    least: MIN_VIEWS,
    board: "page-experience",
  };
}

/** The fields that all alerts of an objective have in common. */
function common({ name, least, board }: Subject) {
  return { objective: name, labels: { objective: name }, least, leastBad: MIN_BAD, board };
}

function burning(subject: Subject, window: BurnWindow): ObjectiveAlert {
  const { failed, events, least, budget } = subject;
  const { long, short, factor, wait, severity, keepFiring } = window;
  const threshold = thresholdOf(window, budget);
  const days = Number((PERIOD_DAYS / factor).toPrecision(2));
  return {
    ...common(subject),
    name: `${toCamelCase(subject.name)}BudgetBurn`,
    kind: "burn",
    windows: [long, short],
    threshold,
    for: wait,
    keepFiringFor: keepFiring,
    severity,
    labels: { objective: subject.name, long, short },
    runbook: "BudgetBurn",
    summary: `{value} ${failed} in ${long}: the error budget of ${PERIOD_DAYS} days lasts ${days} days at most.`,
    description: `The objective is ${percent(1 - budget)} over ${PERIOD_DAYS} days, so ${percent(budget)} may be bad. Fires while more than ${percent(threshold)}, ${factor === 1 ? "all that is allowed" : `${factor} times as much`}, is bad over ${long} and over ${short}, with ${least} ${events} and ${MIN_BAD} bad ones or more in ${long}.`,
  };
}

function spent(subject: Subject): ObjectiveAlert {
  const { failed, events, least, budget } = subject;
  return {
    ...common(subject),
    name: `${toCamelCase(subject.name)}BudgetSpent`,
    kind: "spent",
    windows: [PERIOD],
    threshold: budget,
    for: "1h",
    keepFiringFor: undefined,
    severity: "info",
    runbook: "BudgetSpent",
    summary: `{value} ${failed} in ${PERIOD_DAYS} days: the error budget is spent.`,
    description: `The objective is ${percent(1 - budget)} over ${PERIOD_DAYS} days. Measured with ${least} ${events} and ${MIN_BAD} bad ones or more. It ends when the bad days are more than ${PERIOD_DAYS} days ago.`,
  };
}

function missed(subject: Subject, objective: ObjectiveSpec): ObjectiveAlert {
  const { least } = subject;
  const shared = {
    ...common(subject),
    name: `${toCamelCase(subject.name)}Missed`,
    kind: "missed",
    runbook: "ObjectiveMissed",
  } as const;
  if ("vital" in objective)
    return {
      ...shared,
      windows: [VITAL_WINDOW],
      threshold: objective.ratio,
      leastBad: 0,
      for: "10m",
      keepFiringFor: "10m",
      severity: "warning",
      summary: `only {value} of page views ({navigation}) have ${objective.vital} within ${limitOf(objective)}.`,
      description: `The objective is ${percent(objective.ratio)}. Measured over ${VITAL_WINDOW} with ${least} page views or more of that kind of navigation.`,
    };
  return {
    ...shared,
    windows: [HTTP_WINDOW],
    threshold: objective.http.errorsBelow,
    for: "2m",
    keepFiringFor: "5m",
    severity: "critical",
    summary: "{value} of HTTP requests fail with a server error.",
    description: `The objective is below ${percent(objective.http.errorsBelow)}. Measured over ${HTTP_WINDOW} with ${least} requests and ${MIN_BAD} failures or more.`,
  };
}

function limitOf({ vital, below }: VitalObjective): string {
  return `${below}${webVitals[vital].unit === "seconds" ? " s" : ""}`;
}

/** 0.001 as "0.1 %": at most six digits, since binary fractions make 0.07 × 100 a little more than 7. */
function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}
