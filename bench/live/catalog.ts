import { defineCatalog } from "@rumkit/protocol";

/** One goal, whose total of today the page shows: each event changes that number. */
export const catalog = defineCatalog({
  app: "shop",
  routes: ["/", "/product/:id", "/cart", "/checkout"],
  conversions: { signup: { help: "Accounts that were created.", primary: true } },
});
