import { type Batch, defineCatalog, type PageEvent } from "@rumkit/protocol";

export const catalog = defineCatalog({
  app: "shop",
  routes: ["/", "/product/:id", "/cart", "/checkout"],
  actions: {
    add_to_cart: { help: "Added.", labels: { category: ["books", "games"] } },
    search: { help: "Searches." },
  },
  conversions: { checkout_intent: { help: "Intents.", value: { money: ["USD"] } } },
  endpoints: ["/api/products", "/api/products/:id", "/api/checkout"],
});

const stack = Array.from(
  { length: 9 },
  (_, line) => `    at render${line} (https://shop.example/assets/index-4f2a.js:1:${line}0482)`,
);

/** Eleven events as a visit of a shop sends them; about 2 KB as JSON. */
export const events: PageEvent[] = [
  { type: "page_view", route: "/product/42", navigation: "soft", experience: "good" },
  { type: "click", name: "add-to-cart" },
  {
    type: "action",
    name: "add_to_cart",
    details: { category: "books", productId: "b-1042", price: 19.99, position: 3 },
  },
  {
    type: "action",
    route: "/",
    name: "search",
    details: { length: 11, results: 4, sorted: "by relevance" },
  },
  { type: "api_call", name: "/api/products", method: "GET", status: 200, value: 0.1184 },
  {
    type: "conversion",
    route: "/checkout",
    name: "checkout_intent",
    amount: 4998,
    currency: "USD",
    experience: "good",
    details: { items: 2, coupon: "AUTUMN" },
  },
  { type: "LCP", route: "/", value: 1.8642, part: "image", element: "hero" },
  { type: "CLS", value: 0.0312 },
  { type: "INP", value: 0.096, part: "processing", party: "first", element: "add-to-cart" },
  { type: "TTFB", value: 0.2104 },
  {
    type: "error",
    route: "/checkout",
    source: "uncaught",
    name: "TypeError",
    message: "Cannot read properties of undefined (reading 'total')",
    stack: ["TypeError: Cannot read properties of undefined (reading 'total')", ...stack].join("\n"),
  },
];

/** The place that every request fills with its own id. */
export const ID_PLACE = "0".repeat(32);

/** The session of every batch, unless a load spreads them. */
export const SESSION = "f".repeat(32);

/** Any odd number spreads consecutive ones over 32 bits, each once. */
const SPREAD = 0x9e_37_79_b1;

/** The id of a batch by its number: as different from the one before as the random ids of pages. */
export function createId(index: number): string {
  const spread = Math.imul(index, SPREAD) >>> 0;
  return spread.toString(16).padStart(8, "0") + index.toString(16).padStart(24, "0");
}

/** The body of a batch, with `ID_PLACE` where its id belongs. */
export function createBody(): string {
  const batch: Batch = {
    v: 1,
    id: ID_PLACE,
    seq: 7,
    app: "shop",
    release: "1.4.0",
    session: SESSION,
    sentAt: 1_795_000_007_000,
    events,
  };
  return JSON.stringify(batch);
}
