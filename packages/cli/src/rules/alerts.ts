import { type ObjectiveSpec, webVitals } from "@rumkit/protocol";
import { type AlertSettings, type AlertSpec, renderAlertRule, toCamelCase } from "./alertRule.ts";
import { allOf, isAbove, isAtLeast, isBelow, sumBy } from "../promql/expression.ts";
import { httpRequests } from "../promql/httpRequests.ts";
import type { Promql } from "../promql/promql.ts";
import {
  HTTP_WINDOW,
  readRecording,
  recordHttpErrors,
  recordVitalShare,
  VITAL_WINDOW,
} from "./recordings.ts";
import type { YamlMap } from "../base/yaml.ts";

/** Minimum observations of a share: with fewer, a single slow view would change it by more than two points. */
const MIN_VIEWS = 50;

/** Minimum requests: with fewer, one failure would be more than a hundredth. */
const MIN_REQUESTS = 100;

/** Minimum failed requests, so that a few retries of one client never miss an objective, however strict it is. */
const MIN_FAILURES = 5;

type VitalObjective = Extract<ObjectiveSpec, { vital: unknown }>;
type HttpObjective = Extract<ObjectiveSpec, { http: unknown }>;

/** Renders the alert of one objective as a rule of Prometheus. */
export function renderAlert(
  promql: Promql,
  app: string,
  [name, objective]: readonly [name: string, objective: ObjectiveSpec],
  settings?: AlertSettings,
): YamlMap {
  const spec =
    "vital" in objective
      ? describeVitalAlert(promql, app, objective)
      : describeHttpAlert(promql, app, objective);
  return renderAlertRule(`${toCamelCase(name)}Missed`, { app, objective: name }, spec, settings);
}

function describeVitalAlert(promql: Promql, app: string, objective: VitalObjective): AlertSpec {
  const { vital, below, ratio } = objective;
  const { metric, unit } = webVitals[vital];
  const limit = `${below}${unit === "seconds" ? " s" : ""}`;
  return {
    condition: allOf(
      isBelow(readRecording(promql, recordVitalShare(promql, app, objective)), ratio),
      isAtLeast(promql.observations(metric, VITAL_WINDOW, [promql.job, "navigation"]), MIN_VIEWS),
    ),
    wait: "10m",
    severity: "warning",
    board: "page-experience",
    summary: `only {{ $value | humanizePercentage }} of page views ({{ $labels.navigation }}) have ${vital} within ${limit}.`,
    description: `The objective is ${percent(ratio)}. Measured over ${VITAL_WINDOW} with ${MIN_VIEWS} page views or more of that kind of navigation.`,
  };
}

function describeHttpAlert(promql: Promql, app: string, { http }: HttpObjective): AlertSpec {
  const requests = httpRequests(promql);
  const answered = sumBy([promql.job], requests.increase(HTTP_WINDOW));
  const failed = sumBy([promql.job], requests.increase(HTTP_WINDOW, "failed"));
  return {
    condition: allOf(
      isAbove(readRecording(promql, recordHttpErrors(promql, app)), http.errorsBelow),
      isAtLeast(answered, MIN_REQUESTS),
      isAtLeast(failed, MIN_FAILURES),
    ),
    wait: "2m",
    severity: "critical",
    board: "backend",
    summary: "{{ $value | humanizePercentage }} of HTTP requests fail with a server error.",
    description: `The objective is below ${percent(http.errorsBelow)}. Measured over ${HTTP_WINDOW} with ${MIN_REQUESTS} requests and ${MIN_FAILURES} failures or more.`,
  };
}

/** 0.001 as "0.1 %": at most six digits, since binary fractions make 0.07 × 100 a little more than 7. */
function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}
