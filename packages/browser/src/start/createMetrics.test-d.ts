import { defineCatalog } from "@rumkit/protocol";
import { expectTypeOf, test } from "vitest";
import { createMetrics } from "./createMetrics.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/", "/product/:id"],
  actions: {
    add_to_cart: { help: "Added.", labels: { category: ["books", "games"] } },
    search: { help: "Searched." },
  },
  conversions: {
    wish: { help: "Wished.", value: { money: ["USD"] } },
    cart_addition: { help: "Added." },
    purchase: { help: "Paid.", from: "server" },
  },
  measurements: { search_duration: { help: "Search.", unit: "seconds", buckets: [1] } },
});
const { trackAction, trackConversion, trackPageView, measure } = createMetrics<typeof catalog>({
  start: false,
});

test("names of the catalog are accepted", () => {
  trackAction("add_to_cart", { category: "books", productId: 7, price: 19.99 });
  trackAction("search");
  trackConversion("wish", { value: 19.99, currency: "USD" });
  trackConversion("cart_addition", 1);
  trackPageView("/product/:id");
  measure("search_duration", 0.2);
});

test("other names are compile errors", () => {
  // @ts-expect-error no such action
  trackAction("fly");
  // @ts-expect-error no such category
  trackAction("add_to_cart", { category: "cars" });
  // @ts-expect-error the category is missing
  trackAction("add_to_cart", {});
  // @ts-expect-error the details are missing
  trackAction("add_to_cart");
  // @ts-expect-error the server reports it
  trackConversion("purchase");
  // @ts-expect-error another currency
  trackConversion("wish", { value: 1, currency: "EUR" });
  // @ts-expect-error no such route
  trackPageView("/nowhere");
  // @ts-expect-error a number is measured
  measure("search_duration", "fast");
});

type ShopCatalog = typeof catalog;
interface Shop extends ShopCatalog {}

test("an interface of the catalog has the same types, with a short name", () => {
  const shop = createMetrics<Shop>({ start: false });
  shop.trackAction("add_to_cart", { category: "books" });
  // @ts-expect-error no such category
  shop.trackAction("add_to_cart", { category: "cars" });
  // @ts-expect-error the server reports it
  shop.trackConversion("purchase");
});

test("without a catalog all names and details are accepted", () => {
  const untyped = createMetrics({ start: false });
  untyped.trackAction("anything", { at: "all" });
  untyped.trackConversion("cart_addition", 1);
  expectTypeOf(untyped.trackPageView).parameter(0).toEqualTypeOf<string>();
});
