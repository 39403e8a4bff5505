import { describe, expectTypeOf, test } from "vitest";
import { type Catalog, defineCatalog } from "./catalog.ts";
import type {
  ActionEntry,
  ActionName,
  ConversionArguments,
  ConversionEntry,
  DetailsArguments,
  MeasurementName,
  PageConversionName,
  RouteOf,
  ServerConversionArguments,
  ServerConversionName,
} from "./catalogCalls.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/", "/product/:id"],
  actions: {
    add_to_cart: { help: "Added.", labels: { category: ["books", "games"] } },
    search: { help: "Searched." },
    imported: { help: "Imported.", from: "server" },
  },
  conversions: {
    wish: { help: "Wished.", value: { money: ["USD", "EUR"] } },
    signup: { help: "Signed up." },
    purchase: { help: "Paid.", from: "server", value: { money: ["USD"] } },
  },
});
type Shop = typeof catalog;

describe("defineCatalog", () => {
  test("keeps every name and value as its own type", () => {
    expectTypeOf<RouteOf<Shop>>().toEqualTypeOf<"/" | "/product/:id">();
    expectTypeOf<ActionName<Shop>>().toEqualTypeOf<"add_to_cart" | "search">();
    expectTypeOf<PageConversionName<Shop>>().toEqualTypeOf<"wish" | "signup">();
    expectTypeOf<ServerConversionName<Shop>>().toEqualTypeOf<"purchase">();
    expectTypeOf<MeasurementName<Shop>>().toEqualTypeOf<never>();
  });

  test("refuses an entry without help", () => {
    // @ts-expect-error help is missing
    defineCatalog({ app: "shop", routes: [], actions: { search: {} } });
  });

  test("refuses an unknown unit", () => {
    const hours = { help: "Waited.", unit: "hours", buckets: [1] } as const;
    // @ts-expect-error base units only
    defineCatalog({ app: "shop", routes: [], measurements: { wait: hours } });
  });

  test("refuses a vital that is retired", () => {
    // @ts-expect-error FID is not a vital any more
    defineCatalog({ app: "shop", routes: [], objectives: { fast: { vital: "FID", below: 1, ratio: 0.5 } } });
  });
});

describe("the goal of the business", () => {
  const help = "A.";

  test("is one conversion, of pages or of the server, and stays the type of its catalog", () => {
    const primary = defineCatalog({
      app: "shop",
      routes: [],
      conversions: {
        signup: { help, primary: true },
        purchase: { help, from: "server", value: { money: ["USD"] } },
      },
    });
    expectTypeOf<(typeof primary)["conversions"]["signup"]["primary"]>().toEqualTypeOf<true>();
    expectTypeOf<PageConversionName<typeof primary>>().toEqualTypeOf<"signup">();
  });

  test("is said by true alone: any other conversion leaves it out", () => {
    // @ts-expect-error false is not true
    defineCatalog({ app: "shop", routes: [], conversions: { signup: { help, primary: false } } });
    // @ts-expect-error a name is not true
    defineCatalog({ app: "shop", routes: [], conversions: { signup: { help, primary: "signup" } } });
  });

  test("is a conversion, and nothing else", () => {
    defineCatalog({
      app: "shop",
      routes: [],
      // @ts-expect-error only conversions
      actions: { search: { help, primary: true } },
      // @ts-expect-error only conversions
      features: { search: { help, primary: true } },
    });
    // @ts-expect-error it is said at the conversion
    defineCatalog({ app: "shop", routes: [], conversions: { signup: { help } }, primary: "signup" });
  });
});

describe("an alert", () => {
  const of = (alerts: Catalog["alerts"]): Catalog => ({ app: "shop", routes: [], alerts: alerts ?? {} });

  test("has a condition of each kind, and one limit", () => {
    defineCatalog({
      app: "shop",
      routes: [],
      alerts: {
        errors: {
          when: { rate: "rum_js_errors_total", labels: { route: "/checkout" }, above: 0.5 },
          for: "2m",
          severity: "critical",
        },
        orders: { when: { increase: "conversions_total", over: "1h", below: 0.5, comparedTo: "7d" } },
        failed: {
          when: {
            ratio: "http_requests_total",
            labels: { status: ["5xx", "4xx"] },
            to: "http_requests_total",
            above: 0.1,
          },
        },
        slow: { when: { quantile: 0.95, of: "job_duration_seconds", by: ["job_name"], above: 5 } },
        fast: { when: { share: "rum_lcp_seconds", within: 2.5, below: 0.75 } },
        queue: { when: { gauge: "queue_depth", above: 15 }, keepFiringFor: "10m", team: "mail" },
        silence: { when: { absent: "rum_page_views_total", over: "15m" }, summary: "Nothing." },
        cost: { when: { slowPagesCost: "USD", above: 500 }, runbook: "https://example.com/slow" },
        conversions_missing: false,
      },
    });
  });

  test("refuses two limits, none, and a duration without a unit", () => {
    // @ts-expect-error above or below
    of({ a: { when: { gauge: "queue_depth", above: 1, below: 0.5 } } });
    // @ts-expect-error a limit is missing
    of({ a: { when: { gauge: "queue_depth" } } });
    // @ts-expect-error a unit is missing
    of({ a: { when: { gauge: "queue_depth", above: 1 }, for: "5" } });
    // @ts-expect-error the window is missing
    of({ a: { when: { absent: "rum_page_views_total" } } });
  });

  test("refuses misspelled keys, each on its own line", () => {
    defineCatalog({
      app: "shop",
      routes: [],
      alerts: {
        // @ts-expect-error Did you mean "severity"?
        a: { when: { gauge: "queue_depth", above: 1 }, severty: "critical" },
        // @ts-expect-error Did you mean "labels"?
        b: { when: { gauge: "queue_depth", above: 1, label: { queue: "mail" } } },
      },
    });
  });
});

describe("the live page", () => {
  const of = (live: Catalog["live"]): Catalog => ({ app: "shop", routes: [], live: live ?? {} });

  test("has cards and charts of each kind, and a table", () => {
    defineCatalog({
      app: "licenses",
      routes: [],
      live: {
        cards: {
          borrows: { title: "Borrows / second", rate: "conversion:borrow", by: "tool" },
          failures: { rate: "action:refused", per: "minute", over: "5m" },
          overage_rate: {
            ratio: "conversion:overage",
            to: "conversion:borrow",
            over: "1m",
            warning: 0.15,
            critical: 0.3,
          },
          cost: { money: "conversion:overage", currency: "USD", per: "minute" },
          active: { gauge: "licenses_borrowed", labels: { tool: ["cad", "cam"] }, outOf: "licenses_total" },
          slow: { quantile: 0.95, of: "http_request_duration_seconds" },
          lcp: { figure: "lcp_p75", title: "Largest paint" },
        },
        charts: {
          utilization: { gauge: "licenses_borrowed", outOf: "licenses_total", by: "tool", as: "bars" },
          borrows: { figure: "card_borrows" },
        },
        activity: { title: "Borrows", events: ["conversion:borrow"], columns: ["tool", "user"] },
      },
    });
  });

  test("refuses two kinds without a window in common, a threshold alone, and a duration without a unit", () => {
    // @ts-expect-error red is missing
    of({ cards: { a: { gauge: "queue_depth", warning: 1 } } });
    // @ts-expect-error a unit is missing
    of({ cards: { a: { rate: "conversion:borrow", over: "5" } } });
    // @ts-expect-error the counter to divide by is missing
    of({ cards: { a: { ratio: "conversion:overage" } } });
    // @ts-expect-error "hour" is not one of them
    of({ cards: { a: { rate: "conversion:borrow", per: "hour" } } });
  });

  test("refuses misspelled keys, each on its own line", () => {
    defineCatalog({
      app: "shop",
      routes: [],
      live: {
        // @ts-expect-error Did you mean "cards"?
        card: {},
        cards: {
          // @ts-expect-error Did you mean "critical"?
          a: { rate: "conversion:borrow", critcal: 1 },
          // @ts-expect-error only charts have it
          b: { rate: "conversion:borrow", as: "line" },
        },
        charts: {
          // @ts-expect-error Did you mean "by"?
          a: { gauge: "queue_depth", byy: "queue" },
        },
        // @ts-expect-error Did you mean "columns"?
        activity: { events: ["conversion:borrow"], column: ["tool"] },
      },
    });
  });
});

describe("a key that is unknown", () => {
  const help = "A.";

  test("is an error on its own line, at every level", () => {
    defineCatalog({
      app: "shop",
      routes: [],
      // @ts-expect-error Did you mean "actions"?
      actoins: {},
      actions: {
        // @ts-expect-error Did you mean "labels"?
        a: { help, label: { c: ["x"] } },
        // @ts-expect-error money is in conversions
        b: { help, value: { money: ["USD"] } },
      },
      conversions: {
        // @ts-expect-error Did you mean "value"?
        a: { help, values: { money: ["USD"] } },
        // @ts-expect-error Did you mean "money"?
        b: { help, value: { money: ["USD"], mony: ["USD"] } },
        c: { help, labels: { d: ["x"] }, value: { money: ["USD"], by: ["d"] } },
      },
      // @ts-expect-error Did you mean "buckets"?
      measurements: { a: { help, unit: "seconds", buckets: [1], bucket: [1] } },
      // @ts-expect-error Known: help.
      features: { a: { help, labels: {} } },
      // @ts-expect-error Did you mean "buckets"?
      jobs: { a: { help, bucket: [1] } },
      // @ts-expect-error Known: help, labels, type, unit, buckets.
      ingested: { a: { help, type: "counter", tags: {} } },
      // @ts-expect-error Did you mean "ratio"?
      objectives: { a: { vital: "LCP", below: 2.5, ratio: 0.75, rato: 1 } },
      // @ts-expect-error Known: max.
      learnNames: { max: 1, most: 1 },
    });
    // @ts-expect-error Did you mean to write 'names'?
    defineCatalog({ app: "shop", routes: [], http: { name: "classic" } });
  });

  test("does not check keys that are not literal", () => {
    const groups: Record<string, { help: string }> = {};
    defineCatalog({ app: "shop", routes: [], actions: groups, features: groups });
    defineCatalog({} as Catalog);
  });
});

describe("a literal value that the collector would refuse", () => {
  const help = "A.";

  test("is an error on its own line", () => {
    defineCatalog({
      app: "shop",
      routes: [
        "/",
        // @ts-expect-error A route begins with "/".
        "cart",
      ],
      actions: {
        // @ts-expect-error snake_case
        addToCart: { help },
        // @ts-expect-error snake_case
        "add-to-cart": { help },
        // @ts-expect-error a reserved label
        a: { help, labels: { job: ["x"] } },
        // @ts-expect-error no value
        b: { help, labels: { size: [] } },
      },
      conversions: {
        // @ts-expect-error no currency
        a: { help, value: { money: [] } },
        // @ts-expect-error Did you mean "USD"?
        b: { help, value: { money: ["usd"] } },
        // @ts-expect-error not one of its labels
        c: { help, labels: { tool: ["x"] }, value: { money: ["USD"], by: ["tol"] } },
      },
      // @ts-expect-error no bucket
      measurements: { a: { help, unit: "seconds", buckets: [] } },
      objectives: {
        // @ts-expect-error 75 % is 0.75
        a: { vital: "LCP", below: 2.5, ratio: 75 },
        // @ts-expect-error all requests
        b: { http: { errorsBelow: 1 } },
      },
      funnels: {
        a: [
          "page_view:/",
          // @ts-expect-error not declared
          "page_view:/carts",
          // @ts-expect-error a kind that is unknown
          "pageview:/",
          "action:a",
        ],
      },
    });
  });

  test("is allowed if it is right, and not checked if it is not literal", () => {
    defineCatalog({
      app: "shop",
      routes: ["/"],
      conversions: { pay: { help, labels: { tool: ["x"] }, value: { money: ["USD"], by: ["tool"] } } },
      objectives: {
        a: { vital: "LCP", below: 2.5, ratio: 0.75 },
        b: { http: { errorsBelow: 0.0000001 } },
      },
      funnels: { buy: ["page_view:/", "conversion:pay"] },
    });
    const words: readonly string[] = ["USD"];
    const share: number = 0.5;
    defineCatalog({
      app: "shop",
      routes: words,
      actions: { a: { help, labels: { size: words } } },
      conversions: { pay: { help, labels: { tool: words }, value: { money: words, by: words } } },
      objectives: { a: { vital: "LCP", below: 2.5, ratio: share } },
      funnels: { buy: words, other: ["page_view:/any", "action:a"] },
    });
  });
});

describe("the details of a call", () => {
  type Added = DetailsArguments<ActionEntry<Shop, "add_to_cart">>;

  test("are labels, with their values, and any attribute beside", () => {
    expectTypeOf<[{ category: "books"; product: number }]>().toExtend<Added>();
    expectTypeOf<[{ category: "cars" }]>().not.toExtend<Added>();
    expectTypeOf<[{ product: number }]>().not.toExtend<Added>();
    expectTypeOf<[]>().not.toExtend<Added>();
  });

  test("are optional where nothing is declared", () => {
    expectTypeOf<[]>().toExtend<DetailsArguments<ActionEntry<Shop, "search">>>();
  });

  test("have no objects and functions in them: those do not travel", () => {
    expectTypeOf<[{ nested: object }]>().not.toExtend<DetailsArguments<ActionEntry<Shop, "search">>>();
  });
});

describe("the money of a conversion", () => {
  type Wish = ConversionArguments<ConversionEntry<Shop, "wish">>;

  test("is a value and a declared currency", () => {
    expectTypeOf<[{ value: number; currency: "EUR" }]>().toExtend<Wish>();
    expectTypeOf<[{ value: number; currency: "GBP" }]>().not.toExtend<Wish>();
    expectTypeOf<[{ value: number }]>().not.toExtend<Wish>();
    expectTypeOf<[number]>().not.toExtend<Wish>();
  });

  test("on the server comes with an id that makes the order count once", () => {
    type Purchase = ServerConversionArguments<ConversionEntry<Shop, "purchase">>;
    expectTypeOf<[{ id: string; value: number; currency: "USD" }]>().toExtend<Purchase>();
    expectTypeOf<[{ id: string }]>().not.toExtend<Purchase>();
  });

  test("on the server has the experience if the catalog asks for it, and one of three", () => {
    interface Asking {
      readonly help: "Orders paid.";
      readonly value: { readonly money: readonly ["EUR"] };
      readonly experience: true;
    }
    type Paid = ServerConversionArguments<Asking>;
    expectTypeOf<[{ value: number; currency: "EUR"; experience: "poor" }]>().toExtend<Paid>();
    expectTypeOf<[{ value: number; currency: "EUR"; experience: undefined }]>().toExtend<Paid>();
    expectTypeOf<[{ value: number; currency: "EUR"; experience: "bad" }]>().not.toExtend<Paid>();
  });

  test("where none is declared, a bare number is a detail", () => {
    expectTypeOf<[number]>().toExtend<ConversionArguments<ConversionEntry<Shop, "signup">>>();
  });
});

test("without a catalog every name is a string and everything is optional", () => {
  expectTypeOf<ActionName<Catalog>>().toEqualTypeOf<string>();
  expectTypeOf<PageConversionName<Catalog>>().toEqualTypeOf<string>();
  expectTypeOf<[]>().toExtend<DetailsArguments<ActionEntry<Catalog, string>>>();
});
