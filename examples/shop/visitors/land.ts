import type { PageEvent } from "@rumkit/protocol";
import type { Product } from "../products.ts";
import type { Random } from "./random.ts";
import { get, round, send, type Step, think, vital } from "./steps.ts";

/** The first page of a visit: that of a product, as from a search engine, or the list of all. */
export function land(random: Random, slow: boolean, product: Product | undefined): Step[] {
  const route = product ? `/product/${product.id}` : "/";
  const firstByte = slow ? random.between(0.6, 2.2) : random.between(0.03, 0.4);
  const firstPaint = firstByte + random.between(0.1, slow ? 1.5 : 0.6);
  return [
    send(
      arrive(random, slow, route),
      { type: "page_view", route, navigation: "hard" },
      ...(random.chance(0.3) ? [{ type: "feature", name: "dark_mode" } as const] : []),
    ),
    ...get(random, product ? `/api/products/${product.id}` : "/api/products"),
    think(random),
    send(
      load(random, firstByte, firstPaint, route),
      vital("TTFB", firstByte, route),
      vital("FCP", firstPaint, route),
      {
        ...vital("LCP", slow ? random.between(3, 6) : firstPaint + random.between(0.05, 1.2), route),
        part: random.pick(["image", "text"]),
        element: product ? "cover" : "products",
      },
    ),
  ];
}

function arrive(random: Random, slow: boolean, route: string): PageEvent {
  return {
    type: "session_start",
    route,
    device: random.pick(["desktop", "desktop", "mobile", "tablet"]),
    browser: random.pick(["chrome", "chrome", "safari", "firefox", "edge"]),
    connection: slow ? "3g" : "4g",
  };
}

function load(random: Random, firstByte: number, firstPaint: number, route: string): PageEvent {
  const complete = firstPaint + random.between(0.1, 0.8);
  return {
    type: "page_load",
    route,
    dns: round(random.between(0, 0.04)),
    connect: round(firstByte / 4),
    download: round(random.between(0.005, 0.05)),
    interactive: round(firstPaint),
    complete: round(complete),
    load: round(complete + 0.004),
    bytes: 1_184,
  };
}
