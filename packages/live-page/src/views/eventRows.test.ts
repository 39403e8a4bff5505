import type { LiveEvent } from "@rumkit/protocol";
import { expect, test } from "vitest";
import type { TailEntry } from "../stream/liveState.ts";
import { columnsOf, selectEvents, sharedDetails, typesOf } from "./eventRows.ts";

const tailOf = (...events: Partial<LiveEvent>[]): TailEntry[] =>
  events.map((event, serial) => ({
    serial,
    event: { at: 0, source: "page", type: "action", name: "look", count: 1, details: {}, ...event },
  }));

const columns = (tail: TailEntry[]) => columnsOf(tail, sharedDetails(tail));

test("columns that say nothing are hidden", () => {
  expect(columns(tailOf({}, {}))).toEqual(["time", "type", "name"]);
  expect(columns(tailOf({}, { source: "server" }))).toContain("source");
  expect(columns(tailOf({}, { route: "/cart" }))).toContain("route");
  expect(columns(tailOf({}, { count: 2 }))).toContain("count");
  expect(columns(tailOf({}, { details: { a: 1 } }))).toContain("details");
  expect(columns(tailOf({}, { money: { amount: 1999, currency: "USD" } }))).toContain("details");
});

test("events are selected by type, and by each word in any column", () => {
  const tail = tailOf(
    { name: "add_to_cart", route: "/cart" },
    { type: "conversion", name: "purchase", money: { amount: 1999, currency: "USD" } },
    { type: "error", name: "TypeError", details: { message: "cart is gone" } },
  );
  const names = (filter: string, type = "") =>
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

test("what all events of pages share is said once, and no row repeats it", () => {
  const release = { details: { release: "1.4.0" } };
  expect(sharedDetails(tailOf(release, release, { source: "server" }, release))).toEqual(
    new Map([["release", "1.4.0"]]),
  );
  expect(columns(tailOf(release, release, release))).not.toContain("details");
  expect(columns(tailOf(release, release, { details: { release: "1.4.0", cart: 3 } }))).toContain("details");
});

test("what differs, or what one event does not have, stays in the rows", () => {
  const release = (of: string) => ({ details: { release: of } });
  expect(sharedDetails(tailOf(release("1"), release("1"), release("2")))).toEqual(new Map());
  expect(sharedDetails(tailOf(release("1"), release("1"), {}))).toEqual(new Map());
  expect(sharedDetails(tailOf(release("1"), release("1")))).toEqual(new Map());
});
