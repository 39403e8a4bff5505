import { defineCatalog } from "@rumkit/protocol";

export const hostileCatalog = defineCatalog({
  app: "shop",
  routes: ["/", "/product/:id"],
  actions: { add: { help: "Added.", labels: { category: ["books", "games"] } } },
  conversions: { wish: { help: "Wishes.", value: { money: ["USD"] } } },
  measurements: { size: { help: "Sizes.", unit: "bytes", buckets: [1_000] } },
});
