import type { AlertSpec } from "./alertRule.ts";
import { allOf, isAbove, isAtLeast, isBelow, unless } from "../promql/condition.ts";
import { minBy, sumBy } from "../promql/expression.ts";
import type { Promql } from "../promql/promql.ts";
import type { Window } from "../promql/window.ts";

/** The metric that Prometheus adds for each target. */
const UP = "up";

/** The share of scrapes that must be answered: a restart may cost one in ten. */
const ANSWERED = 0.9;

/**
 * The window of that share. It is half as long as the wait of the alert, so that a single outage, which
 * CollectorDown reports, has left the window before this alert fires.
 */
const SCRAPES: Window = "10m";

/** Renders the alerts for a collector that Prometheus does not reach, or that shares its job with another app. */
export function targetAlerts(promql: Promql, app: string): Record<string, AlertSpec> {
  return {
    CollectorDown: down(promql),
    CollectorAbsent: absent(promql, app),
    ScrapesLost: scrapesLost(promql),
    JobShared: shared(promql, app),
  };
}

function down(promql: Promql): AlertSpec {
  return {
    condition: isBelow(minBy(promql.process, promql.gauge(UP)), 1),
    wait: "2m",
    keepFiring: "5m",
    severity: "critical",
    summary: "{{ $labels.instance }} has not answered a scrape for two minutes.",
    description:
      "The process is gone, or Prometheus cannot reach it: its page of targets has the error. Nothing is counted there, and no other alert can fire for that instance.",
  };
}

function absent(promql: Promql, app: string): AlertSpec {
  const anyDown = isBelow(minBy([promql.job], promql.gauge(UP)), 1);
  return {
    condition: unless(promql.absent("rum_ready"), promql.job, anyDown),
    wait: "5m",
    severity: "critical",
    summary: "no collector is scraped under this job.",
    description: `Prometheus has no target of that job, or its targets are not collectors. Where the job that scrapes ${app} has another name, the rules need it: rumkit generate --job. Without it no alert of ${app} can fire.`,
  };
}

/** Does not fire for a target that is always down: its `up` was never 1 in the window. */
function scrapesLost(promql: Promql): AlertSpec {
  return {
    condition: allOf(
      isBelow(minBy(promql.process, promql.gaugeOver("avg", UP, SCRAPES)), ANSWERED),
      isAtLeast(minBy(promql.process, promql.gaugeOver("max", UP, SCRAPES)), 1),
    ),
    wait: "20m",
    severity: "warning",
    summary: "only {{ $value | humanizePercentage }} of the scrapes of {{ $labels.instance }} arrive.",
    description: `Graphs have gaps, and alerts wait longer. Prometheus' page of targets has the error: a timeout shorter than rum_scrape_duration_seconds, a sample_limit, a process that restarts again and again. Measured over ${SCRAPES}, for twenty minutes.`,
  };
}

/** If the target has a label `app`, Prometheus renames ours to `exported_app`. */
function shared(promql: Promql, app: string): AlertSpec {
  const others = promql.gauge("app_info", { app: { not: app }, exported_app: { not: app } });
  return {
    condition: isAbove(sumBy([promql.job], others), 0),
    wait: "10m",
    severity: "warning",
    summary: "the job scrapes another app, too.",
    description: `Its requests and errors are added to those of ${app}: app_info names that app. Give each app a job, or generate with --selector and a label that differs.`,
  };
}
