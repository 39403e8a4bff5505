import { type OrderRequest, type PaymentMethod, priceOrder } from "../orders.ts";
import { type Currency, type Product, products } from "../products.ts";
import { type Release, releases } from "../release.ts";
import { carryExperience } from "./carryExperience.ts";
import { land } from "./land.ts";
import type { Random } from "./random.ts";
import { get, round, send, type Step, think, vital } from "./steps.ts";
import { walkFunnels } from "./walkFunnels.ts";

/**
 * One visit as a list of steps: the same state of `random` gives the same visit.
 *
 * The mix is that of a healthy shop with a few bad moments: one visit in seven is slow, one in twelve meets
 * an error, and who waits buys half as often. With a faulty release, nearly everyone who lands on a product waits,
 * some see a broken page, and few buy.
 */
export function describeVisit(random: Random, release: Release = releases.first): Step[] {
  const { isFaulty } = release;
  const basket = fillBasket(random);
  const [first, ...others] = basket;
  const landing = random.chance(0.65) ? first : undefined;
  const slow = random.chance(isFaulty && landing ? 0.95 : 0.14);
  const steps = [
    ...land(random, slow, landing),
    ...(random.chance(0.3) ? search(random) : []),
    ...(landing ? consider(random, landing) : []),
    ...(landing ? others : basket).flatMap((product) => look(random, product, isFaulty)),
    ...(isFaulty && first && random.chance(0.3) ? meetBrokenPage(first) : []),
    ...(random.chance(0.08) ? stumble(random) : []),
    // Rare: the objective allows one request in a hundred to fail, also among the first hundred.
    ...(random.chance(0.003) ? get(random, "/api/fail", 500) : []),
    ...(random.chance(0.06) ? openAccount(random) : []),
    ...(random.chance(isFaulty ? 0.08 : slow ? 0.2 : 0.4) ? checkOut(random, basket) : []),
    ...leave(random, slow),
  ];
  return walkFunnels(carryExperience(steps));
}

function search(random: Random): Step[] {
  const term = random.pick(["owl", "low", "games", "music", "the"]);
  return [
    think(random),
    ...get(random, `/api/products?search=${term}`),
    send(
      { type: "action", route: "/", name: "search", details: { results: Math.floor(random.between(1, 4)) } },
      { type: "measurement", route: "/", name: "search_duration", value: random.between(0.015, 0.3) },
    ),
  ];
}

function look(random: Random, product: Product, isFaulty: boolean): Step[] {
  return [
    think(random),
    ...get(random, `/api/products/${product.id}`, 200, isFaulty ? random.between(0.6, 1.5) : undefined),
    send({ type: "page_view", route: `/product/${product.id}`, navigation: "soft" }),
    ...consider(random, product),
  ];
}

/** Reads about a product, and takes it or does not. */
function consider(random: Random, { id, category }: Product): Step[] {
  const route = `/product/${id}`;
  const takes = random.chance(0.7);
  return [
    think(random),
    ...(takes
      ? [
          send(
            { type: "click", route, name: "add_to_cart" },
            { type: "action", route, name: "add_to_cart", details: { category, product: id } },
          ),
        ]
      : []),
    ...(takes && random.chance(0.1)
      ? [
          send(
            { type: "page_view", route: "/cart", navigation: "soft" },
            { type: "action", route: "/cart", name: "remove_from_cart", details: { category } },
          ),
        ]
      : []),
  ];
}

/** The product page of the faulty release, where a product has no reviews. */
function meetBrokenPage({ id }: Product): Step[] {
  const message = "Cannot read properties of undefined (reading 'stars')";
  const stack = `TypeError: ${message}\n    at Reviews (/assets/index.js:1:9127)`;
  return [
    send({ type: "error", route: `/product/${id}`, source: "uncaught", name: "TypeError", message, stack }),
  ];
}

/** Something goes wrong: in the page, in a promise, or in the backend. */
function stumble(random: Random): Step[] {
  const error = { type: "error", route: "/" } as const;
  return random.pick<Step[]>([
    [
      send({
        ...error,
        source: "uncaught",
        name: "TypeError",
        message: "Cannot read properties of undefined (reading 'price')",
        stack: "TypeError: Cannot read properties of undefined\n    at Product (/assets/index.js:1:2042)",
      }),
    ],
    [send({ ...error, source: "rejection", name: "NetworkError", message: "The connection was lost." })],
    [send({ ...error, source: "handled", name: "RangeError", message: "The cart is from another release." })],
    get(random, "/api/slow", 200, random.between(1.5, 2)),
    [
      send({ type: "click", route: "/", name: "search" }, { type: "rage_click", name: "search" }),
      send({ type: "dead_click", name: "search", count: 3 }),
    ],
  ]);
}

function openAccount(random: Random): Step[] {
  const number = Math.floor(random.between(0, 1e9));
  const body = { email: `visitor${number}@shop.example`, password: "correct horse" };
  const forgetful = random.chance(0.3);
  return [
    send(
      { type: "page_view", route: "/register", navigation: "soft" },
      { type: "form_start", name: "register" },
    ),
    think(random),
    send({ type: "form_submit", route: "/register", name: "register" }),
    { kind: "request", method: "POST", path: "/api/register", body },
    send({ type: "page_view", route: "/login", navigation: "soft" }),
    {
      kind: "request",
      method: "POST",
      path: "/api/login",
      body: forgetful ? { ...body, password: "wrong horse" } : body,
    },
    ...(forgetful ? [] : [think(random), { kind: "request", method: "POST", path: "/api/logout" } as const]),
  ];
}

/** Cart and checkout; three of four who come so far also pay. */
function checkOut(random: Random, basket: readonly Product[]): Step[] {
  const items = basket.map(({ id }) => ({ id, quantity: random.chance(0.15) ? 2 : 1 }));
  const currency = random.pick<Currency>(["USD", "USD", "EUR"]);
  const paymentMethod = random.pick<PaymentMethod>(["card", "card", "paypal"]);
  const order: OrderRequest = { items, currency, paymentMethod };
  const route = "/checkout";
  return [
    send({ type: "page_view", route: "/cart", navigation: "soft" }),
    think(random),
    send(
      { type: "click", route: "/cart", name: "checkout" },
      { type: "page_view", route, navigation: "soft" },
      { type: "conversion", route, name: "checkout_intent", amount: priceOrder(items, currency), currency },
    ),
    think(random),
    ...(random.chance(0.75) ? [...pay(order), ...(random.chance(0.08) ? giveBack(random) : [])] : []),
  ];
}

function pay(order: OrderRequest): Step[] {
  return [
    send({ type: "click", route: "/checkout", name: "pay" }),
    { kind: "request", method: "POST", path: "/api/checkout", body: order },
    send({ type: "page_view", route: "/thanks", navigation: "soft" }),
  ];
}

/** A buyer returns an order: the whole order is paid back. */
function giveBack(random: Random): Step[] {
  return [think(random), { kind: "request", method: "POST", path: "/api/orders/:order/refund" }];
}

/** INP and CLS are final when the page is left; like the other vitals they belong to the page that was loaded. */
function leave(random: Random, slow: boolean): Step[] {
  return [
    think(random),
    send(
      {
        ...vital("INP", slow ? random.between(0.15, 0.7) : random.between(0.02, 0.18)),
        part: random.pick(["input_delay", "processing", "presentation"]),
        party: "first",
        element: "add_to_cart",
      },
      vital("CLS", random.chance(0.1) ? random.between(0.1, 0.4) : random.between(0, 0.08)),
      { type: "visible", route: "/", value: round(random.between(2, 90)) },
    ),
  ];
}

function fillBasket(random: Random): Product[] {
  const [first, ...others] = products;
  const size = 1 + Math.floor(random.between(0, 3));
  const picked = Array.from({ length: size }, () => first && random.pick([first, ...others]));
  return [...new Set(picked)].filter((product) => product !== undefined);
}
