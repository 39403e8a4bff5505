import { defineCatalog } from "@rumkit/protocol";

/** The metrics of this shop. The page imports its type only, the server checks every event against it. */
export const catalog = defineCatalog({
  app: "shop",
  routes: ["/", "/product/:id", "/cart", "/checkout", "/thanks", "/login", "/register"],
  actions: {
    search: { help: "Searches that were answered." },
    add_to_cart: {
      help: "Items put into the cart.",
      labels: { category: ["books", "games", "music"] },
    },
    remove_from_cart: {
      help: "Items taken out of the cart again.",
      labels: { category: ["books", "games", "music"] },
    },
    login: { help: "Visitors who logged in.", from: "server", family: "user_logins_total" },
    logout: { help: "Visitors who logged out.", from: "server", family: "user_logouts_total" },
    login_refused: {
      help: "Attempts to log in with a wrong address or password.",
      from: "server",
      family: "failed_login_attempts_total",
    },
  },
  conversions: {
    checkout_intent: {
      help: "Visitors who came to the checkout, with what was in their cart.",
      value: { money: ["USD", "EUR"] },
    },
    signup: { help: "Accounts created.", from: "server", family: "user_registrations_total" },
    purchase: {
      help: "Orders paid.",
      labels: { payment_method: ["card", "paypal"] },
      value: { money: ["USD", "EUR"] },
      from: "server",
      family: "orders_created_total",
      // What slow pages cost.
      experience: true,
    },
  },
  measurements: {
    search_duration: {
      help: "From the last key of a search to its results.",
      unit: "seconds",
      buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    },
    payment_duration: {
      help: "How long the payment provider took.",
      unit: "seconds",
      labels: { payment_method: ["card", "paypal"] },
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      from: "server",
    },
  },
  jobs: {
    invoice: {
      help: "Invoices written, behind the customer's back.",
      buckets: [0.025, 0.05, 0.1, 0.25, 1, 5],
    },
  },
  features: {
    dark_mode: { help: "Visits in dark colors." },
    currency_choice: { help: "Visitors who chose another currency than the first." },
  },
  endpoints: [
    "/api/products",
    "/api/products/:id",
    "/api/checkout",
    "/api/register",
    "/api/login",
    "/api/logout",
    "/api/orders/:id/refund",
    "/api/slow",
    "/api/fail",
  ],
  funnels: {
    checkout: ["page_view:/product/:id", "action:add_to_cart", "page_view:/checkout", "page_view:/thanks"],
  },
  alerts: {
    // The windows of the objectives are hours: those of an operator, not of a demo.
    slow_pages: {
      when: { share: "rum_lcp_seconds", within: 2.5, over: "1m", below: 0.75, atLeast: 20 },
      severity: "critical",
      summary: "{value} of the page views of the last minute had a good LCP.",
    },
  },
  objectives: {
    fast_pages: { vital: "LCP", below: 2.5, ratio: 0.75 },
    reliable_api: { http: { errorsBelow: 0.01 } },
  },
});
