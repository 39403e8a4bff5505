import { defineCatalog } from "@rumkit/protocol";
import type { Random } from "../../../examples/shop/visitors/random.ts";

/** Has something of everything that a session decides. */
export const catalog = defineCatalog({
  app: "visits",
  routes: ["/", "/product/:id", "/cart"],
  actions: { add_to_cart: { help: "Items.", labels: { category: ["books", "games"] } } },
  conversions: { wish: { help: "Wishes.", value: { money: ["EUR", "JPY"] } } },
  measurements: { effort: { help: "Effort.", unit: "seconds", buckets: [0.25, 0.5, 1] } },
  features: { dark_mode: { help: "Dark visits." } },
  funnels: { checkout: ["page_view:/product/:id", "action:add_to_cart", "page_view:/cart"] },
});

const BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
const TABLET = "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1";

/** A batch of a page, as it is sent. */
export interface VisitBatch {
  readonly session: string;
  readonly userAgent: string;
  readonly body: string;
}

/** Returns the batches of so many visits, the same for the same seed. One in twenty is a bot's; some numbers are missing. */
export function createVisits(random: Random, sessions: number): VisitBatch[] {
  return Array.from({ length: sessions }, () => createVisit(random)).flat();
}

function hexId(random: Random): string {
  return Array.from({ length: 32 }, () => Math.floor(random.between(0, 16)).toString(16)).join("");
}

function createVisit(random: Random): VisitBatch[] {
  const session = hexId(random);
  const userAgent = random.chance(0.05) ? BOT : random.pick([BROWSER, TABLET]);
  const device = random.pick(["desktop", "mobile", "tablet"]);
  const experience = random.pick(["good", "needs_improvement", "poor"]);
  const batches = Math.floor(random.between(1, 5));
  return Array.from({ length: batches }, (_, index) => {
    const start =
      index === 0 ? [{ type: "session_start", device, browser: "firefox", connection: "4g" }] : [];
    const events = [...start, ...createEvents(random, experience)].map((event) => ({ route: "/", ...event }));
    // A batch that never arrived leaves a gap in the numbers.
    const seq = index + (index > 2 ? 1 : 0);
    return {
      session,
      userAgent,
      body: JSON.stringify({ v: 1, id: hexId(random), seq, session, sentAt: 0, events }),
    };
  });
}

function createEvents(random: Random, experience: string): object[] {
  // In steps of 1/1024, so that a sum of doubles is exact in whatever order.
  const between = (low: number, high: number): number => Math.floor(random.between(low, high) * 1024) / 1024;
  const route = random.pick(["/", "/product/:id", "/cart"]);
  const navigation = "hard";
  return [
    { type: "page_view", route, navigation, experience },
    { type: "LCP", route, navigation, value: between(0.2, 6) },
    { type: "INP", route, navigation, value: between(0.01, 0.8) },
    { type: "CLS", route, navigation, value: between(0, 0.4) },
    ...(random.chance(0.5)
      ? [{ type: "funnel_step", name: "checkout", step: Math.floor(random.between(1, 4)) }]
      : []),
    ...(random.chance(0.3)
      ? [{ type: "action", name: "add_to_cart", details: { category: random.pick(["books", "games"]) } }]
      : []),
    ...(random.chance(0.3)
      ? [
          {
            type: "conversion",
            name: "wish",
            amount: Math.floor(random.between(1, 1e6)),
            currency: "EUR",
            experience,
          },
        ]
      : []),
    { type: "measurement", name: "effort", value: between(0, 2) },
    ...(random.chance(0.1) ? [{ type: "action", name: "unknown" }] : []),
    ...(random.chance(0.1) ? [{ type: "error", message: "No", name: "TypeError", source: "uncaught" }] : []),
  ];
}
