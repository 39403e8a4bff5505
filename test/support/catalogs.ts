/** Catalogs for tests of what is generated from one. */
import { type Catalog, defineCatalog } from "@rumkit/protocol";

export const smallest = defineCatalog({ app: "blog", routes: ["/"] });

/** Has something of everything that boards and rules speak of. */
export const fullest = defineCatalog({
  app: "big_shop",
  routes: ["/", "/cart"],
  actions: {
    add_to_cart: { help: "Items.", labels: { category: ["books"] } },
    login: { help: "Logins.", from: "server", family: "user_logins_total" },
  },
  conversions: {
    checkout: { help: "Checkouts.", value: { money: ["USD", "EUR"] } },
    purchase: { help: "Orders.", from: "server", value: { money: ["USD", "EUR", "KWD"] }, experience: true },
  },
  measurements: {
    search_duration: { help: "Searches.", unit: "seconds", buckets: [0.1, 1] },
    payload: { help: "Payloads.", unit: "bytes", buckets: [100, 1000], from: "server" },
    coverage: { help: "Coverage.", unit: "ratio", buckets: [0.5, 1] },
  },
  jobs: { invoice: { help: "Invoices." } },
  gauges: {
    seats_taken: {
      help: "Seats taken.",
      labels: { plan: ["basic", "pro"] },
      outOf: "seats",
      processes: "max",
    },
    seats: { help: "Seats sold.", labels: { plan: ["basic", "pro"] }, processes: "max", name: "seats_sold" },
    backlog: { help: "Age of the oldest order.", unit: "seconds" },
    open_carts: { help: "Carts that are open." },
  },
  features: { dark_mode: { help: "Dark visits." } },
  endpoints: ["/api/products"],
  funnels: { checkout: ["page_view:/", "page_view:/cart"] },
  objectives: {
    fast: { vital: "LCP", below: 2.5, ratio: 0.75 },
    steady: { vital: "CLS", below: 0.1, ratio: 0.75 },
    api: { http: { errorsBelow: 0.01 } },
  },
});

/** Has an alert of each kind of condition as well, and an objective whose budget is too large for fast burn rates. */
export const alerting = defineCatalog({
  ...fullest,
  objectives: { ...fullest.objectives, loose: { http: { errorsBelow: 0.1 } } },
  alerts: {
    script_errors: {
      when: { rate: "rum_js_errors_total", labels: { route: ["/", "/cart"] }, above: 0.5 },
      for: "2m",
    },
    few_views: { when: { rate: "rum_page_views_total", below: 0.1, over: "15m" } },
    slow_invoices: { when: { quantile: 0.95, of: "job_duration_seconds", by: ["job_name"], above: 5 } },
    slow_answers: { when: { share: "rum_inp_seconds", within: 0.2, below: 0.75, by: ["navigation"] } },
    mail_waits: { when: { gauge: "queue_depth", by: ["queue"], above: 15 }, team: "mail", severity: "info" },
    mail_waits_long: {
      when: { gauge: "queue_depth", by: ["queue"], above: 150 },
      clear: 20,
      noData: "alert",
      noDataFor: "10m",
    },
    sessions_doubled: { when: { increase: "rum_sessions_total", over: "1h", above: 2, comparedTo: "7d" } },
    no_views: { when: { absent: "rum_page_views_total", over: "15m" }, keepFiringFor: "5m" },
    slow_pages: { when: { slowPagesCost: "KWD", above: 500 } },
  },
});

/** Each with its name. */
export const catalogs: readonly (readonly [string, Catalog])[] = [
  ["the smallest catalog", smallest],
  ["a catalog with everything", fullest],
  ["OpenTelemetry's names", { ...fullest, http: { names: "opentelemetry" } }],
];
