import { defineCatalog } from "@rumkit/protocol";

export const catalog = defineCatalog({
  app: "kills",
  routes: ["/", "/a", "/b", "/c"],
  actions: { press: { help: "Presses.", labels: { key: ["x", "y", "z"] } } },
  conversions: {
    wish: { help: "Wishes.", value: { money: ["EUR", "JPY"] } },
    purchase: { help: "Orders.", from: "server", value: { money: ["EUR"] } },
  },
  measurements: { effort: { help: "Effort.", unit: "seconds", buckets: [0.25, 0.5, 1] } },
});
