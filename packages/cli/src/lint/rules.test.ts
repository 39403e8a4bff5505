import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lintSource } from "./lintFile.ts";
import { renderRulesTable, RULES } from "./rules.ts";

type Parts = Readonly<Record<string, unknown>>;

const base = { app: "shop", routes: ["/", "/cart"] };

/** The findings about a catalog: the rule, and the message. */
function lint(parts: Parts): readonly (readonly [rule: string, message: string])[] {
  const source = `export const catalog = ${JSON.stringify({ ...base, ...parts })};`;
  const found = lintSource({
    file: "catalog.ts",
    source,
    catalog: { ...base, ...parts },
    disabled: new Set(),
  });
  return found.map(({ rule, message }) => [rule, message]);
}

const actions = (...names: readonly string[]): Parts => ({
  actions: Object.fromEntries(names.map((name, index) => [name, { help: `Things of kind ${index}.` }])),
});
const help = (text: string): Parts => ({ actions: { add_to_cart: { help: text } } });
const labels = (given: Parts, more: Parts = {}): Parts => ({
  actions: { add: { help: "Items put into the cart.", labels: given }, ...more },
});
const seconds = (buckets: readonly number[], unit = "seconds", name = "search"): Parts => ({
  measurements: { [name]: { help: "Time until results are shown.", unit, buckets } },
});
const ingested = (name: string, more: Parts = { type: "gauge" }): Parts => ({
  ingested: { [name]: { help: "As the service says.", ...more } },
});
const paid = (spec: Parts): Parts => ({ conversions: { purchase: { help: "Orders paid.", ...spec } } });
const money = (code: string): Parts => paid({ from: "server", value: { money: [code] } });
const lcp = (below: number, ratio: number) => ({ vital: "LCP", below, ratio });
const scriptErrors = { rate: "rum_js_errors_total", above: 1 };
const runbook = "https://wiki.example/errors";
const alert = (spec: Parts): Parts => ({ alerts: { a: spec } });
const letters = (count: number): string[] =>
  Array.from(
    { length: count },
    (_, index) => `${"abcdefghijklmnopqrstuvwxyz"[index % 26]}${"klmnopqrstuvwxyz"[Math.floor(index / 26)]}x`,
  );

const cases: readonly (readonly [rule: string, mistake: string, parts: Parts, message: string])[] = [
  [
    "similar-names",
    "camelCase beside snake_case",
    actions("add_to_cart", "addToCart"),
    "actions.addToCart is nearly the same name as actions.add_to_cart. Use one name for one thing.",
  ],
  [
    "similar-names",
    "joined words",
    actions("checkout", "check_out"),
    "actions.check_out is nearly the same name as actions.checkout.",
  ],
  [
    "similar-names",
    "a plural",
    actions("open_filter", "open_filters"),
    "actions.open_filters is nearly the same name",
  ],
  [
    "similar-names",
    "another order of two words",
    actions("add_cart", "cart_add"),
    "actions.cart_add is nearly the same name as actions.add_cart.",
  ],
  [
    "similar-names",
    "another order of words",
    actions("add_item_to_cart", "add_to_cart_item"),
    "actions.add_to_cart_item is nearly the same name",
  ],
  [
    "similar-names",
    "a letter less",
    actions("subscribe", "subscibe"),
    "actions.subscibe is nearly the same name",
  ],
  [
    "similar-names",
    "two letters swapped",
    actions("checkout", "chekcout"),
    "actions.chekcout is nearly the same name",
  ],
  [
    "similar-names",
    "kebab-case of features",
    { features: { dark_mode: { help: "The dark mode." }, "dark-mode": { help: "Dark." } } },
    "features.dark-mode is nearly the same name as features.dark_mode.",
  ],
  [
    "similar-names",
    "dots in ingested names",
    { ingested: { "api.time": { help: "A.", type: "gauge" }, apitime: { help: "B.", type: "gauge" } } },
    "ingested.apitime is nearly the same name",
  ],
  [
    "same-name",
    "an action that is a conversion, too",
    { ...actions("signup"), conversions: { signup: { help: "Accounts." } } },
    "actions.signup has the name of conversions.signup.",
  ],
  [
    "name-prefix",
    "the app",
    actions("shop_search"),
    'actions.shop_search begins with the name of the app, "shop", which its series have anyway. Use search.',
  ],
  [
    "name-prefix",
    "the kind",
    { conversions: { conversion_signup: { help: "Accounts." } } },
    "begins with its kind",
  ],
  [
    "name-prefix",
    "the prefix of pages",
    { ...seconds([0.1, 0.5, 1], "seconds", "rum_search") },
    "begins with the prefix of pages",
  ],
  [
    "name-suffix",
    "a suffix of counters",
    actions("signup_total"),
    "actions.signup_total ends in _total, which Prometheus adds to names of series. Use signup.",
  ],
  ["name-placeholder", "a name that says nothing", actions("other"), 'actions.other is called "other"'],
  [
    "name-of-prometheus",
    "scrape series",
    ingested("scrape.wait", { type: "gauge", unit: "seconds" }),
    "ingested.scrape.wait becomes the metric scrape_wait_seconds, a name of Prometheus itself.",
  ],
  [
    "name-of-prometheus",
    "the process",
    ingested("process.cpu", { type: "counter", unit: "seconds" }),
    "becomes the metric process_cpu_seconds_total, a name of the Node.js process.",
  ],
  [
    "metric-family",
    "a counter and a gauge of one name",
    {
      ingested: {
        "api.requests": { help: "Requests.", type: "counter" },
        "api-requests": { help: "Open.", type: "gauge" },
      },
    },
    "ingested.api.requests becomes api_requests_total, which OpenMetrics calls api_requests, as ingested.api-requests. Rename one of them.",
  ],
  ["help-empty", "a blank", help(" "), 'actions.add_to_cart.help says nothing: " ".'],
  ["help-empty", "a task", help("TODO: describe."), 'says nothing: "TODO: describe.".'],
  [
    "help-repeats-name",
    "the name in words",
    help("Add to cart."),
    "actions.add_to_cart.help only repeats the name. Say what is counted, and when.",
  ],
  [
    "help-full-stop",
    "no full stop",
    help("Items put into the cart"),
    'actions.add_to_cart.help does not end with a full stop. /metrics adds it. Write "Items put into the cart.".',
  ],
  ["help-length", "two lines", help("Items.\nPut into the cart."), "has several lines. Write one sentence."],
  [
    "help-length",
    "a page of text",
    help(`${"Items put into the cart, ".repeat(10)}and so on.`),
    "characters; 200 are readable.",
  ],
  [
    "help-repeated",
    "the same text twice",
    { actions: { a: { help: "Items." }, b: { help: "items." } } },
    "actions.b.help is the text of actions.a, too.",
  ],
  [
    "label-cardinality",
    "too many values",
    labels({ brand: letters(60) }),
    "actions.add.labels.brand has 60 values. Group the values, or send it as an attribute.",
  ],
  [
    "label-cardinality",
    "too many combinations",
    labels({ brand: letters(20), size: letters(10) }),
    "has 20 values, and the labels have 200 combinations together.",
  ],
  [
    "label-unbounded",
    "an id",
    labels({ user_id: ["a", "b"] }),
    "actions.add.labels.user_id names something that has no closed set of values. Send it as an attribute.",
  ],
  [
    "label-unbounded",
    "an address",
    labels({ email: ["a", "b"] }),
    "actions.add.labels.email names something",
  ],
  [
    "label-unbounded",
    "values that are ids",
    labels({ owner: ["3f2c1b7e-8d1a-4f6b-9c2e-1a2b3c4d5e6f", "me"] }),
    "has values that look like ids",
  ],
  [
    "label-values-alike",
    "case",
    labels({ category: ["Books", "books"] }),
    'actions.add.labels.category[1] is "books", and actions.add.labels.category has "Books". Use "Books" for both.',
  ],
  [
    "label-values-alike",
    "spaces",
    labels({ plan: ["pay as you go", "pay  as you go"] }),
    'is "pay  as you go"',
  ],
  [
    "label-values-alike",
    "two entries of one metric",
    labels(
      { payment: ["pay_pal", "card"] },
      { drop: { help: "Taken out.", labels: { payment: ["paypal", "card"] } } },
    ),
    'actions.drop.labels.payment[0] is "paypal", and actions.add.labels.payment has "pay_pal".',
  ],
  ["label-values-alike", "forms of Unicode", labels({ city: ["Zu\u0308rich", "Z\u00fcrich"] }), "for both."],
  [
    "label-value-space",
    "a space at the end",
    labels({ category: ["books ", "games"] }),
    'actions.add.labels.category[0] has a space at its edge: "books ". Write "books".',
  ],
  [
    "label-one-value",
    "one value",
    labels({ category: ["books"] }),
    'actions.add.labels.category has one value only, "books".',
  ],
  [
    "label-case",
    "camelCase",
    labels({ paymentMethod: ["card", "cash"] }),
    "actions.add.labels.paymentMethod is not in snake_case. Use payment_method.",
  ],
  [
    "label-names-alike",
    "two spellings in one metric",
    labels(
      { payment_method: ["a", "b"] },
      { drop: { help: "Taken out.", labels: { paymentMethod: ["a", "b"] } } },
    ),
    "actions.drop.labels.paymentMethod is nearly the same name as actions.add.labels.payment_method. Use payment_method for both.",
  ],
  [
    "label-of-target",
    "Kubernetes",
    labels({ namespace: ["a", "b"] }),
    "actions.add.labels.namespace is a label that service discovery often sets on targets. Take another, e.g. item_namespace.",
  ],
  [
    "label-of-alert",
    "severity",
    labels({ severity: ["low", "high"] }),
    "actions.add.labels.severity is a label of alerts",
  ],
  [
    "unit-milliseconds",
    "milliseconds",
    seconds([50, 100, 250, 500, 1000, 2500]),
    "measurements.search.buckets look like milliseconds, but the unit is seconds: 2500 is 41.7 minutes. Write [0.05, 0.1, 0.25, 0.5, 1, 2.5], and report seconds.",
  ],
  [
    "unit-milliseconds",
    "a job",
    { jobs: { send: { help: "Mails sent.", buckets: [100, 500, 1000] } } },
    "jobs.send.buckets look like milliseconds",
  ],
  [
    "unit-milliseconds",
    "another service",
    ingested("api.time", { type: "histogram", unit: "seconds", buckets: [1, 10, 100, 1000] }),
    "ingested.api.time.buckets look like milliseconds",
  ],
  [
    "unit-kilobytes",
    "megabytes",
    seconds([1, 5, 10, 50], "bytes", "upload"),
    "measurements.upload.buckets end at 50, but the unit is bytes.",
  ],
  [
    "unit-percent",
    "percent",
    seconds([10, 25, 50, 75, 90], "ratio", "hits"),
    "measurements.hits.buckets look like percent, but a ratio of 1 is 100 %: 90. Write [0.1, 0.25, 0.5, 0.75, 0.9], and report shares.",
  ],
  [
    "unit-in-name",
    "milliseconds in seconds",
    seconds([0.1, 0.5, 1], "seconds", "search_ms"),
    "measurements.search_ms has a unit in its name, but it is in seconds. Use search, and report seconds.",
  ],
  [
    "unit-in-name",
    "megabytes without a unit",
    ingested("cache.mb"),
    'ingested.cache.mb has a unit in its name. Use cache, and unit: "bytes", and report bytes.',
  ],
  [
    "unit-missing",
    "a time",
    ingested("queue.latency"),
    'ingested.queue.latency has no unit, but its name asks for one. Add unit: "seconds", if it is in seconds.',
  ],
  [
    "buckets-few",
    "one edge",
    seconds([1]),
    "measurements.search.buckets is one edge, so percentiles hardly move.",
  ],
  [
    "buckets-many",
    "twenty edges",
    seconds(Array.from({ length: 20 }, (_, index) => (index + 1) / 10)),
    "measurements.search.buckets are 20 edges",
  ],
  [
    "buckets-many",
    "the edges of all jobs",
    {
      jobs: Object.fromEntries(
        [1, 2].map((job) => [
          `job${job}`,
          { help: `Job ${job}.`, buckets: Array.from({ length: 12 }, (_, index) => index + job / 10 + 1) },
        ]),
      ),
    },
    "jobs are 24 edges",
  ],
  [
    "buckets-gap",
    "a wide gap",
    seconds([0.1, 0.2, 0.5, 30]),
    "measurements.search.buckets jump from 0.5 to 30: a percentile between them is a guess. Add an edge, e.g. 4.",
  ],
  [
    "buckets-gap",
    "the backend's own",
    { http: { buckets: [0.001, 0.1, 1] } },
    "http.buckets jump from 0.001 to 0.1",
  ],
  ["buckets-negative", "zero", seconds([0, 0.5, 1]), "measurements.search.buckets begin at 0"],
  [
    "route-shadowed",
    "a word behind a parameter",
    { routes: ["/a/:id", "/a/new"] },
    'routes[1] is never counted: "/a/:id" comes before "/a/new" and takes all its paths. Put "/a/new" before "/a/:id".',
  ],
  [
    "route-shadowed",
    "two names of a parameter",
    { routes: ["/a/:id", "/a/:slug"] },
    "takes all its paths. Remove one of them.",
  ],
  ["route-shadowed", "a slash at the end", { routes: ["/a", "/a/"] }, "Remove one of them."],
  [
    "route-shadowed",
    "a splat",
    { routes: ["/docs/*", "/docs", "/"] },
    'routes[1] is never counted: "/docs/*" comes before "/docs"',
  ],
  ["route-shadowed", "a splat behind a splat", { routes: ["/*", "/docs/*"] }, 'Put "/docs/*" before "/*".'],
  ["route-shadowed", "percent-encoding", { routes: ["/über", "/%C3%BCber"] }, "routes[1] is never counted"],
  [
    "route-shadowed",
    "an endpoint",
    { endpoints: ["/api/:name", "/api/health"] },
    'endpoints[1] is never counted: "/api/:name"',
  ],
  [
    "route-shadowed",
    "an endpoint of another origin",
    { endpoints: ["https://a.example/*", "https://a.example/pay"] },
    "endpoints[1] is never counted",
  ],
  ["route-alike", "case", { routes: ["/cart", "/Cart"] }, 'routes[1] differs only in case from "/cart".'],
  [
    "route-dollar",
    "a parameter of another router",
    { routes: ["/a/$id"] },
    'routes[0] has "$", a plain character, in "/a/$id". Use "/a/:id".',
  ],
  [
    "route-id",
    "an id",
    { routes: ["/orders/4711"] },
    'routes[0] has an id in it: "/orders/4711". Use "/orders/:id".',
  ],
  [
    "route-id",
    "an id of another origin",
    { endpoints: ["https://a.example/orders/4711"] },
    'Use "https://a.example/orders/:id".',
  ],
  [
    "funnel-step-impossible",
    "a step on a shadowed route",
    { routes: ["/a/:id", "/a/new"], ...actions("add"), funnels: { buy: ["page_view:/a/new", "action:add"] } },
    'funnels.buy[0] never happens: the route "/a/:id" takes the paths of "/a/new". Put "/a/new" before "/a/:id" in routes.',
  ],
  [
    "funnel-repeated",
    "the same steps",
    { ...actions("add"), funnels: { a: ["page_view:/", "action:add"], b: ["page_view:/", "action:add"] } },
    "funnels.b has the steps of funnels.a.",
  ],
  [
    "funnel-order",
    "a goal before actions",
    {
      ...actions("add"),
      conversions: { intent: { help: "Wishes." } },
      funnels: { a: ["page_view:/", "conversion:intent", "action:add"] },
    },
    'funnels.a[1] is a conversion, "conversion:intent", and only actions follow it.',
  ],
  [
    "live-title",
    "money of five minutes",
    {
      conversions: { order: { help: "Orders paid.", from: "server", value: { money: ["USD"] } } },
      live: { cards: { cost: { title: "Cost / minute", money: "conversion:order", over: "5m" } } },
    },
    'live.cards.cost.title is "Cost / minute", but the number is per 300 seconds. Add per: "minute", or change the title.',
  ],
  [
    "live-title",
    "a rate a second",
    { ...actions("add"), live: { charts: { adds: { title: "Adds per minute", rate: "action:add" } } } },
    'live.charts.adds.title is "Adds per minute", but the number is per second.',
  ],
  [
    "objective-without-traffic",
    "no backend",
    { objectives: { up: { http: { errorsBelow: 0.01 } } } },
    "objectives.up is about requests to the backend, and this catalog declares nothing of a backend.",
  ],
  [
    "objective-without-traffic",
    "no pages",
    {
      routes: [],
      learnRoutes: false,
      jobs: { send: { help: "Mails sent." } },
      objectives: { fast: lcp(2.5, 0.75) },
    },
    "objectives.fast is about pages, and this catalog has none.",
  ],
  [
    "objective-repeated",
    "two shares of one limit",
    { objectives: { fast: lcp(2.5, 0.75), quick: lcp(2.5, 0.9) } },
    "objectives.quick is about the same number as objectives.fast.",
  ],
  [
    "objective-loose",
    "a poor limit",
    { objectives: { fast: lcp(6, 0.75) } },
    "objectives.fast.below is 6, and LCP is poor above 4.",
  ],
  [
    "objective-strict",
    "three nines",
    { objectives: { fast: lcp(2.5, 0.999) } },
    "objectives.fast.ratio is 0.999",
  ],
  [
    "objective-alert-name",
    "underscores only",
    { objectives: { fast_pages: lcp(2.5, 0.75), fastpages: lcp(4, 0.9) } },
    "objectives.fastpages gets nearly the same name of an alert as objectives.fast_pages.",
  ],
  [
    "alert-at-once",
    "a page for one bad minute",
    alert({ when: scriptErrors, severity: "critical", runbook }),
    'alerts.a is critical, and fires at once. Add a wait, e.g. for: "2m".',
  ],
  [
    "alert-at-once",
    "a wait of nothing",
    alert({ when: scriptErrors, for: "0m", severity: "critical", runbook }),
    "alerts.a is critical, and fires at once.",
  ],
  [
    "alert-without-runbook",
    "a page without instructions",
    alert({ when: scriptErrors, for: "2m", severity: "critical" }),
    "alerts.a is critical, and has no runbook.",
  ],
  [
    "alert-window",
    "two scrapes",
    alert({ when: { ...scriptErrors, over: "30s" } }),
    "alerts.a.when.over is 30s, in which Prometheus scrapes a few times at most.",
  ],
  [
    "alert-percent",
    "five percent",
    alert({ when: { ratio: "rum_js_errors_total", to: "rum_page_views_total", above: 5 } }),
    "alerts.a.when.above is 5, and a ratio of 1 is 100 %. If it is percent, write 0.05.",
  ],
  [
    "alert-flaps",
    "a gauge around its limit",
    alert({ when: { gauge: "queue_depth", above: 15 }, for: "5m", severity: "critical", runbook }),
    "alerts.a is critical, about a gauge, and ends at the first good scrape.",
  ],
  [
    "alert-repeated",
    "one condition twice, in another order",
    {
      alerts: {
        a: { when: scriptErrors },
        b: { when: { above: 1, rate: "rum_js_errors_total" }, for: "5m" },
      },
    },
    "alerts.b.when is the condition of alerts.a.",
  ],
  [
    "currency-withdrawn",
    "the kuna",
    money("HRK"),
    'conversions.purchase.value.money[0] is "HRK", which is no longer legal tender. Use "EUR".',
  ],
  [
    "currency-not-tender",
    "the code for tests",
    money("XTS"),
    'conversions.purchase.value.money[0] is "XTS", a code for tests',
  ],
  [
    "money-from-page",
    "a claim",
    paid({ value: { money: ["USD"] } }),
    "conversions.purchase.value is money that only pages report, so revenue stays 0.",
  ],
  [
    "money-without-value",
    "an order without money",
    paid({ from: "server" }),
    "conversions.purchase sounds like a payment, and has no money.",
  ],
  [
    "metric-cost",
    "a wide histogram",
    {
      measurements: {
        search: {
          help: "Time of a search.",
          unit: "seconds",
          buckets: [0.1, 0.5, 1, 2, 5],
          labels: { a: letters(10), b: letters(9) },
        },
      },
    },
    "measurements.search costs up to 720 series of Prometheus: 90 label sets with 8 lines each.",
  ],
  [
    "series-budget-near",
    "a budget that is nearly used",
    { routes: letters(300).map((name) => `/${name}`), endpoints: letters(260).map((name) => `/api/${name}`) },
    "the catalog has up to",
  ],
];

describe("each weakness is a warning with its rule, place and remedy", () => {
  test.each(cases)("%s: %s", (rule, _mistake, parts, message) => {
    const all = lint(parts);
    const own = all.filter(([found]) => found === rule);
    expect(own.map(([, text]) => text).join("\n"), JSON.stringify(all)).toContain(message);
    expect(own).toHaveLength(1);
  });

  test("docs/lint.md has every rule: npm run generate", () => {
    const text = readFileSync(join(import.meta.dirname, "../../../../docs/lint.md"), "utf8");
    expect(text).toContain(`<!-- generated: rules -->\n\n${renderRulesTable()}\n<!-- end -->`);
  });

  test("every rule has a case", () => {
    expect(RULES.map(({ id }) => id).filter((id) => !cases.some(([rule]) => rule === id))).toEqual([]);
  });
});

describe("what is right is not reported", () => {
  test.each<[what: string, parts: Parts]>([
    [
      "words that share letters",
      actions("add_item", "remove_item", "login", "logout", "step_1", "step_2", "sign_in", "sign_up"),
    ],
    ["opposites", actions("subscribe", "unsubscribe", "save_card", "save_cart", "enable", "disable")],
    [
      "labels of kinds",
      labels({ category: ["books", "games"], size: ["1", "2", "3"], year: ["2025", "2026"] }),
    ],
    [
      "the same values in two entries",
      labels(
        { category: ["books", "games"] },
        { drop: { help: "Taken out.", labels: { category: ["books", "games"] } } },
      ),
    ],
    [
      "the same label in metrics of two sides",
      labels(
        { category: ["Books", "Games"] },
        { drop: { help: "Taken out.", from: "server", labels: { category: ["books", "games"] } } },
      ),
    ],
    ["long times in seconds", seconds([60, 300, 900, 3600, 7200])],
    ["minutes and odd seconds", seconds([1, 5, 10, 30, 60, 120, 300, 600])],
    ["decades", seconds([0.1, 1, 10, 100, 1000])],
    ["web-like edges", seconds([0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5])],
    ["bytes", seconds([1000, 10_000, 100_000], "bytes", "upload")],
    ["shares", seconds([0.25, 0.5, 0.9, 1], "ratio", "hits")],
    [
      "routes in the right order",
      { routes: ["/a/new", "/a/:id", "/a/:id/edit", "/docs", "/docs/*", "/404", "/v1/health", "/*"] },
    ],
    ["routes that overlap in part", { routes: ["/:lang/about", "/en/:page", "/v1/health"] }],
    ["a splat behind a shorter pattern", { routes: ["/docs/:page", "/docs/*"] }],
    [
      "endpoints of two origins",
      { endpoints: ["/api/*", "https://a.example/api/x", "https://b.example/api/x"] },
    ],
    ["a bare domain of services", ingested("payment.latency", { type: "gauge", unit: "seconds" })],
    ["a count", ingested("queue.jobs")],
    [
      "an objective with endpoints",
      {
        endpoints: ["/api"],
        objectives: { up: { http: { errorsBelow: 0.01 } }, fast: lcp(2.5, 0.75), faster: lcp(1, 0.5) },
      },
    ],
    [
      "a claim beside revenue",
      {
        conversions: {
          intent: { help: "Wishes.", value: { money: ["USD"] } },
          purchase: { help: "Orders paid.", from: "server", value: { money: ["USD"] } },
        },
      },
    ],
    [
      "a funnel to a goal",
      {
        ...actions("add"),
        conversions: { intent: { help: "Wishes." } },
        funnels: { buy: ["page_view:/", "action:add", "conversion:intent", "page_view:/cart"] },
      },
    ],
    [
      "cards whose titles are true",
      {
        ...actions("add"),
        live: {
          cards: {
            a: { title: "Adds / second", rate: "action:add" },
            b: { title: "Adds / minute", rate: "action:add", per: "minute", over: "5m" },
            c: { title: "Adds per minute", increase: "action:add" },
            d: { title: "Visitors per sector", figure: "active_sessions" },
          },
        },
      },
    ],
    [
      "alerts with all that a person needs",
      {
        conversions: { signup: { help: "People who joined.", from: "server" } },
        alerts: {
          script_errors: { when: scriptErrors, for: "2m", severity: "critical", runbook },
          no_views: { when: { absent: "rum_page_views_total", over: "15m" }, severity: "critical", runbook },
          many_errors: {
            when: { ratio: "rum_js_errors_total", to: "rum_page_views_total", above: 1 },
          },
          errors_doubled: {
            when: { ratio: "rum_js_errors_total", to: "rum_page_views_total", above: 2, comparedTo: "7d" },
          },
          queue: {
            when: { gauge: "queue_depth", above: 15 },
            for: "5m",
            keepFiringFor: "5m",
            severity: "critical",
            runbook,
          },
          conversions_missing: false,
        },
      },
    ],
    ["objects without entries", { actions: {}, features: undefined, funnels: {} }],
  ])("%s", (_what, parts) => {
    expect(lint(parts)).toEqual([]);
  });
});

describe("errors stay errors", () => {
  test.each<[what: string, parts: Parts, rule: string, message: string]>([
    ["a shape", { actions: { a: {} } }, "invalid", "actions.a.help is required"],
    [
      "a reserved label",
      labels({ job: ["a", "b"] }),
      "invalid",
      "actions.add.labels.job is a reserved label name. Take another, e.g. item_job.",
    ],
    ["buckets that fall", seconds([2, 1, 3]), "invalid", "must increase, but 1 comes after 2"],
    [
      "a limit off the edges",
      { objectives: { fast: lcp(2.4, 0.75) } },
      "invalid",
      "must be a bucket edge of LCP",
    ],
    [
      "a step that nothing declares",
      { funnels: { buy: ["page_view:/", "action:search"] } },
      "invalid",
      "is not declared",
    ],
    ["an unknown currency", money("EUX"), "invalid", "must be a currency of ISO 4217"],
    [
      "two names of one metric",
      { ingested: { "api.time": { help: "A.", type: "gauge" }, "api-time": { help: "B.", type: "gauge" } } },
      "invalid",
      "ingested.api-time becomes the metric api_time, as ingested.api.time does. Rename one of them.",
    ],
    [
      "a name of Prometheus",
      ingested("up"),
      "invalid",
      "ingested.up becomes the metric up, which Prometheus itself has. Put the app's name first.",
    ],
    [
      "a gauge that ends as counters do",
      ingested("api_total"),
      "metric-clash",
      "ingested.api_total becomes a metric that is refused. api_total: counters, and only they, end in _total.",
    ],
    [
      "a suffix that is taken",
      ingested("api.count"),
      "invalid",
      "ingested.api.count becomes the metric api_count, but Prometheus adds _count to names of series.",
    ],
    [
      "too many series",
      {
        endpoints: letters(260).map((name) => `/api/${name}`),
        routes: letters(200).map((name) => `/${name}`),
        learnRoutes: { max: 1000 },
        learnNames: { max: 1000 },
      },
      "series-budget",
      "The metrics have up to",
    ],
  ])("%s", (_what, parts, rule, message) => {
    const errors = lint(parts).filter(([found]) =>
      ["invalid", "metric-clash", "series-budget"].includes(found),
    );
    expect(
      errors.map(([found]) => found),
      JSON.stringify(errors),
    ).toContain(rule);
    expect(errors.map(([, text]) => text).join("\n")).toContain(message);
  });

  test("and hide no warning about the rest", () => {
    const found = lint({
      app: "My Shop",
      routes: ["cart", "/a/:id", "/a/new"],
      actions: { a: {}, b: { help: "No stop" } },
      measurements: 5,
    });
    expect(found.map(([rule]) => rule).toSorted()).toEqual([
      "help-full-stop",
      "invalid",
      "invalid",
      "invalid",
      "invalid",
      "route-shadowed",
    ]);
  });

  test.each([
    [null],
    [[]],
    [5],
    [{ app: 1, routes: 2, actions: 3 }],
    [{ routes: [], ingested: { a: null } }],
    [{ routes: [], alerts: { a: null, b: { when: { rate: 5, over: "x" } }, c: { severity: "critical" } } }],
  ])("whatever the value is: %j", (catalog) => {
    const found = lintSource({ file: "c.ts", source: "", catalog: catalog as object, disabled: new Set() });
    expect(found.every(({ level }) => level === "error")).toBe(true);
    expect(found.length).toBeGreaterThan(0);
  });
});
