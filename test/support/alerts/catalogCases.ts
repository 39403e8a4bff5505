import { defineCatalog } from "@rumkit/protocol";
import { describeMetrics } from "@rumkit/server";
import { renderRules } from "rumkit/generate";
import type { SeriesByName } from "../promtool.ts";
import { type AlertCase, minutesOf } from "./alertCase.ts";

/** Has an alert of each kind of condition, and the default ones. */
export const catalogShop = defineCatalog({
  app: "shop",
  routes: ["/", "/checkout"],
  conversions: {
    purchase: { help: "Orders.", from: "server", value: { money: ["USD"] }, experience: true },
  },
  jobs: { invoice: { help: "Invoices.", buckets: [1, 5, 30] } },
  alerts: {
    checkout_errors: {
      when: { rate: "rum_js_errors_total", labels: { route: "/checkout" }, above: 0.5 },
      for: "2m",
      severity: "critical",
      team: "checkout",
    },
    few_views: { when: { rate: "rum_page_views_total", below: 0.1, over: "15m" }, for: "1m" },
    many_dead_clicks: {
      when: { increase: "rum_dead_clicks_total", by: ["element"], over: "1h", above: 100 },
    },
    requests_failing: {
      when: {
        ratio: "http_requests_total",
        labels: { status: ["4xx", "5xx"] },
        to: "http_requests_total",
        by: ["route"],
        above: 0.1,
      },
      for: "5m",
      summary: "{value} of the requests to {route} fail.",
    },
    invoices_slow: { when: { quantile: 0.95, of: "job_duration_seconds", by: ["job_name"], above: 5 } },
    slow_answers: { when: { share: "rum_inp_seconds", within: 0.2, below: 0.75, over: "30m" } },
    mail_waits: { when: { gauge: "queue_depth", by: ["queue"], above: 15 }, for: "5m", keepFiringFor: "10m" },
    errors_doubled: { when: { rate: "rum_js_errors_total", over: "1h", above: 2, comparedTo: "1d" } },
    sessions_halved: { when: { increase: "rum_sessions_total", over: "1h", below: 0.5, comparedTo: "1d" } },
    no_views: { when: { absent: "rum_page_views_total", over: "15m" } },
    no_queue: { when: { absent: "queue_depth", over: "10m" } },
    slow_pages: { when: { slowPagesCost: "USD", above: 500 } },
  },
});

export const catalogRules = renderRules(describeMetrics(catalogShop), catalogShop);

const TARGET = 'job="shop",instance="a:1"';

/** The series of the shop's process, by name without its target. */
const of = (series: SeriesByName): SeriesByName =>
  Object.fromEntries(
    Object.entries(series).map(([name, values]) => {
      const [metric, labels = "}"] = name.split("{");
      return [`${metric}{${TARGET}${labels === "}" ? "" : ","}${labels}`, values];
    }),
  );

const HOUR = 60;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/** Minutes between two samples of a week. */
const STEP = 5;

/** A counter that goes on as last week, and differs in the last minutes. */
const since = (ago: number, before: number, minutes: number, now: number): string =>
  `0+${before}x${ago} ${before * ago + now}+${now}x${minutes - 1}`;

/** The same over a week, with a sample in five minutes. */
const sinceWeek = (before: number, minutes: number, now: number): string =>
  since(WEEK / STEP, before * STEP, minutes / STEP, now * STEP);

const rate = (values: string): SeriesByName =>
  of({ 'rum_js_errors_total{route="/checkout",source="error"}': values });
/** A target that answers for as long as the series lasts. */
const upWith = (values: string): string => `1x${minutesOf({ values })}`;

const views = (values: string, up = upWith(values)): SeriesByName =>
  of({ up, 'rum_page_views_total{route="/",navigation="hard",experience="good"}': values });
const clicks = (values: string): SeriesByName => of({ 'rum_dead_clicks_total{element="buy"}': values });
const requests = (good: string, failed: string): SeriesByName =>
  of({
    'http_requests_total{route="/cart",status="2xx"}': good,
    'http_requests_total{route="/cart",status="4xx"}': failed,
    'http_requests_total{route="/",status="2xx"}': "0+100x30",
  });
const jobs = (fast: string, all: string): SeriesByName =>
  of({
    'job_duration_seconds_bucket{job_name="invoice",outcome="success",le="1"}': fast,
    'job_duration_seconds_bucket{job_name="invoice",outcome="success",le="5"}': fast,
    'job_duration_seconds_bucket{job_name="invoice",outcome="success",le="30"}': all,
    'job_duration_seconds_bucket{job_name="invoice",outcome="success",le="+Inf"}': all,
    'job_duration_seconds_count{job_name="invoice",outcome="success"}': all,
  });
const answers = (fast: string, all: string): SeriesByName =>
  of({
    'rum_inp_seconds_bucket{route="/",navigation="hard",le="0.2"}': fast,
    'rum_inp_seconds_count{route="/",navigation="hard"}': all,
  });
const sessions = (values: string, up = upWith(values)): SeriesByName =>
  of({ up, 'rum_sessions_total{device="desktop"}': values });
const errorsOf = (values: string, up = upWith(values)): SeriesByName => ({
  ...rate(values),
  ...of({ up }),
});
const orders = (values: string, up = upWith(values)): SeriesByName =>
  of({ up, 'conversions_total{conversion="purchase",experience="good"}': values });
const converting = (orderValues: string, sessionValues: string): SeriesByName =>
  of({
    up: upWith(orderValues),
    'conversions_total{conversion="purchase",experience="good"}': orderValues,
    'rum_sessions_total{device="desktop"}': sessionValues,
  });

/** Sessions, orders and dollars a minute, of fast sessions and of slow ones. */
const spending = (fast: readonly number[], slow: readonly number[], minutes = DAY + 60): SeriesByName =>
  of(
    Object.fromEntries(
      Object.entries({ good: fast, poor: slow }).flatMap(([experience, [count, bought, paid]]) => [
        [`rum_sessions_rated_total{experience="${experience}"}`, `0+${count}x${minutes}`],
        [`conversions_total{conversion="purchase",experience="${experience}"}`, `0+${bought}x${minutes}`],
        [
          `revenue_total{conversion="purchase",currency="USD",experience="${experience}"}`,
          `0+${paid}x${minutes}`,
        ],
      ]),
    ),
  );

export const catalogCases: readonly AlertCase[] = [
  {
    alert: "ShopConversionsMissing",
    severity: "critical",
    labels: {},
    firing: orders(sinceWeek(1, 100, 0)),
    at: `${WEEK + 60}m`,
    tooEarly: `${WEEK}m`,
    interval: "1h",
    every: STEP,
    summary: "no purchase for 15 minutes; a week ago there were some at this time.",
    description:
      /^Fires as soon as nothing is counted in conversions_total\{conversion="purchase"\} over 15m/,
    recovers: { change: { conversions_total: { step: STEP } }, by: `${WEEK + 180}m` },
    quiet: {
      "too few a week ago, at night": orders(sinceWeek(0.5, 100, 0)),
      "some orders": orders(sinceWeek(1, 100, 0.1)),
      "a collector that is down, of which another alert tells": orders(
        `0+5x${WEEK / STEP} _x20`,
        `1x${WEEK / STEP} 0x19`,
      ),
      // Of the 15 minutes, it was scraped in half only.
      "a collector that is back from an outage": orders(
        `0+5x${WEEK / STEP + 9} ${WEEK + 45}x2`,
        `1x${WEEK / STEP + 8} 0x1 1x1`,
      ),
      "a shop without a last week": orders("0x60"),
    },
  },
  {
    alert: "ShopConversionRateHalved",
    severity: "warning",
    labels: {},
    firing: converting(sinceWeek(2, 390, 0.8), sinceWeek(20, 390, 20)),
    at: `${WEEK + 120}m`,
    tooEarly: `${WEEK + 60}m`,
    interval: "1h",
    every: STEP,
    summary: "sessions reach purchase 40% as often as a week ago at this time.",
    description:
      /^Fires when for 30m the ratio of conversions_total\{conversion="purchase"\} to rum_sessions_total/,
    recovers: { change: { conversions_total: { step: 2 * STEP } }, by: `${WEEK + 600}m` },
    quiet: {
      "a rate that is a quarter lower": converting(sinceWeek(2, 390, 1.5), sinceWeek(20, 390, 20)),
      "half the visitors, who buy as often": converting(sinceWeek(2, 390, 1), sinceWeek(20, 390, 10)),
      "too few orders a week ago": converting(sinceWeek(0.5, 390, 0.1), sinceWeek(5, 390, 5)),
      "too few visitors now": converting(sinceWeek(2, 390, 0.01), sinceWeek(20, 390, 1)),
    },
  },
  {
    alert: "ShopCheckoutErrors",
    severity: "critical",
    labels: { team: "checkout" },
    firing: rate("0+60x30"),
    at: "5m",
    tooEarly: "2m",
    summary: 'rum_js_errors_total{route="/checkout"} per second over 5m is 1, above 0.5.',
    description:
      /^Fires when for 2m rum_js_errors_total\{route="\/checkout"\} per second over 5m is above 0\.5\./,
    recovers: { change: { rum_js_errors_total: { step: 0 } }, by: "45m" },
    quiet: {
      "fewer errors": rate("0+29x30"),
      "errors elsewhere": of({ 'rum_js_errors_total{route="/",source="error"}': "0+600x30" }),
      "too few errors to count": rate("0+1x30"),
    },
  },
  {
    alert: "ShopFewViews",
    severity: "warning",
    labels: {},
    firing: views("0+3x60"),
    at: "30m",
    tooEarly: "14m",
    summary: "rum_page_views_total per second over 15m is 50m, below 0.1.",
    description: /^Fires when for 1m rum_page_views_total per second over 15m is below 0\.1\./,
    recovers: { change: { rum_page_views_total: { step: 60 } }, by: "90m" },
    noMinimum: "It is about too few.",
    quiet: {
      "enough of them": views("0+7x60"),
      "a collector that is down": views("0+60x20 _x40", "1x20 0x40"),
      "at first, a collector that began ten minutes ago": views("0+1x10", "1x10"),
    },
  },
  {
    alert: "ShopManyDeadClicks",
    severity: "warning",
    labels: { element: "buy" },
    firing: clicks("0+5x120"),
    at: "70m",
    tooEarly: "10m",
    summary: "the increase of rum_dead_clicks_total over 1h (element buy) is 300, above 100.",
    description: /^Fires as soon as the increase of rum_dead_clicks_total over 1h is above 100\./,
    recovers: { change: { rum_dead_clicks_total: { step: 0 } }, by: "190m" },
    quiet: { "too few of them": clicks("0+1x120"), "old ones": clicks("5000x120") },
  },
  {
    alert: "ShopRequestsFailing",
    severity: "warning",
    labels: { route: "/cart" },
    firing: requests("0+80x30", "0+20x30"),
    at: "12m",
    tooEarly: "5m",
    summary: "20% of the requests to /cart fail.",
    description:
      /^Fires when for 5m the ratio of http_requests_total\{status="4xx\|5xx"\} to http_requests_total/,
    recovers: {
      change: { 'http_requests_total{job="shop",instance="a:1",route="/cart",status="4xx"': { step: 0 } },
      by: "60m",
    },
    quiet: {
      "one of twenty": requests("0+95x30", "0+5x30"),
      "too few requests to say": requests("0+4x30", "0+4x30"),
    },
  },
  {
    alert: "ShopInvoicesSlow",
    severity: "warning",
    labels: { job_name: "invoice" },
    firing: jobs("0+18x30", "0+20x30"),
    at: "6m",
    tooEarly: "1m",
    summary: "the 0.95 quantile of job_duration_seconds over 5m (job_name invoice) is 17.5s, above 5.",
    description:
      /^Fires as soon as the 0\.95 quantile of job_duration_seconds over 5m is above 5, with 50 observations/,
    recovers: { change: { job_duration_seconds_bucket: { step: 20 } }, by: "45m" },
    quiet: {
      "nearly all are fast": jobs("0+99x30", "0+100x30"),
      "too few jobs to say": jobs("0x30", "0+5x30"),
    },
  },
  {
    alert: "ShopSlowAnswers",
    severity: "warning",
    labels: {},
    firing: answers("0+2x60", "0+4x60"),
    at: "40m",
    tooEarly: "5m",
    summary: "the share of rum_inp_seconds within 0.2 over 30m is 50%, below 0.75.",
    description:
      /^Fires as soon as the share of rum_inp_seconds within 0\.2 over 30m is below 0\.75, with 50/,
    recovers: { change: { rum_inp_seconds_bucket: { step: 4 } }, by: "120m" },
    quiet: {
      "enough fast ones": answers("0+4x60", "0+5x60"),
      "too few to say": answers("0x60", "0+1x60"),
    },
  },
  {
    alert: "ShopMailWaits",
    severity: "warning",
    labels: { queue: "mail" },
    firing: of({ 'queue_depth{queue="mail"}': "20x30", 'queue_depth{queue="sms"}': "1x30" }),
    at: "6m",
    tooEarly: "4m",
    summary: "queue_depth (queue mail) is 20, above 15.",
    description: /^Fires when for 5m queue_depth is above 15\./,
    isState: true,
    recovers: { change: { queue_depth: 3 }, by: "42m" },
    quiet: { "a short queue": of({ 'queue_depth{queue="mail"}': "15x30" }) },
  },
  {
    alert: "ShopErrorsDoubled",
    severity: "warning",
    labels: {},
    firing: errorsOf(since(DAY, 2, 200, 6)),
    at: `${DAY + 70}m`,
    tooEarly: `${DAY}m`,
    interval: "5m",
    summary: "rum_js_errors_total per second over 1h is 300% of what it was 1d ago.",
    description:
      /^Fires as soon as rum_js_errors_total per second over 1h is above 2 times what it was 1d ago, with 50/,
    recovers: { change: { rum_js_errors_total: { step: 2 } }, by: `${DAY + 400}m` },
    quiet: {
      "a half more": errorsOf(since(DAY, 2, 200, 3)),
      "too few then": errorsOf(since(DAY, 0.5, 200, 6)),
      // Fewer were counted then, because the collector was down for a time.
      "an outage then": errorsOf(`0+2x100 _x50 ${2 * 150}+2x${DAY + 40}`, `1x100 0x50 1x${DAY + 40}`),
    },
  },
  {
    alert: "ShopSessionsHalved",
    severity: "warning",
    labels: {},
    firing: sessions(since(DAY, 10, 200, 4)),
    at: `${DAY + 70}m`,
    tooEarly: `${DAY + 10}m`,
    interval: "5m",
    summary: "the increase of rum_sessions_total over 1h is 40% of what it was 1d ago.",
    description:
      /^Fires as soon as the increase of rum_sessions_total over 1h is below 0\.5 times what it was 1d ago/,
    recovers: { change: { rum_sessions_total: { step: 10 } }, by: `${DAY + 400}m` },
    quiet: {
      "a few less": sessions(since(DAY, 10, 200, 8)),
      "too few then": sessions(since(DAY, 0.5, 200, 0)),
      "a collector that is down": sessions(`0+10x${DAY} _x200`, `1x${DAY} 0x200`),
    },
  },
  {
    alert: "ShopNoViews",
    severity: "warning",
    labels: {},
    firing: views("0+5x30 150x60"),
    at: "47m",
    tooEarly: "40m",
    summary: "nothing was counted in rum_page_views_total for 15m.",
    description:
      /^Fires as soon as nothing is counted in rum_page_views_total over 15m while the collector is scraped\./,
    recovers: { change: { rum_page_views_total: { step: 5 } }, by: "120m" },
    noMinimum: "Nothing is nothing.",
    quiet: {
      "a few of them": views("0+0.2x90"),
      "a collector that is down": views("0+5x30 _x60", "1x30 0x60"),
    },
  },
  {
    alert: "ShopNoQueue",
    severity: "warning",
    labels: {},
    firing: of({ up: "1x60", 'queue_depth{queue="mail"}': "3x20 stale" }),
    at: "35m",
    tooEarly: "25m",
    summary: "queue_depth had no value for 10m.",
    description: /^Fires as soon as queue_depth has no value over 10m while the collector is scraped\./,
    isState: true,
    recovers: { change: {}, and: of({ up: "1x90", 'queue_depth{queue="sms"}': "_x40 1x40" }), by: "50m" },
    quiet: { "an empty queue": of({ up: "1x60", 'queue_depth{queue="mail"}': "0x60" }) },
  },
  {
    alert: "ShopSlowPages",
    severity: "warning",
    labels: {},
    // Fast: 10 sessions, 1 order, 20 dollars. Slow: 4 sessions that would pay 8 dollars a minute, and pay 4: 5760 a day.
    firing: spending([10, 1, 20], [4, 0.2, 4]),
    at: `${DAY}m`,
    tooEarly: "10m",
    interval: "1h",
    summary: "slow pages cost about 5760 USD in a day.",
    description: /^Fires as soon as sessions with slow pages spent more than 500 USD less in 1d/,
    recovers: {
      change: {
        'revenue_total{job="shop",instance="a:1",conversion="purchase",currency="USD",experience="poor"': {
          step: 8,
        },
      },
      by: `${2 * DAY}m`,
    },
    quiet: {
      "slow sessions that pay as much": spending([10, 1, 20], [4, 0.4, 8]),
      "a cost below the limit": spending([10, 1, 20], [0.3, 0.01, 0.4]),
      "too few slow sessions": spending([10, 1, 2000], [0.1, 0.001, 0]),
      "too few orders": spending([10, 0.01, 50], [4, 0, 0]),
    },
  },
];
