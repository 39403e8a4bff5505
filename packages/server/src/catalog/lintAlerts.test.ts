import { expect, test } from "vitest";
import { findCatalogFaults } from "../collector/parts.ts";

const shop = {
  app: "shop",
  routes: ["/", "/cart", "/checkout"],
  conversions: {
    signup: { help: "Accounts created.", from: "server" },
    purchase: {
      help: "Orders paid.",
      from: "server",
      value: { money: ["USD", "EUR"] },
      labels: { payment_method: ["card", "paypal"] },
      experience: true,
    },
  },
  actions: { login: { help: "Logins.", from: "server", family: "user_logins_total" } },
  jobs: { invoice: { help: "Invoices.", buckets: [1, 5, 30] } },
  objectives: { api: { http: { errorsBelow: 0.001 } } },
};

/** The faults of the shop with one alert, `a`. */
const faultsOf = (alert: unknown, name = "a"): string[] =>
  findCatalogFaults({ ...shop, alerts: { [name]: alert } }).map(({ text }) => text);
const when = (condition: object): string[] => faultsOf({ when: condition });

const errors = { rate: "rum_js_errors_total", above: 0.5 };

test.each<[what: string, condition: object]>([
  ["a rate of a route", { ...errors, labels: { route: "/checkout" } }],
  ["a rate below a limit", { rate: "rum_page_views_total", below: 0.1, over: "15m" }],
  [
    "observations of a histogram",
    { increase: "job_duration_seconds", over: "1h", above: 10, by: ["job_name"] },
  ],
  [
    "a part of requests",
    {
      ratio: "http_requests_total",
      labels: { status: ["4xx", "5xx"] },
      to: "http_requests_total",
      above: 0.05,
      atLeast: 100,
    },
  ],
  [
    "a part of a part",
    {
      ratio: "http_requests_total",
      labels: { method: "POST", status: "5xx" },
      to: "http_requests_total",
      toLabels: { method: ["POST", "PUT"] },
      above: 0.05,
    },
  ],
  [
    "conversions by session",
    { ratio: "conversions_total", to: "rum_sessions_total", below: 0.01, over: "1h" },
  ],
  ["a quantile on an edge", { quantile: 0.95, of: "job_duration_seconds", above: 5 }],
  ["a share on an edge", { share: "rum_lcp_seconds", within: 2.5, below: 0.75, by: ["route"] }],
  ["a gauge by its label", { gauge: "queue_depth", by: ["queue"], above: 15 }],
  [
    "money of one currency",
    { increase: "revenue_total", over: "1d", labels: { currency: "USD" }, below: 100 },
  ],
  [
    "money by currency",
    { increase: "revenue_total", over: "1h", by: ["currency"], below: 0.5, comparedTo: "7d" },
  ],
  ["silence", { absent: "rum_page_views_total", over: "15m" }],
  [
    "silence against last week",
    { absent: "rum_page_views_total", over: "1h", comparedTo: "7d", atLeast: 20 },
  ],
  ["the cost of slow pages", { slowPagesCost: "EUR", above: 500 }],
  ["an open label", { rate: "app_errors_total", labels: { error_type: "CartError" }, above: 1 }],
])("%s is a condition", (_, condition) => {
  expect(when(condition)).toEqual([]);
});

test.each<[what: string, condition: unknown, fault: string]>([
  ["no condition", undefined, "alerts.a.when is required: the condition, e.g. "],
  [
    "PromQL",
    "up == 0",
    'alerts.a.when must be an object, e.g. { rate: "rum_js_errors_total", above: 0.5 }, not "up == 0".',
  ],
  [
    "nothing in it",
    {},
    "alerts.a.when needs one of rate, increase, ratio, quantile, share, gauge, absent, slowPagesCost: e.g. ",
  ],
  ["a misspelled kind", { rat: "x", above: 1 }, 'did you mean "rate", not "rat"?'],
  ["two kinds", { ...errors, gauge: "queue_depth" }, "alerts.a.when has rate and gauge. Write one of them"],
  ["no limit", { rate: "rum_js_errors_total" }, "alerts.a.when needs a limit: above or below"],
  ["two limits", { ...errors, below: 0.1 }, "alerts.a.when has above and below."],
  ["a limit below 0", { gauge: "queue_depth", below: 0 }, "alerts.a.when.below must be above 0"],
  [
    "a limit as a text",
    { ...errors, above: "1" },
    'alerts.a.when.above must be a number that is not negative, not "1".',
  ],
  [
    "a word of Prometheus",
    { rate: "rum_js_errors_total", threshold: 1 },
    'alerts.a.when.threshold is unknown here. Did you mean "above"?',
  ],
  [
    "a part of the alert",
    { ...errors, for: "5m" },
    "alerts.a.when.for is unknown here. It belongs to the alert, beside when.",
  ],
  [
    "a window without a unit",
    { ...errors, over: 5 },
    'alerts.a.when.over must be a time with its unit, e.g. "5m", not 5. Did you mean "5s"?',
  ],
  ["an empty window", { ...errors, over: "0m" }, "alerts.a.when.over must be longer than zero"],
  [
    "no window",
    { increase: "rum_js_errors_total", above: 1 },
    'alerts.a.when.over is required: the window, e.g. "1h".',
  ],
  [
    "a comparison that overlaps",
    { ...errors, over: "1d", comparedTo: "1h" },
    "alerts.a.when.comparedTo must be at least as long as the window",
  ],
  [
    "a minimum of nothing",
    { absent: "rum_page_views_total", over: "1h", atLeast: 3 },
    "alerts.a.when.atLeast needs comparedTo",
  ],
  [
    "a quantile in percent",
    { quantile: 95, of: "rum_lcp_seconds", above: 4 },
    "alerts.a.when.quantile must be a number between 0 and 1",
  ],
  [
    "a share in percent",
    { share: "rum_lcp_seconds", within: 2.5, below: 75 },
    "alerts.a.when.below must be a share between 0 and 1, not 75.",
  ],
  [
    "an unknown metric",
    { rate: "rum_js_error_total", above: 1 },
    'alerts.a.when.rate is not a metric of this catalog: "rum_js_error_total". Did you mean "rum_js_errors_total"?',
  ],
  ["a series of a histogram", { rate: "rum_lcp_seconds_count", above: 1 }, 'Did you mean "rum_lcp_seconds"?'],
  ["a name without its prefix", { rate: "page_views", above: 1 }, 'Did you mean "rum_page_views_total"?'],
  ["a metric that does not exist", { rate: "zzz", above: 1 }, "--docs lists them"],
  [
    "the rate of a gauge",
    { rate: "queue_depth", above: 1 },
    "alerts.a.when.rate is a gauge: queue_depth. Write gauge",
  ],
  [
    "the value of a counter",
    { gauge: "rum_js_errors_total", above: 1 },
    "alerts.a.when.gauge is a counter: rum_js_errors_total. Write rate",
  ],
  [
    "the quantile of a counter",
    { quantile: 0.95, of: "rum_js_errors_total", above: 1 },
    "alerts.a.when.of is a counter",
  ],
  [
    "an unknown label",
    { ...errors, labels: { path: "/" } },
    'alerts.a.when.labels.path is not a label of rum_js_errors_total: "path". Its labels: route, source.',
  ],
  [
    "an unknown value",
    { ...errors, labels: { route: "/chekout" } },
    'alerts.a.when.labels.route is never "/chekout" in rum_js_errors_total. Did you mean "/checkout"?',
  ],
  [
    "an unknown value in a list",
    {
      ratio: "conversions_total",
      labels: { payment_method: ["card", "cash"] },
      to: "rum_sessions_total",
      above: 1,
    },
    'is never "cash" in conversions_total',
  ],
  [
    "values that never meet",
    { ...errors, rate: "conversions_total", labels: { conversion: "signup", payment_method: "card" } },
    "has values that conversions_total never has together.",
  ],
  [
    "an unknown label to keep",
    { ...errors, by: ["page"] },
    'alerts.a.when.by[0] is not a label of rum_js_errors_total: "page".',
  ],
  [
    "dollars and euros",
    { increase: "revenue_total", over: "1d", below: 100 },
    'alerts.a.when.labels must select a currency of revenue_total, e.g. { currency: "USD" }',
  ],
  ["silence of money", { absent: "revenue_total", over: "1d" }, "is money: revenue_total."],
  [
    "money by events",
    { ratio: "revenue_total", labels: { currency: "USD" }, to: "rum_sessions_total", above: 1 },
    "one of them is money",
  ],
  [
    "a share between two edges",
    { share: "rum_lcp_seconds", within: 2.2, below: 0.75 },
    "alerts.a.when.within must be a bucket edge of rum_lcp_seconds (0.25, 0.5, 1, 1.5, 2, 2.5, 3, 4, 6, 10, 20), not 2.2. The nearest is 2.",
  ],
  [
    "a quantile between two edges",
    { quantile: 0.95, of: "rum_lcp_seconds", above: 2.2 },
    "alerts.a.when.above must be a bucket edge",
  ],
  ["a currency that is not declared", { slowPagesCost: "GBP", above: 1 }, "Its currencies: USD, EUR."],
  [
    "the cost of another conversion",
    { slowPagesCost: "USD", above: 1, conversion: "signup" },
    'conversions.signup must have from: "server", value and experience: true.',
  ],
  [
    "an unknown conversion",
    { slowPagesCost: "USD", above: 1, conversion: "purchas" },
    'Did you mean "purchase"?',
  ],
])("%s is refused with its path and the remedy", (_, condition, fault) => {
  const faults = when(condition as object);
  expect(faults.join("\n")).toContain(fault);
  expect(faults).toHaveLength(1);
});

test.each<[what: string, alert: unknown, fault: string]>([
  [
    "a misspelled key",
    { when: errors, severty: "critical" },
    'alerts.a.severty is unknown here. Did you mean "severity"?',
  ],
  [
    "PromQL of Prometheus",
    { when: errors, expr: "up" },
    "alerts.a.expr is unknown here. Write the condition as data",
  ],
  [
    "a key of the condition",
    { when: errors, over: "5m" },
    "It belongs to the condition: when: { …, over: … }.",
  ],
  ["a severity of another tool", { when: errors, severity: "page" }, 'Did you mean "critical"?'],
  [
    "a time without a unit",
    { when: errors, for: "5" },
    'alerts.a.for must be a time with its unit, e.g. "5m", not "5".',
  ],
  [
    "a runbook that is not an address",
    { when: errors, runbook: "javascript:alert(1)" },
    "alerts.a.runbook must be an http or https URL",
  ],
  ["a team that is not a name", { when: errors, team: "a\nb" }, "alerts.a.team must be a short name"],
  [
    "a template of Go",
    { when: errors, summary: "{{ $value }}" },
    'alerts.a.summary has "{{ $value }", which is not filled in. Write {value}.',
  ],
  ["an unknown field", { when: { ...errors, by: ["route"] }, summary: "{page}" }, "Write {value}, {route}."],
  ["false for an own alert", false, "alerts.a is not a default that can be turned off with false."],
])("%s of an alert is refused", (_, alert, fault) => {
  const faults = faultsOf(alert);
  expect(faults.join("\n")).toContain(fault);
  expect(faults).toHaveLength(1);
});

const queue = { gauge: "queue_depth", above: 15 };

test.each<[what: string, alert: object]>([
  ["a clear threshold below the limit", { when: queue, clear: 5 }],
  ["a clear threshold above a lower limit", { when: { gauge: "queue_depth", below: 2 }, clear: 5 }],
  [
    "a clear threshold of a quantile on an edge",
    { when: { quantile: 0.95, of: "job_duration_seconds", above: 5 }, clear: 1 },
  ],
  ["an alert about missing data", { when: queue, noData: "alert", noDataFor: "10m" }],
  ["a month", { when: { ...errors, over: "31d" } }],
])("%s is accepted", (_, alert) => {
  expect(faultsOf(alert)).toEqual([]);
});

test.each<[what: string, alert: object, text: RegExp]>([
  [
    "a clear threshold above the limit",
    { when: queue, clear: 15 },
    /^alerts\.a\.clear must be less than above, which is 15/,
  ],
  [
    "a clear threshold below a lower limit",
    { when: { gauge: "queue_depth", below: 2 }, clear: 1 },
    /^alerts\.a\.clear must be more than below, which is 2/,
  ],
  [
    "a clear threshold without a limit",
    { when: { absent: "rum_page_views_total", over: "5m" }, clear: 1 },
    /^alerts\.a\.clear needs a condition with above or below/,
  ],
  [
    "a clear threshold between two edges",
    { when: { quantile: 0.95, of: "job_duration_seconds", above: 5 }, clear: 2 },
    /^alerts\.a\.clear must be a bucket edge of job_duration_seconds \(1, 5, 30\), not 2\./,
  ],
  ["a clear threshold in the condition", { when: { ...queue, clear: 5 } }, /^alerts\.a\.when\.clear/],
  ["a clear threshold that is a text", { when: queue, clear: "5" }, /^alerts\.a\.clear must be/],
  [
    "missing data of events that should not happen",
    { when: errors, noData: "alert" },
    /^alerts\.a\.noData cannot be "alert" here.*absent/,
  ],
  [
    "a wait for missing data without it",
    { when: queue, noDataFor: "5m" },
    /^alerts\.a\.noDataFor needs noData/,
  ],
  ["another word for missing data", { when: queue, noData: "firing" }, /^alerts\.a\.noData .*"alert"/],
  ["a window of months", { when: { ...errors, over: "90d" } }, /^alerts\.a\.when\.over must be 31d or less/],
  [
    "a comparison with last year",
    { when: { ...errors, comparedTo: "365d" } },
    /^alerts\.a\.when\.comparedTo must be 31d or less/,
  ],
])("%s is refused", (_, alert, text) => {
  expect(faultsOf(alert)).toEqual([expect.stringMatching(text)]);
});

test("two alerts of one name in Prometheus are refused", () => {
  expect(faultsOf({ when: errors }, "collector_down")).toEqual([
    "alerts.collector_down has the name of an alert about the collector, CollectorDown. Take another name.",
  ]);
  expect(faultsOf({ when: errors }, "api_missed")).toEqual([
    "alerts.api_missed has the name of an alert of objectives.api, ApiMissed. Take another name.",
  ]);
  const alerts = { a1_b: { when: errors }, a1b: { when: errors } };
  expect(findCatalogFaults({ ...shop, alerts: { ...alerts, a_1b: { when: errors } } })).toMatchObject([
    { path: ["alerts", "a_1b"] },
  ]);
});

test("defaults can be turned off, and a misspelled one is named", () => {
  expect(faultsOf(false, "conversions_missing")).toEqual([]);
  expect(faultsOf(false, "conversion_missing")[0]).toContain('Did you mean "conversions_missing"?');
});

test("S0.38: a summary that promises a shorter time than the alert waits is refused", () => {
  const of = (summary: string, wait: string) => faultsOf({ when: errors, for: wait, summary });
  expect(of("Told in under a minute.", "5m")).toEqual([
    'alerts.a.summary says "under a minute", but the alert waits longer: for is "5m". Change one of them.',
  ]);
  expect(of("Errors for 2 minutes.", "5m")).toHaveLength(1);
  expect(of("Errors within thirty blocks.", "5m")).toEqual([]);
  expect(of("Errors for five minutes.", "5m")).toEqual([]);
  expect(of("No order for 15 minutes.", "0s")).toEqual([]);
});

test("S2.11: a ratio of a selection to itself is refused, which is always 1", () => {
  const failed = {
    ratio: "http_requests_total",
    labels: { status: "5xx" },
    to: "http_requests_total",
    above: 0.05,
  };
  expect(when({ ...failed, toLabels: { status: "5xx" } })).toEqual([
    "alerts.a.when divides http_requests_total by itself, which is always 1. Select a part of it in labels.",
  ]);
  expect(when({ ratio: failed.ratio, to: failed.to, above: 0.05 })[0]).toContain("by itself");
  expect(when({ ...failed, toLabels: { method: "GET" } })[0]).toContain("must select a part of");
  expect(when({ ...failed, above: 1 })[0]).toContain("is never reached");
});

test("S2.20: a quantile above the largest bucket is refused, which no value reaches", () => {
  const slow = { quantile: 0.95, of: "job_duration_seconds" };
  expect(when({ ...slow, above: 120 })).toEqual([
    "alerts.a.when.above is never reached: the largest bucket of job_duration_seconds ends at 30, and a quantile is at most that. Take a lower limit, or add a bucket.",
  ]);
  expect(when({ ...slow, above: 30 })[0]).toContain("is never reached");
  expect(when({ ...slow, above: 5 })).toEqual([]);
});

test("S4.55: a ratio by a label that one side lacks is refused, which is empty", () => {
  const faults = when({
    ratio: "conversions_total",
    to: "user_logins_total",
    by: ["conversion"],
    below: 0.5,
  });
  expect(faults).toEqual([
    'alerts.a.when.by[0] is not a label of user_logins_total: "conversion". It has none.',
  ]);
});

test("S4.58: sessions are not a difference of two counters: conditions do not subtract, and a counter is not a gauge", () => {
  expect(when({ gauge: "user_logins_total", above: 10 })[0]).toContain("is a counter");
  expect(when({ gauge: "rum_active_sessions", minus: "user_logouts_total", above: 10 })[0]).toContain(
    "alerts.a.when.minus is unknown here",
  );
});

test("S4.61: a label that the metric does not have is refused with the one that is meant", () => {
  const failed = { ratio: "http_requests_total", to: "http_requests_total", above: 0.01 };
  expect(when({ ...failed, labels: { status_code: "5xx" } })).toEqual([
    'alerts.a.when.labels.status_code is not a label of http_requests_total: "status_code". Did you mean "status"?',
  ]);
});
