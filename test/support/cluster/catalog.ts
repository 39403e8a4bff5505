import { defineCatalog } from "@rumkit/protocol";

/** Holds for longer than a test. */
const manyViews = (route: string) =>
  ({ increase: "rum_page_views_total", labels: { route }, over: "2m", above: 50 }) as const;

/** A shop whose counts have every form: counters, money, observations, funnels, and alerts. */
export const catalog = defineCatalog({
  app: "shop",
  routes: ["/", "/product", "/cart"],
  actions: { press: { help: "Presses.", labels: { key: ["x", "y"] } } },
  conversions: {
    wish: { help: "Wishes.", value: { money: ["EUR", "JPY"] } },
    purchase: { help: "Orders.", from: "server", value: { money: ["EUR"] } },
  },
  measurements: { effort: { help: "Effort.", unit: "seconds", buckets: [0.25, 0.5, 1] } },
  funnels: { buying: ["page_view:/product", "action:press", "conversion:wish"] },
  alerts: {
    presses: {
      when: { increase: "rum_actions_total", labels: { key: "y" }, over: "8s", above: 2 },
      severity: "critical",
    },
    crowd: { when: manyViews("/product"), severity: "critical" },
    carts: { when: manyViews("/cart"), severity: "warning" },
  },
});
