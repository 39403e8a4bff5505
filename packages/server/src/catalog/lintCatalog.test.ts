import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { lintCatalog } from "./lintCatalog.ts";

const base = { app: "shop", routes: ["/", "/cart"] };

function faultsOf(catalog: unknown): readonly string[] {
  return lintCatalog(catalog).map(({ text }) => text);
}

type Parts = Readonly<Record<string, unknown>>;

/** A catalog whose only action has these fields. */
const action = (spec: unknown) => ({ actions: { add_to_cart: spec } });
const conversion = (spec: object) => ({ conversions: { purchase: { help: "Paid.", ...spec } } });
const measurement = (spec: object) => ({ measurements: { wait: spec } });
const labels = (given: unknown) => action({ help: "Added.", labels: given });
const money = (given: unknown) => conversion({ value: { money: given } });

const HELP = 'is required: one sentence for dashboards, e.g. "Items put into the cart.".';

describe("each mistake in a part of the catalog is reported by its path, with a fix", () => {
  test.each<[mistake: string, parts: Parts, fault: string]>([
    ["no app", { app: undefined }, 'app is required: the app\'s name in snake_case, e.g. "shop".'],
    [
      "an app in capitals",
      { app: "My Shop" },
      'app must be a name in snake_case, e.g. "shop", not "My Shop". Use "my_shop".',
    ],
    ["an app that is a number", { app: 1 }, 'app must be a name in snake_case, e.g. "shop", not 1.'],
    [
      "no routes",
      { routes: undefined },
      'routes is required: the patterns of the pages, e.g. ["/", "/products/:id"]; [] learns them.',
    ],
    ["routes as a text", { routes: "/" }, 'routes must be a list, e.g. ["/", "/products/:id"], not "/".'],
    [
      "routes as an object",
      { routes: { home: "/" } },
      'routes must be a list, e.g. ["/", "/products/:id"], not an object.',
    ],
    [
      "a route without a slash",
      { routes: ["cart"] },
      'routes[0] must start with "/", not "cart". Use "/cart".',
    ],
    [
      "a route with its origin",
      { routes: ["https://shop.example/cart"] },
      'routes[0] must start with "/", not "https://shop.example/cart". Use "/cart".',
    ],
    ["a route twice", { routes: ["/", "/"] }, 'routes has "/" twice.'],
    ["a route that is not a text", { routes: [1] }, "routes[0] must be a text, not 1."],
    [
      "a pattern of Next.js",
      { routes: ["/users/[id]"] },
      'routes[0] would never match: "/users/[id]". Use "/users/:id".',
    ],
    [
      "a splat of Next.js",
      { routes: ["/docs/[[...path]]"] },
      'routes[0] would never match: "/docs/[[...path]]". Use "/docs/*".',
    ],
    [
      "a pattern of OpenAPI",
      { routes: ["/users/{user-id}"] },
      'routes[0] would never match: "/users/{user-id}". Use "/users/:user".',
    ],
    [
      "a pattern of Flask",
      { routes: ["/users/<int:id>"] },
      'routes[0] would never match: "/users/<int:id>". Use "/users/:id".',
    ],
    [
      "a splat of Vue",
      { routes: ["/docs/:path(.*)*"] },
      'routes[0] would never match: "/docs/:path(.*)*". Use "/docs/*".',
    ],
    [
      "a splat of Express",
      { routes: ["/docs/*path"] },
      'routes[0] would never match: "/docs/*path". Use "/docs/*".',
    ],
    [
      "a parameter with its expression",
      { routes: ["/users/:id(\\d+)/edit"] },
      'routes[0] would never match: "/users/:id(\\\\d+)/edit". Use "/users/:id/edit".',
    ],
    [
      "a regular expression",
      { routes: ["/users/(\\d+)"] },
      'routes[0] would never match: "/users/(\\\\d+)". Use "/users/:id".',
    ],
    [
      "a route with a query",
      { routes: ["/search?q=1"] },
      'routes[0] would never match: "/search?q=1" has a query, a hash or a space. Use "/search".',
    ],
    [
      "a splat in the middle",
      { routes: ["/a/*/b"] },
      'routes[0] would never match: in "/a/*/b" "*" must be the last segment. Use ":name" for one segment.',
    ],
    [
      "a route that is too long",
      { routes: [`/${"a".repeat(128)}`] },
      "routes[0] has 129 characters; 128 at most.",
    ],
    ["a misspelled part", { actoins: {} }, 'actoins is unknown here. Did you mean "actions"?'],
    [
      "an unknown part",
      { events: {} },
      "events is unknown here. Known: app, routes, learnRoutes, learnNames, actions, conversions, measurements, features, jobs, gauges, ingested, endpoints, funnels, objectives, alerts, aliases, http, live.",
    ],
    [
      "a list of actions",
      { actions: ["add_to_cart"] },
      'actions must be an object of names, e.g. { add_to_cart: { help: "Items put into the cart." } }, not an array.',
    ],
    [
      "a map of actions",
      { actions: new Map([["add_to_cart", { help: "Added." }]]) },
      'actions must be an object of names, e.g. { add_to_cart: { help: "Items put into the cart." } }, not a Map.',
    ],
    [
      "an action that is a date",
      action(new Date(0)),
      'actions.add_to_cart must be an object, e.g. { help: "Items put into the cart." }, not a Date.',
    ],
    [
      "actions that are null",
      { actions: null },
      'actions must be an object of names, e.g. { add_to_cart: { help: "Items put into the cart." } }, not null.',
    ],
    [
      "an action as a text",
      action("Added."),
      'actions.add_to_cart must be an object, e.g. { help: "Items put into the cart." }, not "Added.".',
    ],
    ["no help", action({}), `actions.add_to_cart.help ${HELP}`],
    [
      "an empty help",
      action({ help: "" }),
      'actions.add_to_cart.help must be a text, e.g. "Items put into the cart.", not "".',
    ],
    [
      "a misspelled help",
      action({ help: "Added.", hlep: "x" }),
      'actions.add_to_cart.hlep is unknown here. Did you mean "help"?',
    ],
    [
      "label for labels",
      action({ help: "Added.", label: { c: ["x"] } }),
      'actions.add_to_cart.label is unknown here. Did you mean "labels"?',
    ],
    [
      "money of an action",
      action({ help: "Added.", value: { money: ["USD"] } }),
      'actions.add_to_cart.value is unknown here. Only conversions carry money: move the entry to conversions, with value: { money: ["USD"] }.',
    ],
    [
      "a name in camelCase",
      { actions: { addToCart: { help: "Added." } } },
      "actions.addToCart has a name that is not valid: use snake_case: add_to_cart.",
    ],
    [
      "a name with dashes",
      { actions: { "add-to-cart": { help: "Added." } } },
      "actions.add-to-cart has a name that is not valid: use snake_case: add_to_cart.",
    ],
    [
      "a name with blanks",
      { actions: { "Add to cart!": { help: "Added." } } },
      'actions["Add to cart!"] has a name that is not valid: use snake_case: add_to_cart.',
    ],
    [
      "a name without letters",
      { actions: { "…": { help: "Added." } } },
      'actions["…"] has a name without letters: use snake_case, e.g. add_to_cart.',
    ],
    [
      "a name that is too long",
      { actions: { ["a".repeat(65)]: { help: "Added." } } },
      `actions["${"a".repeat(64)}…"] has a name of 65 letters; 64 at most.`,
    ],
    [
      "from a client",
      action({ help: "Added.", from: "client" }),
      'actions.add_to_cart.from must be "page" or "server", not "client". Did you mean "page"?',
    ],
    [
      "from a backend",
      action({ help: "Added.", from: "backend" }),
      'actions.add_to_cart.from must be "page" or "server", not "backend". Did you mean "server"?',
    ],
    [
      "an unknown family",
      action({ help: "Added.", from: "server", family: "orders_total" }),
      'actions.add_to_cart.family must be "user_registrations_total", "user_logins_total", "user_logouts_total", "failed_login_attempts_total" or "orders_created_total", not "orders_total".',
    ],
    [
      "a family of a page",
      action({ help: "Added.", family: "user_logins_total" }),
      'actions.add_to_cart.family needs from: "server": a claim of a page is not proof for the backend.',
    ],
    [
      "a list of labels",
      labels(["category"]),
      'actions.add_to_cart.labels must be an object of names, e.g. { category: ["books", "games"] }, not an array.',
    ],
    [
      "a label value for its list",
      labels({ category: "books" }),
      'actions.add_to_cart.labels.category must be a list, e.g. ["books", "games"], not "books".',
    ],
    [
      "label values that are numbers",
      labels({ size: [1] }),
      'actions.add_to_cart.labels.size[0] must be a text, not 1. Write "1".',
    ],
    [
      "label values that are booleans",
      labels({ size: [true] }),
      'actions.add_to_cart.labels.size[0] must be a text, not true. Write "true".',
    ],
    [
      "a label without values",
      labels({ category: [] }),
      'actions.add_to_cart.labels.category is empty. Write e.g. ["books", "games"].',
    ],
    [
      "a label value twice",
      labels({ category: ["a", "a"] }),
      'actions.add_to_cart.labels.category has "a" twice.',
    ],
    [
      "an empty label value",
      labels({ category: [""] }),
      "actions.add_to_cart.labels.category[0] must have 1 to 128 characters, not 0.",
    ],
    [
      "a reserved label",
      labels({ le: ["1"] }),
      "actions.add_to_cart.labels.le is a reserved label name. Take another, e.g. item_le.",
    ],
    [
      "a label of Prometheus' own",
      labels({ __a: ["1"] }),
      'actions.add_to_cart.labels.__a has a label name that is not valid: use letters, digits and "_"; not "__" or a digit at the start; 64 at most.',
    ],
    [
      "values for value",
      conversion({ values: { money: ["USD"] } }),
      'conversions.purchase.values is unknown here. Did you mean "value"?',
    ],
    [
      "money without value",
      conversion({ money: ["USD"] }),
      'conversions.purchase.money is unknown here. Write value: { money: ["USD"] }.',
    ],
    [
      "value without money",
      conversion({ value: {} }),
      'conversions.purchase.value.money is required: the currencies that may come, e.g. ["USD"].',
    ],
    [
      "value as a list",
      conversion({ value: ["USD"] }),
      'conversions.purchase.value must be an object, e.g. { money: ["USD"] }, not an array.',
    ],
    [
      "a currency for its list",
      money("USD"),
      'conversions.purchase.value.money must be a list, e.g. ["USD"], not "USD".',
    ],
    ["no currency", money([]), 'conversions.purchase.value.money is empty. Write e.g. ["USD"].'],
    [
      "an unknown currency",
      money(["XYZ"]),
      'conversions.purchase.value.money[0] must be a currency of ISO 4217, e.g. "USD", not "XYZ".',
    ],
    [
      "a currency in small letters",
      money(["usd"]),
      'conversions.purchase.value.money[0] must be a currency of ISO 4217, e.g. "USD", not "usd". Did you mean "USD"?',
    ],
    [
      "a symbol for a currency",
      money(["€"]),
      'conversions.purchase.value.money[0] must be a currency of ISO 4217, e.g. "USD", not "€". Did you mean "EUR"?',
    ],
    [
      "currency for money",
      conversion({ value: { currency: ["USD"] } }),
      "conversions.purchase.value.currency is unknown here. Known: money, by.",
    ],
    [
      "two goals of the business",
      {
        ...base,
        conversions: {
          purchase: { help: "Paid.", primary: true },
          signup: { help: "Accounts.", from: "server", primary: true },
        },
      },
      'conversions.signup.primary is true for "purchase" already. One conversion is the goal of the business: remove one.',
    ],
    [
      "a goal that is not one",
      conversion({ primary: false }),
      "conversions.purchase.primary must be true or absent.",
    ],
    [
      "money by a label that the conversion lacks",
      conversion({ labels: { method: ["card"] }, value: { money: ["USD"], by: ["category"] } }),
      'conversions.purchase.value.by[0] is not a label of the conversion: "category". Its labels: method.',
    ],
    [
      "money by no label",
      conversion({ value: { money: ["USD"], by: [] } }),
      'conversions.purchase.value.by is empty. Write e.g. ["category"].',
    ],
    [
      "experience of a page",
      conversion({ experience: true }),
      'conversions.purchase.experience needs from: "server": pages always report it.',
    ],
    [
      "experience that is a text",
      conversion({ from: "server", experience: "good" }),
      "conversions.purchase.experience must be true or absent.",
    ],
    [
      "no buckets",
      measurement({ help: "Wait.", unit: "seconds" }),
      "measurements.wait.buckets is required: upper edges in the unit, e.g. [0.1, 0.5, 1].",
    ],
    [
      "a bucket for its list",
      measurement({ help: "Wait.", unit: "seconds", buckets: 1 }),
      "measurements.wait.buckets must be a list, e.g. [0.1, 0.5, 1], not 1.",
    ],
    [
      "buckets that are texts",
      measurement({ help: "Wait.", unit: "seconds", buckets: ["1"] }),
      'measurements.wait.buckets[0] must be a number, not "1".',
    ],
    [
      "buckets that fall",
      measurement({ help: "Wait.", unit: "seconds", buckets: [2, 1] }),
      "measurements.wait.buckets must increase, but 1 comes after 2. Sort them.",
    ],
    [
      "an infinite bucket",
      measurement({ help: "Wait.", unit: "seconds", buckets: [1, Infinity] }),
      "measurements.wait.buckets[1] must be a number, not Infinity.",
    ],
    [
      "too many buckets",
      measurement({ help: "Wait.", unit: "seconds", buckets: Array.from({ length: 31 }, (_, i) => i) }),
      "measurements.wait.buckets has 31 buckets; 30 at most. Leave some out.",
    ],
    [
      "no unit",
      measurement({ help: "Wait.", buckets: [1] }),
      'measurements.wait.unit is required: "seconds", "bytes" or "ratio".',
    ],
    [
      "milliseconds",
      measurement({ help: "Wait.", unit: "ms", buckets: [1] }),
      'measurements.wait.unit must be "seconds", "bytes" or "ratio", not "ms". Did you mean "seconds"?',
    ],
    [
      "a unit in the name",
      { measurements: { wait_seconds: { help: "Wait.", unit: "seconds", buckets: [1] } } },
      "measurements.wait_seconds has its unit in the name, which is added automatically: use wait.",
    ],
    [
      "a feature with a capital",
      { features: { DarkMode: { help: "Dark." } } },
      "features.DarkMode has a name that is not valid: use snake_case: dark_mode.",
    ],
    ["a feature without help", { features: { dark_mode: {} } }, `features.dark_mode.help ${HELP}`],
    ["a job without help", { jobs: { send: { buckets: [1] } } }, `jobs.send.help ${HELP}`],
    [
      "a job in buckets that fall",
      { jobs: { send: { help: "Sent.", buckets: [2, 1] } } },
      "jobs.send.buckets must increase, but 1 comes after 2. Sort them.",
    ],
    [
      "an ingested value without a type",
      { ingested: { "api.time": { help: "Time." } } },
      'ingested.api.time.type is required: "counter", "gauge" or "histogram".',
    ],
    [
      "an ingested counter with buckets",
      { ingested: { hits: { help: "Hits.", type: "counter", buckets: [1] } } },
      'ingested.hits.buckets is unknown here. Only type: "histogram" has buckets.',
    ],
    [
      "an ingested name in capitals",
      { ingested: { Hits: { help: "Hits.", type: "counter" } } },
      'ingested.Hits has a name that is not valid: use lower-case letters, digits, "_", "." and "-", 64 at most, not "Hits".',
    ],
    [
      "an endpoint without a slash",
      { endpoints: ["api"] },
      'endpoints[0] must start with "/", "http://" or "https://", not "api". Use "/api".',
    ],
    [
      "an endpoint with its method",
      { endpoints: ["GET /api/products"] },
      'endpoints[0] must start with "/", "http://" or "https://", not "GET /api/products". Use "/api/products".',
    ],
    [
      "an endpoint without its scheme",
      { endpoints: ["api.example.com/v1"] },
      'endpoints[0] must start with "/", "http://" or "https://", not "api.example.com/v1". Use "https://api.example.com/v1".',
    ],
    [
      "an endpoint of another scheme",
      { endpoints: ["ftp://a"] },
      'endpoints[0] must start with "/", "http://" or "https://", not "ftp://a".',
    ],
    [
      "an endpoint of OpenAPI",
      { endpoints: ["/api/products/{id}"] },
      'endpoints[0] would never match: "/api/products/{id}". Use "/api/products/:id".',
    ],
    [
      "too many endpoints",
      { endpoints: Array.from({ length: 501 }, (_, index) => `/${index}`) },
      'endpoints has 501 endpoints; 500 at most. Use patterns with ":name".',
    ],
    [
      "a funnel of one step",
      { funnels: { buy: ["page_view:/"] } },
      "funnels.buy must have 2 to 20 steps, not 1.",
    ],
    [
      "a funnel as a text",
      { funnels: { buy: "page_view:/" } },
      'funnels.buy must be a list, e.g. ["page_view:/cart", "action:add_to_cart"], not "page_view:/".',
    ],
    [
      "a step of no kind",
      { funnels: { buy: ["page_view:/", "click:x"] } },
      'funnels.buy[1] must begin with page_view:, action:, conversion:, feature:, not "click:x".',
    ],
    [
      "a step of a kind that is misspelled",
      { funnels: { buy: ["page_view:/", "pageviews:/cart"] } },
      'funnels.buy[1] must begin with page_view:, action:, conversion:, feature:, not "pageviews:/cart". Did you mean "page_view:/cart"?',
    ],
    [
      "a step without its kind",
      { funnels: { buy: ["page_view:/", "/cart"] } },
      'funnels.buy[1] must begin with page_view:, action:, conversion:, feature:, not "/cart". Did you mean "page_view:/cart"?',
    ],
    [
      "a step that is misspelled",
      { funnels: { buy: ["page_view:/", "page_view:/crat"] } },
      'funnels.buy[1] is not declared: "page_view:/crat". Did you mean "page_view:/cart"?',
    ],
    [
      "a step that nothing declares",
      { funnels: { buy: ["page_view:/", "action:search"] } },
      'funnels.buy[1] is not declared: "action:search". Known: none.',
    ],
    [
      "a step of the server",
      {
        conversions: { paid: { help: "Paid.", from: "server" } },
        funnels: { buy: ["page_view:/", "conversion:paid"] },
      },
      'funnels.buy[1] is reported by the server: "conversion:paid". Pages evaluate funnels: use a step of pages.',
    ],
    [
      "a vital in small letters",
      { objectives: { fast: { vital: "lcp", below: 2.5, ratio: 0.75 } } },
      'objectives.fast.vital must be "LCP", "INP", "CLS", "FCP" or "TTFB", not "lcp". Did you mean "LCP"?',
    ],
    [
      "a vital that is retired",
      { objectives: { fast: { vital: "FID", below: 0.1, ratio: 0.75 } } },
      'objectives.fast.vital must be "LCP", "INP", "CLS", "FCP" or "TTFB", not "FID". Did you mean "INP"?',
    ],
    [
      "a limit off the edges",
      { objectives: { fast: { vital: "LCP", below: 2.4, ratio: 0.75 } } },
      "objectives.fast.below must be a bucket edge of LCP (0.25, 0.5, 1, 1.5, 2, 2.5, 3, 4, 6, 10, 20), not 2.4. The nearest is 2.5.",
    ],
    [
      "a ratio in percent",
      { objectives: { fast: { vital: "LCP", below: 2.5, ratio: 75 } } },
      "objectives.fast.ratio must be a share between 0 and 1, e.g. 0.75, not 75.",
    ],
    [
      "an objective of nothing",
      { objectives: { fast: {} } },
      'objectives.fast.vital is required: a Web Vital, e.g. "LCP".',
    ],
    [
      "an objective in percent",
      { objectives: { up: { http: { errorsBelow: 5 } } } },
      "objectives.up.http.errorsBelow must be a share between 0 and 1, e.g. 0.75, not 5.",
    ],
    [
      "names of OpenTelemetry in short",
      { http: { names: "otel" } },
      'http.names must be "classic" or "opentelemetry", not "otel". Did you mean "opentelemetry"?',
    ],
    [
      "a class in OpenTelemetry's names",
      { http: { names: "opentelemetry", status: "class" } },
      'http.status must not be "class" with the names of OpenTelemetry, which have the exact code.',
    ],
    [
      "too many routes to learn",
      { learnRoutes: { max: 1_001 } },
      "learnRoutes.max must be a whole number from 1 to 1000, not 1001.",
    ],
    [
      "a number of routes to learn",
      { learnRoutes: 100 },
      "learnRoutes must be true, false or { max: 100 }, not 100.",
    ],
  ])("%s", (_mistake, parts, fault) => {
    expect(faultsOf({ ...base, ...parts })[0]).toBe(fault);
  });
});

describe("a value that is not a catalog", () => {
  const catalog = { ...base };

  test.each<[mistake: string, value: unknown, fault: string]>([
    [
      "nothing",
      undefined,
      'the catalog must be an object, e.g. { app: "shop", routes: ["/"] }, not undefined.',
    ],
    ["null", null, 'the catalog must be an object, e.g. { app: "shop", routes: ["/"] }, not null.'],
    [
      "its path",
      "./catalog.ts",
      'the catalog must be an object, e.g. { app: "shop", routes: ["/"] }, not "./catalog.ts".',
    ],
    [
      "a list",
      [catalog],
      'the catalog must be an object, e.g. { app: "shop", routes: ["/"] }, not an array.',
    ],
    [
      "an import that is not awaited",
      Promise.resolve({ catalog }),
      'the catalog is a Promise. Await it and take its export: (await import("./catalog.ts")).catalog.',
    ],
    ["a function that makes it", () => catalog, "the catalog is a function. Call it, and pass its result."],
    [
      "a module",
      { catalog },
      'the catalog is a whole module; its export "catalog" is the catalog. Write: import { catalog } from "./catalog.ts".',
    ],
    [
      "a module with a default",
      { default: catalog },
      'the catalog is a whole module; its export "default" is the catalog. Write: import catalog from "./catalog.ts".',
    ],
    [
      "an object whose getter throws",
      {
        get app(): never {
          throw new Error("no");
        },
        routes: [],
      },
      "the catalog cannot be read: Error: no.",
    ],
  ])("%s", (_mistake, value, fault) => {
    expect(faultsOf(value)).toEqual([fault]);
  });

  test("a real namespace", async () => {
    expect(faultsOf(await import("./names.ts"))[0]).toMatch(
      /^the catalog is a whole module with the exports "NAME"/,
    );
  });
});

describe("a valid catalog", () => {
  const whole = {
    ...base,
    learnRoutes: { max: 20 },
    learnNames: true,
    actions: { search: { help: "Searches", labels: { kind: ["a", "b"] } } },
    conversions: {
      paid: {
        help: "Paid.",
        from: "server",
        value: { money: ["USD", "KWD", "XTS", "BTC"] },
        experience: true,
      },
    },
    measurements: { wait: { help: "Wait.", unit: "seconds", buckets: [1] } },
    features: { dark_mode: { help: "Dark." } },
    jobs: { send: { help: "Sent.", buckets: [1] } },
    ingested: { "api.time": { help: "Time.", type: "histogram", unit: "seconds", buckets: [1] } },
    endpoints: ["/api/:id", "https://pay.example/v1/*"],
    funnels: { buy: ["page_view:/cart", "action:search"] },
    objectives: { fast: { vital: "LCP", below: 2.5, ratio: 0.75 }, up: { http: { errorsBelow: 0.01 } } },
    http: { names: "opentelemetry" },
  };

  test("has no fault, whichever way its objects were made", () => {
    const bare = (value: unknown): unknown =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.freeze(
            Object.assign(
              Object.create(null),
              Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, bare(inner)])),
            ),
          )
        : value;
    expect([whole, bare(whole), { ...base, actions: undefined }].map(faultsOf)).toEqual([[], [], []]);
  });

  /** Every place of a value, from the whole to its leaves. */
  function placesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
    if (typeof value !== "object" || value === null) return [path];
    return [path, ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...path, key]))];
  }

  function put(value: unknown, [key, ...rest]: readonly string[], given: unknown): unknown {
    if (key === undefined) return given;
    const copy = Array.isArray(value) ? [...value] : { ...(value as object) };
    Reflect.set(copy, key, put((value as Parts)[key], rest, given));
    return copy;
  }

  const wrong = [
    null,
    0,
    "?",
    ["?"],
    { lable: 1 },
    () => {},
    Promise.resolve({}),
    Symbol("s"),
    1n,
    Number.NaN,
  ];

  test("has a fault with the right path wherever a wrong value is put", () => {
    for (const path of placesOf(whole)) {
      for (const given of wrong) {
        const faults = lintCatalog(put(whole, path, given));
        const shown = `${path.join(".")} = ${inspect(given)}`;
        // Free texts are right with any text, and a number may be 0.
        const isFree =
          (typeof given === "string" || Array.isArray(given)) &&
          ["help", "kind"].some((key) => path.includes(key));
        const isZero = given === 0 && path.includes("buckets");
        if (!isFree && !isZero) expect(faults, shown).not.toEqual([]);
        for (const { text } of faults) expect(text, shown).not.toMatch(/TypeError|Cannot read|\[object/);
      }
    }
  });

  test("has a fault for a misspelled key at every level", () => {
    const named = ["", "actions.search", "conversions.paid", "conversions.paid.value", "measurements.wait"];
    const more = [
      "features.dark_mode",
      "jobs.send",
      "ingested.api.time",
      "objectives.fast",
      "objectives.up.http",
      "http",
      "learnRoutes",
    ];
    for (const level of [...named, ...more]) {
      const path =
        level === "ingested.api.time" ? ["ingested", "api.time"] : level.split(".").filter(Boolean);
      const extra = put(whole, [...path, "lable"], 1);
      expect(faultsOf(extra).join("\n"), level).toContain(`${[...path, "lable"].join(".")} is unknown here.`);
    }
  });
});

test("keys that objects inherit are valid names", () => {
  const hostile = JSON.parse(
    '{"app":"shop","routes":[],"actions":{"__proto__":{"help":"A."},"constructor":{"help":"A."}}}',
  );
  expect(faultsOf(hostile)).toEqual([
    "actions.__proto__ has a name that is not valid: use snake_case: proto.",
  ]);
  expect(faultsOf({ ...base, toString: 1 })[0]).toMatch(/^toString is unknown here/);
});

test("all faults are reported at once, at most twenty", () => {
  expect(faultsOf({ app: "", routes: ["x"], actions: { a: {} }, funnels: { b: [] } })).toHaveLength(3);
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`a${index}`, {}]));
  expect(faultsOf({ ...base, actions: many })).toHaveLength(20);
});

test("a fault quotes only a short part of a value", () => {
  const long = "x".repeat(100_000);
  const faults = faultsOf({ ...base, [long]: 1, endpoints: [long], actions: { [long]: long } });
  for (const fault of faults) expect(fault.length).toBeLessThan(400);
});

test("too many label sets, and jobs that need too many buckets together", () => {
  const values = Array.from({ length: 40 }, (_, index) => String(index));
  expect(faultsOf({ ...base, ...labels({ a: values, b: values }) })).toEqual([
    "actions.add_to_cart has 1600 label sets; 1000 at most. Make a label an attribute.",
  ]);
  const job = (at: number) => ({
    help: "A.",
    buckets: Array.from({ length: 20 }, (_, index) => 2 * index + 1 + at),
  });
  expect(faultsOf({ ...base, jobs: { a: job(0), b: job(1) } })).toEqual([
    "jobs has 40 buckets; 30 at most. Leave some out.",
  ]);
});
