import { defineCatalog } from "@rumkit/protocol";

/**
 * The metrics of the API. The page has no catalog: its names are learned, at most 200 of each kind. The aliases are names that
 * boards of such a system query, and that no program exported.
 */
export const catalog = defineCatalog({
  app: "tiers",
  routes: ["/"],
  learnNames: true,
  endpoints: [
    "/api/register",
    "/api/login",
    "/api/logout",
    "/api/purchase",
    "/api/products",
    "/api/orders",
    "/api/analytics/dashboard",
    "/simulate-error",
  ],
  http: { status: "code" },
  actions: {
    login: { help: "People who logged in.", from: "server", family: "user_logins_total" },
    logout: { help: "People who logged out.", from: "server", family: "user_logouts_total" },
    login_refused: {
      help: "Attempts to log in with a wrong name or password.",
      from: "server",
      family: "failed_login_attempts_total",
    },
  },
  conversions: {
    signup: { help: "Accounts created.", from: "server", family: "user_registrations_total" },
    purchase: {
      help: "Orders paid.",
      from: "server",
      labels: {
        payment_method: ["card", "paypal", "transfer"],
        product_category: ["electronics", "books"],
      },
      value: { money: ["USD"] },
      name: "orders_created_total",
      primary: true,
    },
  },
  gauges: { sessions_open: { help: "People who are logged in." } },
  jobs: {
    welcome_mail: { help: "Letters to new accounts." },
    dashboard: { help: "Sums of the dashboard." },
  },
  aliases: {
    frontend_page_views_total: "rum_page_views_total",
    frontend_button_clicks_total: "rum_clicks_total",
    frontend_page_load_duration_seconds: { of: "rum_page_load_seconds", labels: { phase: "load" } },
    revenue_total_dollars: { of: "revenue_total", labels: { currency: "USD" } },
  },
  alerts: {
    many_errors: {
      when: {
        ratio: "http_requests_total",
        to: "http_requests_total",
        labels: { status: "500" },
        over: "1m",
        above: 0.1,
      },
      severity: "warning",
      summary: "{value} of the requests of the last minute failed.",
    },
  },
  objectives: { reliable_api: { http: { errorsBelow: 0.05 } } },
});
