import type { LiveEvent } from "@rumkit/protocol";
import { expect, test } from "vitest";
import type { TailEntry } from "../stream/liveState.ts";
import { columnsOf, selectEvents, typesOf } from "./eventRows.ts";

const tailOf = (...events: Partial<LiveEvent>[]): TailEntry[] =>
  events.map((event, serial) => ({
    serial,
    event: { at: 0, source: "page", type: "action", name: "look", count: 1, details: {}, ...event },
  }));

test("columns that say nothing are hidden", () => {
  expect(columnsOf(tailOf({}, {}))).toEqual(["time", "type", "name"]);
  expect(columnsOf(tailOf({}, { source: "server" }))).toContain("source");
  expect(columnsOf(tailOf({}, { route: "/cart" }))).toContain("route");
  expect(columnsOf(tailOf({}, { count: 2 }))).toContain("count");
  expect(columnsOf(tailOf({}, { details: { a: 1 } }))).toContain("details");
  expect(columnsOf(tailOf({}, { money: { amount: 1999, currency: "USD" } }))).toContain("details");
});

test("events are selected by type, and by each word in any column", () => {
  const tail = tailOf(
    { name: "add_to_cart", route: "/cart" },
    { type: "conversion", name: "purchase", money: { amount: 1999, currency: "USD" } },
    { type: "error", name: "TypeError", details: { message: "cart is gone" } },
  );
  const names = (filter: string, type?: string) =>
    selectEvents(tail, { filter, type }).map(({ event }) => event.name);
  expect(names("")).toHaveLength(3);
  expect(names("CART")).toEqual(["add_to_cart", "TypeError"]);
  expect(names("cart error")).toEqual(["TypeError"]);
  expect(names("19.99")).toEqual(["purchase"]);
  expect(names("cart", "action")).toEqual(["add_to_cart"]);
});

test("the chosen type stays, also without an event of it", () => {
  expect(typesOf(tailOf({}, { type: "error" }, {}), "refund")).toEqual(["action", "error", "refund"]);
});
