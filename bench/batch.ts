import { type Batch, defineCatalog, type PageEvent } from "@rumkit/protocol";

export const catalog = defineCatalog({
  app: "shop",
  routes: ["/", "/product/:id", "/cart", "/checkout"],
  actions: {
    add_to_cart: { help: "Added.", labels: { category: ["books", "games"] } },
    search: { help: "Searches." },
  },
  conversions: { checkout_intent: { help: "Intents.", value: { money: ["USD"] } } },
});

const at = 1_795_000_000_000;
const stack = Array.from(
  { length: 9 },
  (_, line) => `    at render${line} (https://shop.example/assets/index-4f2a.js:1:${line}0482)`,
);

/** Ten events as a visit of a shop sends them; about 2 KB as JSON. */
export const events: PageEvent[] = [
  { type: "page_view", at, route: "/product/42", navigation: "push" },
  { type: "click", at: at + 120, route: "/product/42", name: "add-to-cart" },
  {
    type: "action",
    at: at + 125,
    route: "/product/42",
    name: "add_to_cart",
    details: { category: "books", productId: "b-1042", price: 19.99, position: 3 },
  },
  {
    type: "action",
    at: at + 900,
    route: "/",
    name: "search",
    details: { length: 11, results: 4, sorted: "by relevance" },
  },
  {
    type: "conversion",
    at: at + 4200,
    route: "/checkout",
    name: "checkout_intent",
    amount: 4998,
    currency: "USD",
    details: { items: 2, coupon: "AUTUMN" },
  },
  { type: "vital", at: at + 5000, route: "/", name: "LCP", value: 1.8642 },
  { type: "vital", at: at + 5000, route: "/", name: "CLS", value: 0.0312 },
  { type: "vital", at: at + 5000, route: "/", name: "INP", value: 0.096 },
  { type: "vital", at: at + 5000, route: "/", name: "TTFB", value: 0.2104 },
  {
    type: "error",
    at: at + 6000,
    route: "/checkout",
    source: "uncaught",
    name: "TypeError",
    message: "Cannot read properties of undefined (reading 'total')",
    stack: ["TypeError: Cannot read properties of undefined (reading 'total')", ...stack].join("\n"),
  },
];

/** The place that every request fills with an id of its own. */
export const ID_PLACE = "0".repeat(32);

/** The body of a batch, with `ID_PLACE` where its id belongs. */
export function createBody(): string {
  const batch: Batch = {
    v: 1,
    id: ID_PLACE,
    seq: 7,
    app: "shop",
    release: "1.4.0",
    session: "f".repeat(32),
    sentAt: at + 7000,
    events,
  };
  return JSON.stringify(batch);
}
