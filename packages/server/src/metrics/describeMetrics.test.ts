import { defineCatalog } from "@rumkit/protocol";
import { describe, expect, test } from "vitest";
import { type CatalogError, describeMetrics } from "./describeMetrics.ts";

const shop = defineCatalog({
  app: "shop",
  routes: ["/", "/cart"],
  actions: {
    add_to_cart: { help: "Items put into the cart.", labels: { category: ["books", "games"] } },
    search: { help: "Searches." },
    import_done: { help: "Imports.", from: "server" },
  },
  conversions: {
    purchase: { help: "Orders paid.", from: "server", value: { money: ["USD", "JPY"] } },
    wish: { help: "Wishes.", value: { money: ["USD"] } },
  },
  measurements: { search_duration: { help: "Search.", unit: "seconds", buckets: [0.1, 1] } },
});

function faultsOf(change: Readonly<Record<string, unknown>>): readonly string[] {
  try {
    describeMetrics({ ...shop, ...change });
    return [];
  } catch (error) {
    return (error as CatalogError).faults;
  }
}

describe("what a catalogue becomes", () => {
  const families = new Map(describeMetrics(shop).map((descriptor) => [descriptor.name, descriptor]));

  test("one family a kind, its labels the union over the entries, its known series all that can be", () => {
    expect(families.get("rum_actions_total")).toMatchObject({
      labels: ["action", "category"],
      known: [
        { action: "add_to_cart", category: "books" },
        { action: "add_to_cart", category: "games" },
        { action: "search" },
      ],
      maxSeries: 3,
    });
  });

  test("what a page claims and what the server knows have different names", () => {
    expect(families.get("actions_total")?.known).toEqual([{ action: "import_done" }]);
    expect(families.get("revenue_total")?.known).toEqual([
      { conversion: "purchase", currency: "USD" },
      { conversion: "purchase", currency: "JPY" },
    ]);
    expect(families.get("rum_conversion_value_total")?.known).toEqual([
      { conversion: "wish", currency: "USD" },
    ]);
  });

  test("a measurement is a histogram of its own, named with its unit", () => {
    expect(families.get("rum_search_duration_seconds")).toMatchObject({
      type: "histogram",
      buckets: [0.1, 1],
    });
  });

  test("every route has its series, and so has what no route matches", () => {
    const known = (metric: string) => families.get(metric)?.known.map(({ route }) => route);
    expect(known("rum_unhandled_rejections_total")).toEqual(["/", "/cart", "unmatched"]);
    expect(new Set(known("rum_page_views_total"))).toEqual(new Set(["/", "/cart", "unmatched"]));
  });

  test("page views start at 0 without an experience; the others come with their first view", () => {
    const views = families.get("rum_page_views_total");
    expect(new Set(views?.known.map(({ experience }) => experience))).toEqual(new Set(["unknown"]));
    expect([views?.known.length, views?.maxSeries]).toEqual([12, 48]);
  });

  test("a conversion of a page has the experience with it, one of the server has not", () => {
    expect(families.get("rum_conversions_total")?.known.map(({ experience }) => experience)).toEqual([
      "good",
      "needs_improvement",
      "poor",
      "unknown",
    ]);
    expect(families.get("conversions_total")?.labels).toEqual(["conversion"]);
  });

  test("what the network takes for a page has no route", () => {
    const known = families.get("rum_page_load_seconds")?.known;
    expect(known?.filter(({ phase }) => phase === "dns")).toEqual([{ phase: "dns" }]);
    expect(known?.filter(({ phase }) => phase === "load")).toHaveLength(3);
  });

  test("the steps of a funnel are its series, in its order", () => {
    const steps = ["page_view:/cart", "feature:dark_mode"];
    const described = describeMetrics({
      ...shop,
      features: { dark_mode: { help: "Dark." } },
      funnels: { buy: steps },
    });
    expect(described.find(({ name }) => name === "rum_funnel_sessions_total")?.known).toEqual([
      { funnel: "buy", step: "1", event: "page_view:/cart" },
      { funnel: "buy", step: "2", event: "feature:dark_mode" },
    ]);
  });

  test("a hundred routes and five hundred endpoints are no fault", () => {
    const paths = (count: number) => Array.from({ length: count }, (_, index) => `/${index}`);
    expect(() => describeMetrics({ ...shop, routes: paths(100), endpoints: paths(500) })).not.toThrow();
  });

  test("a family that nothing declares does not exist", () => {
    const names = describeMetrics({ app: "bare", routes: [] }).map((descriptor) => descriptor.name);
    expect(names).not.toContain("revenue_total");
    expect(names).not.toContain("rum_actions_total");
  });
});

describe("a catalogue that cannot be counted is refused at the start, with every fault", () => {
  test.each<[fault: string, change: Parameters<typeof faultsOf>[0], sentence: string]>([
    ["a key that is none", { acitons: {} }, '"acitons" is no part of a catalogue'],
    ["an app name with a capital", { app: "Shop" }, 'app "Shop" has to match'],
    ["a route without a slash", { routes: ["cart"] }, 'route "cart" has to start with "/"'],
    ["a route twice", { routes: ["/", "/"] }, 'routes has "/" twice'],
    ["a help without a full stop", { actions: { a: { help: "A" } } }, "actions.a.help has to be a sentence"],
    ["a name with a dash", { actions: { "a-b": { help: "A." } } }, "actions.a-b: the name has to match"],
    [
      "a reserved label",
      { actions: { a: { help: "A.", labels: { le: ["1"] } } } },
      "the label name is reserved",
    ],
    [
      "a label of Prometheus' own",
      { actions: { a: { help: "A.", labels: { __a: ["1"] } } } },
      "a label name has to match",
    ],
    ["a label without values", { actions: { a: { help: "A.", labels: { k: [] } } } }, "has no value"],
    [
      "no currency",
      { conversions: { a: { help: "A.", value: { money: ["usd"] } } } },
      '"usd" is no ISO 4217 code',
    ],
    [
      "buckets that fall",
      { measurements: { a: { help: "A.", unit: "seconds", buckets: [2, 1] } } },
      "have to increase",
    ],
    [
      "a unit said twice",
      { measurements: { a_seconds: { help: "A.", unit: "seconds", buckets: [1] } } },
      "the unit is added",
    ],
    [
      "an objective off the edges",
      { objectives: { a: { vital: "LCP", below: 2.4, ratio: 0.75 } } },
      "2.4 is no bucket edge",
    ],
    [
      "a label that says what a user experienced",
      { conversions: { a: { help: "A.", labels: { experience: ["good"] } } } },
      "the label name is reserved",
    ],
    ["a feature with a capital", { features: { A: { help: "A." } } }, "features.A: the name has to match"],
    [
      "a feature without a full stop",
      { features: { a: { help: "A" } } },
      "features.a.help has to be a sentence",
    ],
    ["an endpoint without a slash", { endpoints: ["api"] }, 'endpoint "api" has to start with'],
    ["an endpoint of another scheme", { endpoints: ["ftp://a"] }, 'endpoint "ftp://a" has to start with'],
    ["an endpoint twice", { endpoints: ["/a", "/b", "/a"] }, 'endpoints has "/a" twice'],
    ["an endpoint that is too long", { endpoints: [`/${"a".repeat(128)}`] }, "128 characters at most"],
    [
      "too many endpoints",
      { endpoints: Array.from({ length: 501 }, (_, index) => `/${index}`) },
      "501 endpoints; 500 at most",
    ],
    [
      "a funnel with a dash",
      { funnels: { "a-b": ["page_view:/", "action:search"] } },
      "funnels.a-b: the name",
    ],
    ["a funnel of one step", { funnels: { a: ["page_view:/"] } }, "funnels.a has 1 steps; 2 to 20"],
    [
      "a funnel of too many steps",
      { funnels: { a: Array.from({ length: 21 }, () => "page_view:/") } },
      "funnels.a has 21 steps; 2 to 20",
    ],
    [
      "a step of no kind",
      { funnels: { a: ["/", "click:x"] } },
      '"click:x" has to begin with one of: page_view:,',
    ],
    [
      "a step of an unknown route",
      { funnels: { a: ["page_view:/x", "page_view:/"] } },
      '"page_view:/x" is not declared',
    ],
    [
      "a step of an unknown action",
      { funnels: { a: ["action:x", "page_view:/"] } },
      '"action:x" is not declared',
    ],
    [
      "a step of an unknown feature",
      { funnels: { a: ["feature:x", "page_view:/"] } },
      '"feature:x" is not declared',
    ],
    [
      "a step that only the server knows",
      { funnels: { a: ["page_view:/", "conversion:purchase"] } },
      '"conversion:purchase" is reported by the server, but pages decide funnels',
    ],
    [
      "an action that only the server knows as a step",
      { funnels: { a: ["page_view:/", "action:import_done"] } },
      '"action:import_done" is reported by the server',
    ],
    ["names of HTTP metrics that nobody knows", { http: { names: "otel" } }, 'http.names: "otel" is neither'],
    ["half a status", { http: { status: "5" } }, 'http.status: "5" is neither'],
    [
      "a class in OpenTelemetry's names",
      { http: { names: "opentelemetry", status: "class" } },
      "have the exact code",
    ],
    ["durations in buckets that fall", { http: { buckets: [2, 1] } }, "http.buckets have to increase"],
    ["too many routes to learn", { learnRoutes: { max: 1_001 } }, "a whole number from 1 to 1000, not 1001"],
    ["a job with a dash", { jobs: { "a-b": { help: "A." } } }, "jobs.a-b: the name has to match"],
    ["a job in buckets that fall", { jobs: { a: { help: "A.", buckets: [2, 1] } } }, "jobs.a.buckets have"],
    [
      "jobs that need too many buckets together",
      {
        jobs: Object.fromEntries(
          ["a", "b"].map((name, at) => [
            name,
            { help: "A.", buckets: Array.from({ length: 20 }, (_, index) => 2 * index + 1 + at) },
          ]),
        ),
      },
      "jobs, all together, has 40 buckets",
    ],
    [
      "a page that claims what the backend knows",
      { actions: { a: { help: "A.", family: "user_logins_total" } } },
      "actions.a.family: what a page claims",
    ],
    [
      "a standard family that is none",
      { actions: { a: { help: "A.", from: "server", family: "toString" } } },
      'actions.a.family: "toString" is none of user_registrations_total',
    ],
    ["a share above 1", { objectives: { a: { http: { errorsBelow: 5 } } } }, "has to lie between 0 and 1"],
  ])("%s", (_fault, change, sentence) => {
    expect(faultsOf(change).join("\n")).toContain(sentence);
  });

  test("too many label sets", () => {
    const values = Array.from({ length: 40 }, (_, index) => String(index));
    const labels = { a: values, b: values };
    expect(faultsOf({ actions: { a: { help: "A.", labels } } }).join()).toContain(
      "1600 label sets; 1000 at most",
    );
  });

  test("what is no catalogue at all", () => {
    expect(faultsOf({ routes: undefined })).toHaveLength(1);
    expect(faultsOf({ actions: { a: {} } }).join()).toContain("It has not the shape of a catalogue");
  });

  test("one that is as it should be has none", () => {
    expect(
      faultsOf({
        features: { dark_mode: { help: "Dark." } },
        endpoints: ["/api/:id", "https://pay.example/v1/*"],
        funnels: { a: ["page_view:/cart", "action:search", "conversion:wish", "feature:dark_mode"] },
      }),
    ).toEqual([]);
  });

  test("all faults are told at once", () => {
    expect(faultsOf({ app: "", routes: ["x"] })).toHaveLength(2);
  });
});
