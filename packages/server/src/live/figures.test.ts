/** Every number of the live page against what was counted, to the last count and cent. */
import { readFileSync } from "node:fs";
import { defineCatalog, type LiveSnapshot, webVitals } from "@rumkit/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { figureNames } from "../catalog/figureNames.ts";
import { describeMetrics } from "../collector/parts.ts";
import { createCalendar } from "../history/calendar.ts";
import { createHistory } from "../history/history.ts";
import { readColumn } from "../history/readHistory.ts";
import { createRecorder } from "../metrics/recorder.ts";
import type { Sample } from "../metrics/sample.ts";
import { createScrubber } from "../scrub/createScrubber.ts";
import { createLive } from "./createLive.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/", "/cart"],
  actions: { add_to_cart: { help: "Items." } },
  conversions: {
    intent: { help: "Intents.", value: { money: ["USD"] } },
    purchase: { help: "Orders.", from: "server", value: { money: ["USD", "JPY"] }, experience: true },
  },
  measurements: { search: { help: "Searches.", unit: "seconds", buckets: [0.1, 1] } },
  endpoints: ["/api/cart"],
  funnels: { checkout: ["page_view:/", "page_view:/cart"] },
  objectives: { fast: { vital: "LCP", below: 2.5, ratio: 0.75 }, sound: { http: { errorsBelow: 0.1 } } },
  live: {
    cards: {
      orders: { rate: "conversion:purchase", by: "experience" },
      views: { rate: "page_view:/cart", per: "minute", over: "2m" },
      failed: { increase: "http_requests_total", labels: { status: ["4xx", "5xx"] }, over: "15m" },
      failed_ratio: {
        ratio: "http_requests_total",
        labels: { status: "5xx" },
        to: "http_requests_total",
        warning: 0.15,
        critical: 0.3,
      },
      paid: { money: "conversion:purchase", currency: "USD", per: "minute", over: "3m", critical: 500 },
      searches: { rate: "rum_search_seconds" },
      slow: { quantile: 0.9, of: "rum_search_seconds" },
    },
    charts: {
      page_errors: { ratio: "rum_js_errors_total", to: "rum_page_views_total", by: "route", over: "5m" },
    },
  },
});

/** Half an hour before midnight, so that a run of some length sees two days. */
const START = Date.UTC(2027, 0, 15, 23, 30);

const route = fc.constantFrom("/", "/cart");
const experience = fc.constantFrom("good", "poor", "unknown");
const times = fc.integer({ min: 1, max: 5 });
const seconds = fc.double({ min: 0.002, max: 60, noNaN: true });
const counter = (metric: string, labels: fc.Arbitrary<Record<string, string>>): fc.Arbitrary<Sample> =>
  fc.record({ metric: fc.constant(metric), labels, value: fc.constant(1), times });
const histogram = (metric: string, labels: fc.Arbitrary<Record<string, string>>): fc.Arbitrary<Sample> =>
  fc.record({ metric: fc.constant(metric), labels, value: seconds, times });
const moneyOf = (conversion: string, currency: string): fc.Arbitrary<Sample> =>
  fc.record({
    metric: fc.constant("revenue_total"),
    labels: experience.map((rated) => ({ conversion, currency, experience: rated })),
    value: fc.integer({ min: 0, max: 1_000_000_000 }),
    times,
  });

const vitalLabels = route.map((at) => ({ route: at, navigation: "hard" }));
const sample: fc.Arbitrary<Sample> = fc.oneof(
  counter("rum_page_views_total", fc.record({ route, navigation: fc.constant("hard"), experience })),
  counter(
    "conversions_total",
    experience.map((rated) => ({ conversion: "purchase", experience: rated })),
  ),
  counter(
    "rum_conversions_total",
    experience.map((rated) => ({ conversion: "intent", experience: rated })),
  ),
  moneyOf("purchase", "USD"),
  moneyOf("purchase", "JPY"),
  counter("rum_actions_total", fc.constant({ action: "add_to_cart" })),
  counter(
    "rum_sessions_total",
    fc.constant({ device: "desktop", browser: "firefox", connection: "unknown" }),
  ),
  counter("rum_js_errors_total", fc.record({ route, source: fc.constant("uncaught") })),
  counter("rum_unhandled_rejections_total", fc.record({ route })),
  counter(
    "http_requests_total",
    fc.constantFrom("2xx", "5xx").map((status) => ({ method: "GET", route: "/", status })),
  ),
  histogram("http_request_duration_highr_seconds", fc.constant({})),
  histogram("rum_search_seconds", fc.constant({})),
  counter(
    "rum_funnel_sessions_total",
    fc.constantFrom("1", "2").map((step) => ({
      funnel: "checkout",
      step,
      event: step === "1" ? "page_view:/" : "page_view:/cart",
    })),
  ),
  ...[webVitals.LCP, webVitals.INP, webVitals.CLS].map(({ metric }) => histogram(metric, vitalLabels)),
);

/** A sample, or milliseconds that pass. */
const step = fc.oneof(
  { weight: 4, arbitrary: sample },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 3_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 200_000 }) },
);

interface Counted extends Sample {
  readonly at: number;
}

/** A live page with a clock that is set by hand, and everything that was counted. */
function start() {
  let now = START;
  const clock = (): number => now;
  const recorder = createRecorder(describeMetrics(catalog), clock);
  const calendar = createCalendar("UTC");
  const history = createHistory({ wallNow: clock, steadyNow: clock, calendar });
  const { feed } = createLive({ catalog, recorder, scrub: createScrubber(), history, calendar, now: clock });
  const counted: Counted[] = [];
  return {
    clock,
    recorder,
    history,
    counted,
    count: (given: Sample): void => {
      recorder.record(given);
      counted.push({ ...given, at: now });
    },
    /** Beats once a second, a little after it began, as a busy process does. */
    pass: (ms: number): void => {
      const end = now + ms;
      while (Math.floor(now / 1000) < Math.floor(end / 1000)) {
        now = Math.min(end, (Math.floor(now / 1000) + 1) * 1000 + 7);
        history.tick();
        feed.tick();
      }
      now = end;
    },
    frame: (): LiveSnapshot =>
      JSON.parse(Buffer.from(feed.snapshot()).toString().split("data: ")[1]!) as LiveSnapshot,
  };
}

type Live = ReturnType<typeof start>;
type Of = (sample: Sample) => boolean;

const of =
  (metric: string, labels: Record<string, string> = {}): Of =>
  (given) =>
    given.metric === metric && Object.entries(labels).every(([name, value]) => given.labels[name] === value);
const anyOf =
  (...each: Of[]): Of =>
  (given) =>
    each.some((one) => one(given));

const views = of("rum_page_views_total");
const errors = anyOf(of("rum_js_errors_total"), of("rum_unhandled_rejections_total"));
const orders = of("conversions_total", { conversion: "purchase" });
const sessions = of("rum_sessions_total");
const requests = of("http_requests_total");
const failed = of("http_requests_total", { status: "5xx" });

/** The numerators and denominators of the chart of errors, and of its lines. */
const ERRORS_BY_ROUTE: Readonly<Record<string, readonly [part: Of, whole: Of]>> = {
  chart_page_errors: [of("rum_js_errors_total"), views],
  ...Object.fromEntries(
    Object.entries({ value: "/", cart: "/cart", unmatched: "unmatched" }).map(([name, at]) => [
      `chart_page_errors_route_${name}`,
      [of("rum_js_errors_total", { route: at }), of("rum_page_views_total", { route: at })] as const,
    ]),
  ),
};

/** The sources of each sum. */
const SUMS: Readonly<Record<string, Of>> = {
  revenue_today_usd: of("revenue_total", { currency: "USD" }),
  revenue_today_jpy: of("revenue_total", { currency: "JPY" }),
  conversion_purchase_today: orders,
  conversion_intent_today: of("rum_conversions_total", { conversion: "intent" }),
  action_add_to_cart_today: of("rum_actions_total"),
  measurement_search_today: of("rum_search_seconds"),
  sessions_today: sessions,
  page_views_per_second: views,
  errors,
  requests_per_second: requests,
  request_errors: failed,
  api_calls: of("rum_api_request_duration_seconds"),
  api_failures: of("rum_api_errors_total"),
  card_orders: orders,
  ...Object.fromEntries(
    ["good", "needs_improvement", "poor", "unknown"].map((rated) => [
      `card_orders_experience_${rated}`,
      of("conversions_total", { experience: rated }),
    ]),
  ),
  card_views: of("rum_page_views_total", { route: "/cart" }),
  card_failed: failed,
  card_failed_ratio_part: failed,
  card_failed_ratio_whole: requests,
  card_paid: of("revenue_total", { currency: "USD" }),
  card_searches: of("rum_search_seconds"),
  ...Object.fromEntries(
    Object.entries(ERRORS_BY_ROUTE).flatMap(([name, [part, whole]]) => [
      [`${name}_part`, part],
      [`${name}_whole`, whole],
    ]),
  ),
};
const RATIOS: Readonly<Record<string, readonly [part: Of, whole: Of]>> = {
  conversion_rate: [orders, sessions],
  error_rate: [errors, views],
  request_error_ratio: [failed, requests],
  api_error_ratio: [of("rum_api_errors_total"), of("rum_api_request_duration_seconds")],
  card_failed_ratio: [failed, requests],
  ...ERRORS_BY_ROUTE,
};
const QUANTILES: Readonly<Record<string, readonly [of: Of, q: number, scale: number]>> = {
  lcp_p75: [of(webVitals.LCP.metric), 0.75, 1],
  inp_p75: [of(webVitals.INP.metric), 0.75, 1_000],
  cls_p75: [of(webVitals.CLS.metric), 0.75, 1],
  measurement_search_p75: [of("rum_search_seconds"), 0.75, 1],
  card_slow: [of("rum_search_seconds"), 0.9, 1],
  request_duration_p95: [of("http_request_duration_highr_seconds"), 0.95, 1_000],
};

const HISTOGRAM = /_seconds$|_score$/;

/** Adds up what was counted from one moment to before another. A histogram counts its observations. */
function sum({ counted }: Live, which: Of, from: number, to: number): number {
  return counted
    .filter((given) => which(given) && given.at >= from && given.at < to)
    .reduce(
      (all, { metric, value, times: often = 1 }) => all + (HISTOGRAM.test(metric) ? often : value * often),
      0,
    );
}

function ratio(live: Live, [part, whole]: readonly [Of, Of], from: number, to: number): number | null {
  const all = sum(live, whole, from, to);
  return all === 0 ? null : sum(live, part, from, to) / all;
}

function exactQuantile({ counted }: Live, which: Of, q: number, from: number, to: number): number | null {
  const values = counted
    .filter((given) => which(given) && given.at >= from && given.at < to)
    .flatMap(({ value, times: often = 1 }) => Array<number>(often).fill(value))
    .toSorted((a, b) => a - b);
  return values[Math.ceil(q * values.length) - 1] ?? null;
}

/** Within 2 %, as a sketch promises. */
function expectNear(value: number | null, exact: number | null, what: string): void {
  if (value === null || exact === null) expect([what, value]).toEqual([what, exact]);
  else expect(Math.abs(value - exact), `${what}: ${value} for ${exact}`).toBeLessThanOrEqual(0.02 * exact);
}

/** Compares every figure over a time with what was counted in it. */
function compare(live: Live, name: string, value: number | null, from: number, to: number, per = 1): void {
  const what = `${name} from ${from} to ${to}`;
  if (name in SUMS) expect([what, value]).toEqual([what, sum(live, SUMS[name]!, from, to) / per]);
  else if (name in RATIOS) expect([what, value]).toEqual([what, ratio(live, RATIOS[name]!, from, to)]);
  else if (name in QUANTILES) {
    const [which, q, scale] = QUANTILES[name]!;
    const exact = exactQuantile(live, which, q, from, to);
    expectNear(value, exact === null ? null : exact * scale, what);
  } else expect(name).toBe("active_sessions");
}

/** Compares the numbers and points of a frame with what was counted. */
function compareFrame(live: Live, { figures, numbers, points }: LiveSnapshot): void {
  const now = live.clock();
  const second = Math.floor(now / 1000) * 1000;
  const midnight = Math.floor(now / 86_400_000) * 86_400_000;
  for (const [index, { name, period, windowSeconds, unit, per }] of figures.entries()) {
    const value = numbers[index]!;
    if (period === "today") compare(live, name, value, midnight, now + 1);
    else if (period === undefined)
      compare(
        live,
        name,
        value,
        second - windowSeconds * 1000,
        second,
        unit === "per_second" ? windowSeconds : unit === "per_minute" || per ? windowSeconds / 60 : 1,
      );
    for (const point of points.slice(-3))
      compare(live, name, point.values[index]!, point.second * 1000, (point.second + 1) * 1000);
  }
}

/** Compares the parts of the board with what was counted in their windows. */
function compareBoard(live: Live, { board }: LiveSnapshot): void {
  const end = Math.floor(live.clock() / 1000) * 1000;
  const within = (which: Of, windowSeconds: number): number =>
    sum(live, which, end - windowSeconds * 1000, end);
  for (const { vital, windowSeconds, good, needsImprovement, poor } of board.vitals) {
    const { metric, good: limit, poor: limitOfPoor } = webVitals[vital];
    const rated = (from: number, to: number): number =>
      within((given) => given.metric === metric && given.value > from && given.value <= to, windowSeconds);
    expect([good, needsImprovement, poor]).toEqual([
      rated(-1, limit),
      rated(limit, limitOfPoor),
      rated(limitOfPoor, Number.POSITIVE_INFINITY),
    ]);
  }
  for (const { windowSeconds, steps } of board.funnels)
    for (const [index, { sessions: came }] of steps.entries())
      expect(came).toBe(within(of("rum_funnel_sessions_total", { step: String(index + 1) }), windowSeconds));
  for (const row of board.routes) {
    expect(row.views).toBe(within(of("rum_page_views_total", { route: row.route }), row.windowSeconds));
    expect(row.errors).toBe(
      within((given) => errors(given) && given.labels["route"] === row.route, row.windowSeconds),
    );
  }
  for (const { objective, value, observations, windowSeconds } of board.objectives) {
    const isFast = objective === "fast";
    const all = within(isFast ? of(webVitals.LCP.metric) : requests, windowSeconds);
    const good = within(
      isFast ? (given) => given.metric === webVitals.LCP.metric && given.value <= 2.5 : failed,
      windowSeconds,
    );
    expect([objective, observations, value]).toEqual([objective, all, all < 20 ? null : good / all]);
  }
}

/** Compares the minutes of all figures with what was counted in them, and with the counters. */
function compareHistory(live: Live): void {
  live.pass(60_000);
  const { history } = live;
  const to = history.openMinute * 60;
  const steps = { from: START / 1000, to, step: 60 };
  for (const [name, which] of Object.entries(SUMS)) {
    const minutes = readColumn(history.minutes, history.columns.get(name)!, steps);
    for (const [index, value] of minutes.entries()) {
      const from = START + index * 60_000;
      expect([name, index, value]).toEqual([name, index, sum(live, which, from, from + 60_000)]);
    }
    const counters = history.columns.get(name)!.total!();
    expect(minutes.reduce<number>((all, value) => all + (value ?? 0), 0)).toBe(counters);
  }
}

test("every number of every window is what was counted in it, and all minutes together are the counters", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 60 }), (steps) => {
      const live = start();
      for (const given of steps) {
        if (typeof given === "number") live.pass(given);
        else live.count(given);
      }
      const frame = live.frame();
      compareFrame(live, frame);
      compareBoard(live, frame);
      compareHistory(live);
    }),
    { numRuns: 30 },
  );
});

test("the figures have distinct names, fixed decimals, and limits of vitals and objectives alone", () => {
  const { figures } = start().frame();
  expect(new Set(figures.map(({ name }) => name)).size).toBe(figures.length);
  expect(
    figures.filter(({ thresholds }) => thresholds).map(({ name, thresholds }) => [name, thresholds]),
  ).toEqual([
    ["lcp_p75", { warn: 2.5, bad: 4 }],
    ["inp_p75", { warn: 200, bad: 500 }],
    ["cls_p75", { warn: 0.1, bad: 0.25 }],
    ["request_error_ratio", { warn: 0.1, bad: 0.1 }],
    ["card_failed_ratio", { warn: 0.15, bad: 0.3, isAbove: true }],
    ["card_paid", { warn: 50_000, bad: 50_000, isAbove: true }],
  ]);
  const money = figures.filter(({ unit }) => unit === "money");
  expect(money.map(({ currency, decimals }) => [currency, decimals])).toEqual([
    ["USD", 2],
    ["JPY", 0],
    ["USD", 2],
  ]);
});

/** The rows of the table in the docs: a name of the catalog is `<name>`, a currency `<currency>`. */
function tableRows({ figures }: LiveSnapshot): Set<string> {
  const windowOf = ({ period, windowSeconds }: LiveSnapshot["figures"][number]): string =>
    period ?? (windowSeconds >= 120 ? `${windowSeconds / 60} min` : `${windowSeconds} s`);
  // Those of the catalog's cards and charts are as it declares them.
  const builtIn = figures.filter(({ name }) => !/^(card|chart)_/.test(name));
  return new Set(
    builtIn.map((figure) => {
      const name = figure.name
        .replace(/^(conversion|action|measurement)_(purchase|intent|add_to_cart|search)_/, "$1_<name>_")
        .replace(/^(revenue_today)_(usd|jpy)$/, "$1_<currency>");
      return `| \`${name}\` | ${figure.group} | ${figure.unit} | ${windowOf(figure)} | ${figure.merge} |`;
    }),
  );
}

test("the docs have a row for each figure, and for no other", () => {
  const docs = readFileSync(new URL("../../../../docs/live.md", import.meta.url), "utf8");
  const written = docs
    .split("\n")
    .filter((line) => /^\| `[a-z<>_0-9]+` \| (business|experience|errors|backend) \|/.test(line));
  const squeezed = written.map((line) => line.replace(/ +/g, " "));
  expect(new Set(squeezed)).toEqual(tableRows(start().frame()));
});

test("the names by which a catalog can refer to figures are those of the live page", () => {
  const shown = start()
    .frame()
    .figures.filter(({ partOf }) => !partOf)
    .map(({ name }) => name);
  expect(new Set(figureNames(catalog))).toEqual(new Set(shown));
});
