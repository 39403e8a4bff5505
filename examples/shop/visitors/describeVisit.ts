import type { PageEvent, VitalEvent, WebVitalName, WebVitalRating } from "@rumkit/protocol";
import { type OrderRequest, type PaymentMethod, priceOrder } from "../orders.ts";
import { type Currency, type Product, products } from "../products.ts";
import { carryExperience } from "./carryExperience.ts";
import type { Random } from "./random.ts";
import { walkFunnels } from "./walkFunnels.ts";

/** One thing that a visitor does. `send` is one batch, `request` a call of the shop's API. */
export type Step =
  | { kind: "wait"; milliseconds: number }
  | { kind: "send"; events: PageEvent[] }
  /** In the path, `:order` is the visitor's last order. `experience` travels in the request's baggage. */
  | {
      kind: "request";
      method: "GET" | "POST";
      path: string;
      body?: unknown;
      experience?: WebVitalRating;
    };

/**
 * One visit as a list of steps: the same state of `random` gives the same visit.
 *
 * The mix is that of a healthy shop with a few bad moments: one visit in seven is slow, one in twelve meets
 * an error, and who waits buys half as often.
 */
export function describeVisit(random: Random): Step[] {
  const slow = random.chance(0.14);
  const basket = fillBasket(random);
  const steps = [
    ...land(random, slow),
    ...(random.chance(0.3) ? search(random) : []),
    ...basket.flatMap((product) => look(random, product)),
    ...(random.chance(0.08) ? stumble(random) : []),
    ...(random.chance(0.06) ? openAccount(random) : []),
    ...(random.chance(slow ? 0.2 : 0.4) ? checkOut(random, basket) : []),
    ...leave(random, slow),
  ];
  return walkFunnels(carryExperience(steps));
}

function land(random: Random, slow: boolean): Step[] {
  const firstByte = slow ? random.between(0.6, 2.2) : random.between(0.03, 0.4);
  const firstPaint = firstByte + random.between(0.1, slow ? 1.5 : 0.6);
  return [
    send(
      arrive(random, slow),
      { type: "page_view", route: "/", navigation: "hard" },
      ...(random.chance(0.3) ? [{ type: "feature", name: "dark_mode" } as const] : []),
    ),
    ...get(random, "/api/products"),
    think(random),
    send(load(random, firstByte, firstPaint), vital("TTFB", firstByte), vital("FCP", firstPaint), {
      ...vital("LCP", slow ? random.between(3, 6) : firstPaint + random.between(0.05, 1.2)),
      part: random.pick(["image", "text"]),
      element: "products",
    }),
  ];
}

function arrive(random: Random, slow: boolean): PageEvent {
  return {
    type: "session_start",
    route: "/",
    device: random.pick(["desktop", "desktop", "mobile", "tablet"]),
    browser: random.pick(["chrome", "chrome", "safari", "firefox", "edge"]),
    connection: slow ? "3g" : "4g",
  };
}

function load(random: Random, firstByte: number, firstPaint: number): PageEvent {
  const complete = firstPaint + random.between(0.1, 0.8);
  return {
    type: "page_load",
    route: "/",
    dns: round(random.between(0, 0.04)),
    connect: round(firstByte / 4),
    download: round(random.between(0.005, 0.05)),
    interactive: round(firstPaint),
    complete: round(complete),
    load: round(complete + 0.004),
    bytes: 1_184,
  };
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

function look(random: Random, { id, category }: Product): Step[] {
  const route = `/product/${id}`;
  const takes = random.chance(0.7);
  return [
    think(random),
    ...get(random, `/api/products/${id}`),
    send({ type: "page_view", route, navigation: "soft" }),
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
    get(random, "/api/fail", 500),
    get(random, "/api/slow"),
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

/** A second or so: shorter than people need, so that a newcomer soon sees the first order. */
function think(random: Random): Step {
  return { kind: "wait", milliseconds: Math.round(random.between(250, 1_100)) };
}

function vital(type: WebVitalName, value: number): VitalEvent {
  return { type, route: "/", navigation: "hard", value: round(value) };
}

/** To a tenth of a millisecond. */
function round(seconds: number): number {
  return Math.round(seconds * 1e4) / 1e4;
}

function send(...events: PageEvent[]): Step {
  return { kind: "send", events };
}

/** A call of the API, and what the page reports of it: never the query. */
function get(random: Random, path: string, status = 200): Step[] {
  const [name = path] = path.split("?");
  const value = round(path === "/api/slow" ? random.between(1.5, 2) : random.between(0.005, 0.12));
  return [
    { kind: "request", method: "GET", path },
    send({ type: "api_call", route: "/", name, method: "GET", status, value }),
  ];
}
