import { defineCatalog } from "@rumkit/protocol";
import { expect, expectTypeOf, test, vi } from "vitest";
import { createMetricsWith } from "../client/createMetricsWith.ts";
import type { Metrics } from "../contract/metrics.ts";
import { createTestMetrics } from "./testing.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  actions: { add_to_cart: { help: "Items put into the cart.", labels: { category: ["books", "games"] } } },
});

test("has all functions of a client, and records each", () => {
  const metrics = createTestMetrics();
  const names = Object.keys(createMetricsWith([], { start: false })) as (keyof Metrics)[];
  for (const name of names) (metrics[name] as (...given: unknown[]) => void)("a", 1);
  expect(metrics.calls).toEqual(names.map((name) => [name, "a", 1]));
});

test("records calls in order and by function until cleared", () => {
  const metrics = createTestMetrics<typeof catalog>();
  const { trackAction, trackPageView } = metrics;
  trackPageView("/");
  trackAction("add_to_cart", { category: "books" });
  trackAction("add_to_cart", { category: "games" });
  expect(metrics.calls).toEqual([
    ["trackPageView", "/"],
    ["trackAction", "add_to_cart", { category: "books" }],
    ["trackAction", "add_to_cart", { category: "games" }],
  ]);
  expect(metrics.callsOf("trackAction")).toEqual([
    ["add_to_cart", { category: "books" }],
    ["add_to_cart", { category: "games" }],
  ]);
  expect(createTestMetrics().calls).toEqual([]);
  metrics.clear();
  expect(metrics.calls).toEqual([]);
});

test("is typed by the catalog", () => {
  const metrics = createTestMetrics<typeof catalog>();
  expectTypeOf(metrics).toExtend<Metrics<typeof catalog>>();
  const [first] = metrics.callsOf("trackAction");
  expectTypeOf(first?.[0]).toEqualTypeOf<"add_to_cart" | undefined>();
  // @ts-expect-error -- The catalog has no such action.
  metrics.trackAction("add_to_basket", { category: "books" });
});

test("uses neither network nor storage nor page", () => {
  const fetched = vi.spyOn(globalThis, "fetch");
  const listened = vi.spyOn(EventTarget.prototype, "addEventListener");
  const metrics = createTestMetrics();
  metrics.start();
  metrics.trackPageView("/");
  metrics.flush();
  metrics.stop();
  expect(fetched).not.toHaveBeenCalled();
  expect(listened).not.toHaveBeenCalled();
  expect(sessionStorage.length + localStorage.length).toBe(0);
});
