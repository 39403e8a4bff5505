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
  features: { dark_mode: { help: "Dark visits." } },
  endpoints: ["/api/products"],
  funnels: { checkout: ["page_view:/", "page_view:/cart"] },
  objectives: {
    fast: { vital: "LCP", below: 2.5, ratio: 0.75 },
    steady: { vital: "CLS", below: 0.1, ratio: 0.75 },
    api: { http: { errorsBelow: 0.01 } },
  },
});

/** Each with its name. */
export const catalogs: readonly (readonly [string, Catalog])[] = [
  ["the smallest catalog", smallest],
  ["a catalog with everything", fullest],
  ["OpenTelemetry's names", { ...fullest, http: { names: "opentelemetry" } }],
];
