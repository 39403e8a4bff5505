import { defineCatalog } from "@rumkit/protocol";
import { describeMetrics } from "@rumkit/server";
import { renderRules } from "rumkit/generate";
import type { SeriesByName } from "../promtool.ts";
import type { AlertCase } from "./alertCase.ts";

export const objectiveShop = defineCatalog({
  app: "shop",
  routes: ["/"],
  objectives: {
    // A budget that every pair of windows can use.
    api: { http: { errorsBelow: 0.001 } },
    quick: { vital: "INP", below: 0.2, ratio: 0.95 },
    // Budgets too large for the fast windows: a plain threshold stands in.
    loose: { http: { errorsBelow: 0.1 } },
    fast_pages: { vital: "LCP", below: 2.5, ratio: 0.75 },
  },
});

export const objectiveRules = renderRules(describeMetrics(objectiveShop), objectiveShop);

/** Events a minute, of which a share is bad. */
interface Traffic {
  readonly good: number;
  readonly bad: number;
}

/** An objective with its texts, and the series of its events. */
interface Subject {
  readonly name: string;
  readonly alert: string;
  readonly target: string;
  /** The share that may be bad, in percent. */
  readonly budget: number;
  readonly failed: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly series: (traffic: readonly (Traffic & { minutes: number })[]) => SeriesByName;
  /** The change with which all is well again. */
  readonly well: (traffic: Traffic) => AlertCase["recovers"]["change"];
}

/** A counter that grows by several steps, each for some minutes. */
function grow(steps: readonly { readonly by: number; readonly minutes: number }[]): string {
  let value = 0;
  return steps
    .map(({ by, minutes }, index) => {
      const start = index === 0 ? 0 : value + by;
      const times = index === 0 ? minutes : minutes - 1;
      value = start + by * times;
      return `${start}+${by}x${times}`;
    })
    .join(" ");
}

const HTTP = 'http_requests_total{job="shop",instance="a:1",route="/"';

function http(name: string, budget: number, target: string): Subject {
  return {
    name,
    alert: `Shop${name === "api" ? "Api" : "Loose"}`,
    target,
    budget,
    failed: "of HTTP requests failed with a server error",
    labels: {},
    series: (traffic) => ({
      [`${HTTP},status="2xx"}`]: grow(traffic.map(({ good, minutes }) => ({ by: good, minutes }))),
      [`${HTTP},status="5xx"}`]: grow(traffic.map(({ bad, minutes }) => ({ by: bad, minutes }))),
    }),
    well: () => ({ [`${HTTP},status="5xx"}`]: { step: 0 } }),
  };
}

function vital(name: string, metric: string, edge: string, words: string, budget: number): Subject {
  const labels = 'job="shop",instance="a:1",route="/",navigation="hard"';
  return {
    name,
    alert: `Shop${name === "quick" ? "Quick" : "FastPages"}`,
    target: `${100 - budget} %`,
    budget,
    failed: `of page views (hard) had ${words}`,
    labels: { navigation: "hard" },
    series: (traffic) => ({
      [`${metric}_bucket{${labels},le="${edge}"}`]: grow(
        traffic.map(({ good, minutes }) => ({ by: good, minutes })),
      ),
      [`${metric}_count{${labels}}`]: grow(
        traffic.map(({ good, bad, minutes }) => ({ by: good + bad, minutes })),
      ),
    }),
    well: ({ good, bad }) => ({ [`${metric}_bucket`]: { step: good + bad } }),
  };
}

const api = http("api", 0.1, "99.9 %");
const loose = http("loose", 10, "90 %");
const quick = vital("quick", "rum_inp_seconds", "0.2", "INP above 0.2 s", 5);
const fastPages = vital("fast_pages", "rum_lcp_seconds", "2.5", "LCP above 2.5 s", 25);

const PAIRS = {
  "1h/5m": { factor: 14.4, wait: 2, days: "2.1", severity: "critical", ends: 15 },
  "6h/30m": { factor: 6, wait: 15, days: "5", severity: "critical", ends: 60 },
  "1d/2h": { factor: 3, wait: 60, days: "10", severity: "warning", ends: 160 },
  "3d/6h": { factor: 1, wait: 180, days: "30", severity: "warning", ends: 430 },
} as const;

/** The share that promtool prints, with up to four digits. */
function percent(share: number): string {
  return `${Number((share * 100).toPrecision(4))}%`;
}

/** Of 1000 events a minute, a share is bad. */
function trafficOf(share: number): Traffic {
  const bad = Math.round(share * 10_000) / 10;
  return { bad, good: Math.round((1000 - bad) * 10) / 10 };
}

function burning(subject: Subject, pair: keyof typeof PAIRS): AlertCase {
  const { factor, wait, days, severity, ends } = PAIRS[pair];
  const isFast = pair === "1h/5m";
  const [long = "", short = ""] = pair.split("/");
  const threshold = (factor * subject.budget) / 100;
  // Halfway to all being bad where the threshold is high, else a quarter above it.
  const share = Math.min(threshold * 1.25, (threshold + 1) / 2);
  const over = trafficOf(share);
  const rate = over.bad / (over.bad + over.good);
  // Some minutes more than it must hold: the first rates need some samples.
  const at = wait + (isFast ? 12 : 15);
  const of = (part: number) => subject.series([{ ...trafficOf(threshold * part), minutes: at + 30 }]);
  return {
    alert: `${subject.alert}BudgetBurn ${pair}`,
    severity,
    labels: { objective: subject.name, long, short, ...subject.labels },
    firing: subject.series([{ ...over, minutes: at }]),
    at: `${at}m`,
    tooEarly: `${wait - (isFast ? 1 : 5)}m`,
    summary: `${percent(rate)} ${subject.failed} in ${long}: the error budget of 30 days lasts ${days} days at most.`,
    description: new RegExp(
      `^The objective is ${subject.target} over 30 days, so ${subject.budget} % may be bad\\. Fires while`,
    ),
    recovers: { change: subject.well(over), by: `${at + ends}m` },
    quiet: {
      "a burn rate that is nearly too high": of(0.9),
      "no errors": of(0),
      // All of them are bad, and there are fewer than a hundredth of the others.
      "too few events to say": subject.series([{ good: 0, bad: 0.005, minutes: at + 30 }]),
    },
    reads: new RegExp(`slo_${subject.name}_(events|errors:rate|errors:ratio_rate(${long}|${short})$)`),
    interval: isFast ? "1m" : "5m",
  };
}

/** A short outage between long times that are good: the long window is not concerned. */
function spike(tested: AlertCase, subject: Subject, pair: "1h/5m" | "6h/30m"): AlertCase {
  const { factor } = PAIRS[pair];
  const [longMinutes, shortMinutes] = pair === "1h/5m" ? [60, 5] : [360, 30];
  const share = ((factor * subject.budget) / 100) * (longMinutes / shortMinutes) * 0.8;
  const steps = [
    { ...trafficOf(0), minutes: longMinutes },
    { ...trafficOf(share), minutes: shortMinutes },
    { ...trafficOf(0), minutes: shortMinutes * 2 },
  ];
  return { ...tested, quiet: { ...tested.quiet, "a short spike": subject.series(steps) } };
}

function spent(subject: Subject): AlertCase {
  const over = trafficOf((subject.budget / 100) * 1.25);
  return {
    alert: `${subject.alert}BudgetSpent`,
    severity: "info",
    labels: { objective: subject.name, ...subject.labels },
    firing: subject.series([{ ...over, minutes: 80 }]),
    at: "75m",
    tooEarly: "55m",
    summary: `${percent(over.bad / 1000)} ${subject.failed} in 30 days: the error budget is spent.`,
    description: new RegExp(`^The objective is ${subject.target} over 30 days\\. Measured with`),
    // Five hours of good ones make up for 80 minutes that were a quarter worse than allowed.
    recovers: { change: subject.well(over), by: "400m" },
    quiet: {
      "a budget that is nearly spent": subject.series([
        { ...trafficOf((subject.budget / 100) * 0.9), minutes: 120 },
      ]),
      "too few events to say": subject.series([{ good: 0, bad: 0.0001, minutes: 120 }]),
    },
    reads: new RegExp(`slo_${subject.name}_(events|errors:rate|errors:ratio_rate30d)`),
    interval: "5m",
  };
}

function missedHttp(): AlertCase {
  const series = (ok: string, failed: string): SeriesByName => ({
    [`${HTTP},status="2xx"}`]: ok,
    [`${HTTP},status="5xx"}`]: failed,
  });
  return {
    alert: "ShopLooseMissed",
    severity: "critical",
    labels: { objective: "loose" },
    firing: series("0+32x30", "0+8x30"),
    at: "20m",
    tooEarly: "2m",
    summary: "20% of HTTP requests fail with a server error.",
    description: /^The objective is below 10 %\. Measured over 5m with 100 requests and 5 failures or more\./,
    recovers: { change: { [`${HTTP},status="5xx"}`]: { step: 0 } }, by: "45m" },
    quiet: {
      "failures that are rarer than promised": series("0+1999x30", "0+1x30"),
      "too few requests to say": series("0+9x30", "0+9x30"),
      "too few failures": series("0+24x30", "0x15 3x15"),
    },
    reads: /http_request_errors/,
  };
}

function missedVital(): AlertCase {
  const series = (good: string, all: string): SeriesByName => ({
    'rum_lcp_seconds_bucket{job="shop",route="/",navigation="hard",le="2.5"}': good,
    'rum_lcp_seconds_count{job="shop",route="/",navigation="hard"}': all,
  });
  return {
    alert: "ShopFastPagesMissed",
    severity: "warning",
    labels: { objective: "fast_pages", navigation: "hard" },
    // All are fast for half an hour, and all are slow after it: below three quarters from minute 38 on.
    firing: series("0+4x30 120x60", "0+4x90"),
    at: "60m",
    tooEarly: "46m",
    summary: "only 0% of page views (hard) have LCP within 2.5 s.",
    description: /^The objective is 75 %\. Measured over 30m with 50 page views or more of that kind/,
    recovers: { change: { rum_lcp_seconds_bucket: { step: 4 } }, by: "150m" },
    quiet: {
      "enough fast pages": series("0+4x90", "0+5x90"),
      "too few pages to say, however slow": series("0x90", "0+1x90"),
      "no page at all": series("0x90", "0x90"),
    },
    reads: /rum_lcp_seconds_below/,
  };
}

export const objectiveCases: readonly AlertCase[] = [
  spike(burning(api, "1h/5m"), api, "1h/5m"),
  spike(burning(api, "6h/30m"), api, "6h/30m"),
  burning(api, "1d/2h"),
  burning(api, "3d/6h"),
  spent(api),
  burning(quick, "1h/5m"),
  burning(quick, "6h/30m"),
  burning(quick, "1d/2h"),
  burning(quick, "3d/6h"),
  spent(quick),
  missedHttp(),
  burning(loose, "6h/30m"),
  burning(loose, "1d/2h"),
  burning(loose, "3d/6h"),
  spent(loose),
  missedVital(),
  burning(fastPages, "1d/2h"),
  burning(fastPages, "3d/6h"),
  spent(fastPages),
];
