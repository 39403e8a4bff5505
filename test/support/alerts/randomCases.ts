import { type AlertDuration, type AlertSpec, type Catalog, defineCatalog } from "@rumkit/protocol";
import { describeMetrics } from "@rumkit/server";
import { renderRules } from "rumkit/generate";
import type { SeriesByName } from "../promtool.ts";

/** Random rules over random series. */
export interface RandomCase {
  readonly catalog: Catalog;
  readonly rules: string;
  readonly series: SeriesByName;
  /** Names of the alerts that are compared. */
  readonly alerts: readonly string[];
}

/** Minutes of each series. */
const LENGTH = 200;

/** Numbers from 0 to 1 that are the same for a seed (Lehmer). */
function randomOf(seed: number): () => number {
  let state = (seed * 7_919 + 1) % 2_147_483_647;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

interface Dice {
  readonly next: () => number;
  readonly pick: <T>(list: readonly T[]) => T;
  readonly between: (low: number, high: number) => number;
}

function diceOf(seed: number): Dice {
  const next = randomOf(seed);
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return { next, between, pick: (list) => list[between(0, list.length - 1)]! };
}

/** Returns a random case. The same seed returns the same one. */
export function randomCase(seed: number): RandomCase {
  const dice = diceOf(seed);
  const alerts = alertsBy(dice);
  const catalog = defineCatalog({
    app: "shop",
    routes: ["/", "/checkout"],
    jobs: { invoice: { help: "Invoices.", buckets: [1, 5, 30] } },
    objectives: {
      api: { http: { errorsBelow: dice.pick([0.00123, 0.0117, 0.0413]) } },
      loose: { http: { errorsBelow: dice.pick([0.1037, 0.3041]) } },
    },
    alerts,
  });
  const names = Object.keys(alerts).map((name) => `Shop${name[0]!.toUpperCase()}${name.slice(1)}`);
  const ofObjectives = ["Api", "Loose"].flatMap((name) =>
    ["BudgetBurn", "BudgetSpent", "Missed"].map((end) => `Shop${name}${end}`),
  );
  return {
    catalog,
    rules: renderRules(describeMetrics(catalog), catalog),
    series: seriesBy(dice),
    alerts: [...names, ...ofObjectives],
  };
}

/** One alert of each kind of condition, with a random limit, window and wait. */
function alertsBy(dice: Dice): Record<string, AlertSpec> {
  const { pick, next, between } = dice;
  const over = (): AlertDuration => pick(["5m", "7m", "10m", "15m", "30m"] as const);
  const limit = (low: number, high: number) => {
    const value = Number((low + next() * (high - low)).toPrecision(3)) + 0.000_37;
    return next() < 0.7 ? { above: value } : { below: value };
  };
  const waits = () => ({
    for: pick(["0s", "1m", "3m", "10m"] as const),
    keepFiringFor: pick(["0s", "2m", "5m"] as const),
  });
  const clearOf = ({ above, below }: { above?: number; below?: number }) =>
    next() < 0.5 ? {} : { clear: above === undefined ? below! * 1.5 : above * 0.6 };
  const errors = { rate: "rum_js_errors_total", over: over(), ...limit(0.01, 0.5) };
  const byRoute = { increase: "http_requests_total", by: ["route"], over: over(), ...limit(5, 900) };
  const failing = {
    ratio: "http_requests_total",
    labels: { status: ["4xx", "5xx"] },
    to: "http_requests_total",
    by: ["route"],
    over: over(),
    ...limit(0.02, 0.6),
    atLeast: pick([0, 5, 50]),
  };
  const queue = { gauge: "queue_depth", by: ["queue"], ...limit(2, 20) };
  const share = { share: "job_duration_seconds", within: 5, over: over(), ...limit(0.3, 0.95) };
  const quantile = { quantile: 0.9, of: "job_duration_seconds", over: over(), atLeast: pick([5, 50]) };
  return {
    errors: { when: errors, ...waits(), ...clearOf(errors) },
    requests: { when: byRoute, ...waits(), ...clearOf(byRoute) },
    failing: { when: failing, ...waits(), ...clearOf(failing), noData: "alert", noDataFor: "2m" },
    queue: { when: queue, ...waits(), ...clearOf(queue), noData: "alert", noDataFor: pick(["0s", "3m"]) },
    share: { when: share, ...waits(), ...clearOf(share) },
    quantile: { when: { ...quantile, above: pick([1, 5]) }, ...waits(), noData: "alert", noDataFor: "1m" },
    silence: { when: { absent: "rum_page_views_total", over: over() }, ...waits() },
    missed: {
      when: {
        absent: "rum_page_views_total",
        over: "10m",
        comparedTo: pick(["30m", "1h"]),
        atLeast: between(1, 20),
      },
      ...waits(),
    },
    doubled: {
      when: { rate: "rum_js_errors_total", over: "10m", above: 1.537, comparedTo: "1h", atLeast: 5 },
      ...waits(),
    },
    halved: {
      when: { increase: "rum_page_views_total", over: "15m", below: 0.531, comparedTo: "30m", atLeast: 5 },
      ...waits(),
    },
    worse: {
      when: {
        ratio: "http_requests_total",
        labels: { status: "5xx" },
        to: "http_requests_total",
        over: "10m",
        above: 1.417,
        comparedTo: "1h",
        atLeast: 3,
      },
      ...waits(),
    },
  };
}

/** The minutes of a run in which a scrape fails, and those in which the collector starts with all counters at 0. */
interface Outages {
  readonly gaps: ReadonlySet<number>;
  readonly restarts: ReadonlySet<number>;
}

function seriesBy(dice: Dice): SeriesByName {
  const { between, next } = dice;
  const gaps = new Set<number>();
  for (let count = between(0, 4); count > 0; count -= 1) {
    const from = between(3, LENGTH);
    for (let minute = from; minute < from + between(1, 9); minute += 1) gaps.add(minute);
  }
  const restarts = new Set(Array.from({ length: between(0, 3) }, () => between(5, LENGTH)));
  const outages = { gaps, restarts };
  const target = (labels: string): string =>
    `{job="shop",instance="a:1"${labels === "" ? "" : `,${labels}`}}`;
  const counter = (most: number): string => counterBy(dice, outages, most).map(textOf).join(" ");
  const each = [1, 5, 30].map(() => counterBy(dice, outages, next() < 0.3 ? 1 : 12));
  const cumulative = each.map((_, index) =>
    each[0]!.map((value, minute) =>
      value === undefined
        ? undefined
        : each.slice(0, index + 1).reduce((sum, series) => sum + series[minute]!, 0),
    ),
  );
  const job = 'job_name="invoice",outcome="success"';
  const all = cumulative[2]!.map(textOf).join(" ");
  const up = Array.from({ length: LENGTH + 1 }, (_, minute) => (gaps.has(minute) ? 0 : 1)).join(" ");
  return {
    [`up${target("")}`]: up,
    [`rum_js_errors_total${target('route="/",source="error"')}`]: counter(20),
    [`rum_js_errors_total${target('route="/checkout",source="error"')}`]: counter(9),
    [`rum_page_views_total${target('route="/",navigation="hard",experience="good"')}`]: counter(4),
    [`http_requests_total${target('method="GET",route="/",status="2xx"')}`]: counter(60),
    [`http_requests_total${target('method="GET",route="/",status="5xx"')}`]: counter(10),
    [`http_requests_total${target('method="GET",route="/checkout",status="2xx"')}`]: counter(8),
    [`http_requests_total${target('method="GET",route="/checkout",status="4xx"')}`]: counter(8),
    [`queue_depth${target('queue="mail"')}`]: gaugeBy(dice, outages),
    [`queue_depth${target('queue="sms"')}`]: gaugeBy(dice, outages),
    [`job_duration_seconds_bucket${target(`${job},le="1"`)}`]: cumulative[0]!.map(textOf).join(" "),
    [`job_duration_seconds_bucket${target(`${job},le="5"`)}`]: cumulative[1]!.map(textOf).join(" "),
    [`job_duration_seconds_bucket${target(`${job},le="30"`)}`]: all,
    [`job_duration_seconds_bucket${target(`${job},le="+Inf"`)}`]: all,
    [`job_duration_seconds_count${target(job)}`]: all,
  };
}

function textOf(value: number | undefined): string {
  return value === undefined ? "_" : String(value);
}

/** A counter with quiet and busy times. Undefined where the scrape fails. */
function counterBy(
  { between, next }: Dice,
  { gaps, restarts }: Outages,
  most: number,
): (number | undefined)[] {
  let value = 0;
  let busy = 0;
  return Array.from({ length: LENGTH + 1 }, (_, minute) => {
    if (minute % 23 === 0) busy = next() < 0.3 ? 0 : next() * most;
    if (restarts.has(minute)) value = 0;
    if (minute > 0) value += busy < 1 ? Number(next() < busy) : between(0, Math.ceil(busy * 2));
    return gaps.has(minute) ? undefined : value;
  });
}

/** A gauge that ends now and then, as one whose source is gone. */
function gaugeBy({ between, next }: Dice, { gaps }: Outages): string {
  let value = between(0, 20);
  let isThere = true;
  return Array.from({ length: LENGTH + 1 }, (_, minute) => {
    if (next() < 0.02) isThere = !isThere;
    if (!isThere) return "stale";
    if (next() < 0.3) value = Math.max(value + between(-5, 5), 0);
    return gaps.has(minute) ? "_" : String(value);
  }).join(" ");
}
