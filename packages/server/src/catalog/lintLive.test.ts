import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { describeMetrics, findCatalogFaults } from "../collector/parts.ts";

const licenses = {
  app: "licenses",
  routes: ["/", "/pools"],
  actions: {
    refused: { help: "Borrows refused.", from: "server", labels: { reason: ["empty", "expired"] } },
  },
  conversions: {
    borrow: { help: "Licenses borrowed.", from: "server", labels: { tool: ["cad", "cam"] } },
    overage: {
      help: "Licenses borrowed beyond the pool.",
      from: "server",
      labels: { tool: ["cad", "cam"] },
      value: { money: ["USD"] },
    },
    renewal: { help: "Renewals.", from: "server", value: { money: ["USD", "EUR"] } },
  },
  ingested: {
    licenses_borrowed: { help: "Borrowed now.", type: "gauge", labels: { tool: ["cad", "cam"] } },
    licenses_pool: { help: "In the pool.", type: "gauge", labels: { tool: ["cad", "cam"] } },
    waiting_jobs: { help: "Jobs that wait.", type: "gauge" },
  },
};

const faultsOf = (live: unknown): string[] =>
  findCatalogFaults({ ...licenses, live }).map(({ text }) => text);
const card = (entry: unknown): string[] => faultsOf({ cards: { a: entry } });
const chart = (entry: unknown): string[] => faultsOf({ charts: { a: entry } });

const borrows = { rate: "conversion:borrow" };

test.each<[what: string, entry: object]>([
  ["a rate by a label", { ...borrows, by: "tool" }],
  ["a rate per minute", { rate: "action:refused", labels: { reason: ["empty", "expired"] }, per: "minute" }],
  ["events of a metric", { increase: "http_requests_total", labels: { status: "5xx" }, over: "15m" }],
  ["views of a route", { increase: "page_view:/pools" }],
  ["money of a conversion", { money: "conversion:overage", per: "minute", warning: 100, critical: 500 }],
  ["money of a metric", { money: "revenue_total", labels: { conversion: "overage" } }],
  ["money in one of two currencies", { money: "conversion:renewal", currency: "EUR" }],
  [
    "a ratio",
    { ratio: "conversion:overage", to: "conversion:borrow", warning: 0.15, critical: 0.3, by: "tool" },
  ],
  ["a ratio of gauges", { ratio: "licenses_borrowed", to: "licenses_pool", by: "tool" }],
  ["a quantile", { quantile: 0.95, of: "http_request_duration_highr_seconds" }],
  ["a gauge", { gauge: "licenses_borrowed", outOf: "licenses_pool", by: "tool" }],
  ["a figure that exists", { figure: "lcp_p75", title: "Largest paint" }],
  ["a figure of the catalog", { figure: "conversion_borrow_today" }],
])("a card is %s", (_what, entry) => {
  expect(card(entry)).toEqual([]);
  expect(() => describeMetrics({ ...licenses, live: { cards: { a: entry } } } as never)).not.toThrow();
});

test.each<[what: string, entry: unknown, ...faults: string[]]>([
  [
    "a text",
    "conversion:borrow",
    'live.cards.a must be an object, e.g. { rate: "conversion:purchase" }, not "conversion:borrow".',
  ],
  [
    "nothing",
    {},
    'live.cards.a needs one of rate, increase, money, ratio, quantile, gauge, figure: e.g. { rate: "conversion:purchase" }.',
  ],
  [
    "a misspelled kind",
    { guage: "waiting_jobs" },
    'live.cards.a needs one of rate, increase, money, ratio, quantile, gauge, figure: did you mean "gauge", not "guage"?',
  ],
  [
    "two kinds",
    { ...borrows, gauge: "waiting_jobs" },
    "live.cards.a has rate and gauge. Write one of them, and an entry for each.",
  ],
  [
    "an unknown key",
    { ...borrows, titel: "Borrows" },
    'live.cards.a.titel is unknown here. Did you mean "title"?',
  ],
  [
    "a word of other tools",
    { ...borrows, threshold: 1 },
    'live.cards.a.threshold is unknown here. Did you mean "critical"?',
  ],
  [
    "a kind of chart",
    { ...borrows, as: "line" },
    "live.cards.a.as is unknown here. Known: rate, per, title, help, warning, critical, labels, by, over.",
  ],
  [
    "a window without a unit",
    { ...borrows, over: 5 },
    'live.cards.a.over must be a time with its unit, e.g. "5m", not 5. Did you mean "5s"?',
  ],
  [
    "a window that is too long",
    { ...borrows, over: "1h" },
    'live.cards.a.over must be 15m or less, not "1h": the live page keeps 15 minutes of seconds.',
  ],
  [
    "orange alone",
    { ...borrows, warning: 1 },
    "live.cards.a.warning needs critical, the threshold above which the number is red.",
  ],
  [
    "orange above red",
    { ...borrows, warning: 2, critical: 1 },
    "live.cards.a.critical must be at least warning, which is 2.",
  ],
  [
    "percent",
    { ratio: "conversion:overage", to: "conversion:borrow", critical: 30 },
    "live.cards.a.critical is 3000 %, because a ratio is 0–1. Did you mean 0.3?",
  ],
  [
    "a ratio of nothing",
    { ratio: "conversion:overage" },
    "live.cards.a.to is required: the counter or gauge to divide by.",
  ],
  [
    "a list of labels",
    { ...borrows, by: ["tool"] },
    'live.cards.a.by must be a text, e.g. "tool", not an array.',
  ],
])("a card must not be %s", (_what, entry, ...faults) => {
  expect(card(entry)).toEqual(faults);
});

test.each<[what: string, entry: object, fault: string]>([
  [
    "a step that is not declared",
    { rate: "conversion:borow" },
    'live.cards.a.rate is not declared: "conversion:borow". Did you mean "conversion:borrow"?',
  ],
  [
    "a kind of step that is unknown",
    { rate: "event:borrow" },
    'live.cards.a.rate must begin with page_view:, action:, conversion:, feature:, not "event:borrow".',
  ],
  [
    "a metric that does not exist",
    { rate: "http_request_total" },
    'live.cards.a.rate is not a metric of this catalog: "http_request_total". Did you mean "http_requests_total"?',
  ],
  [
    "a rate of a gauge",
    { rate: "waiting_jobs" },
    "live.cards.a.rate is a gauge: waiting_jobs. Write gauge: a gauge has a value, and no rate.",
  ],
  [
    "the state of a counter",
    { gauge: "conversions_total" },
    "live.cards.a.gauge is a counter: conversions_total. Write rate, increase or ratio.",
  ],
  [
    "a label that the metric lacks",
    { ...borrows, by: "tol" },
    'live.cards.a.by is not a label of conversions_total: "tol". Did you mean "tool"?',
  ],
  [
    "a value that the label lacks",
    { ...borrows, labels: { tool: "cat" } },
    'live.cards.a.labels.tool is never "cat" in conversions_total. Did you mean "cad"?',
  ],
  [
    "a label of any value",
    { rate: "http_requests_total", by: "route" },
    "live.cards.a.by needs a label with declared values: route of http_requests_total takes any.",
  ],
  [
    "money of two currencies",
    { money: "conversion:renewal" },
    "live.cards.a needs a currency, because amounts of USD and EUR cannot be added.",
  ],
  [
    "money in a currency that does not come",
    { money: "conversion:overage", currency: "EUR" },
    'live.cards.a.currency is not a currency of conversion:overage: "EUR". Its currencies: USD.',
  ],
  [
    "money of a conversion without any",
    { money: "conversion:borrow" },
    'live.cards.a.money carries no money: "conversion:borrow". Name a conversion with value: { money: […] }.',
  ],
  ["a rate of money", { rate: "revenue_total" }, "live.cards.a.rate is money: revenue_total. Write money."],
  [
    "a ratio of a counter to a gauge",
    { ratio: "conversion:borrow", to: "licenses_pool" },
    "live.cards.a.to must be a counter, as conversions_total is.",
  ],
  [
    "a window of gauges",
    { ratio: "licenses_borrowed", to: "licenses_pool", over: "1m" },
    "live.cards.a.over is not for gauges, which have their value now.",
  ],
  [
    "a part of itself",
    { ratio: "conversion:borrow", to: "conversion:borrow" },
    "live.cards.a divides conversions_total by itself, which is always 1. Select a part of it in labels.",
  ],
  [
    "a whole without the label",
    { gauge: "licenses_borrowed", outOf: "waiting_jobs", by: "tool" },
    'live.cards.a.by is not a label of waiting_jobs: "tool". It has none.',
  ],
  [
    "a figure that does not exist",
    { figure: "lcp_p57" },
    'live.cards.a.figure is not a figure of the live page: "lcp_p57". Did you mean "lcp_p75"?',
  ],
])("a card must not read %s", (_what, entry, fault) => {
  expect(card(entry)).toEqual([fault]);
});

test.each<[what: string, live: object, fault: string]>([
  ["a misspelled part", { card: {} }, 'live.card is unknown here. Did you mean "cards"?'],
  ["a table", { table: {} }, 'live.table is unknown here. Did you mean "activity"?'],
  [
    "thirteen cards",
    { cards: Object.fromEntries("abcdefghijklm".split("").map((name) => [name, borrows])) },
    "live.cards has 13 cards; 12 at most.",
  ],
  [
    "a name in camel case",
    { cards: { perSecond: borrows } },
    "live.cards.perSecond has a name that is not valid: use snake_case: per_second.",
  ],
  [
    "an activity without events",
    { activity: {} },
    'live.activity.events is required: the events as steps of a funnel, e.g. ["conversion:purchase"].',
  ],
  [
    "an event that is not declared",
    { activity: { events: ["conversion:borow"] } },
    'live.activity.events[0] is not declared: "conversion:borow". Did you mean "conversion:borrow"?',
  ],
])("the live page must not have %s", (_what, live, fault) => {
  expect(faultsOf(live)).toEqual([fault]);
});

test("bars need a label, and the name of a card leads to its figure", () => {
  expect(chart({ gauge: "licenses_borrowed", as: "bars" })).toEqual([
    'live.charts.a.as needs by, the label with a bar for each value: by: "tool".',
  ]);
  expect(faultsOf({ cards: { borrows }, charts: { a: { figure: "borrows" } } })).toEqual([
    'live.charts.a.figure is not a figure of the live page: "borrows". Did you mean "card_borrows"?',
  ]);
  expect(faultsOf({ cards: { borrows }, charts: { a: { figure: "card_borrows" } } })).toEqual([]);
});

test("the values of all cards and charts are bounded", () => {
  const tools = Array.from({ length: 24 }, (_, index) => `tool ${index}`);
  const wide = {
    ...licenses,
    conversions: { borrow: { ...licenses.conversions.borrow, labels: { tool: [...tools] } } },
  };
  const cards = Object.fromEntries("abcdefghi".split("").map((name) => [name, { ...borrows, by: "tool" }]));
  const textsOf = (catalog: object): string[] => findCatalogFaults(catalog).map(({ text }) => text);
  expect(textsOf({ ...wide, live: { cards } })).toEqual([
    "live has 225 numbers with the values of by; 200 at most.",
  ]);
  tools.push("tool 24");
  const wider = {
    ...licenses,
    conversions: { borrow: { ...licenses.conversions.borrow, labels: { tool: tools } } },
  };
  expect(textsOf({ ...wider, live: { cards: { a: cards["a"] } } })).toEqual([
    "live.cards.a.by has 25 values; 24 at most. Select some of them in labels.",
  ]);
});

test("a quantile is shown for few values, because its seconds take memory", () => {
  const places = "abcdefghi".split("");
  const search = {
    help: "Searches.",
    unit: "seconds",
    buckets: [1],
    labels: { place: places },
    from: "server",
  };
  const slow = { quantile: 0.9, of: "search_seconds", by: "place" };
  const textsOf = (entry: object): string[] =>
    findCatalogFaults({ ...licenses, measurements: { search }, live: { cards: { slow: entry } } }).map(
      ({ text }) => text,
    );
  expect(textsOf(slow)).toEqual([
    "live.cards.slow.by has 9 values; 8 at most. Select some of them in labels.",
  ]);
  expect(textsOf({ ...slow, labels: { place: places.slice(1) } })).toEqual([]);
});

test("the catalog of the docs has no fault", async () => {
  const docs = readFileSync(new URL("../../../../docs/catalog.md", import.meta.url), "utf8");
  const [sample] = /export const licenses = [^]*?(?=```)/.exec(docs.replaceAll(" as const", "")) ?? [];
  const tools = 'const tool = ["cad", "cam", "render"];';
  const code = `const defineCatalog = (given) => given; ${tools} ${sample}`;
  const { licenses: shown } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    licenses: unknown;
  };
  expect(shown).toMatchObject({ app: "licenses", live: { activity: { columns: ["tool", "user"] } } });
  expect(findCatalogFaults(shown)).toEqual([]);
});
