import { defineCatalog, type PageEvent } from "@rumkit/protocol";
import { expect, test } from "vitest";
import { describeVisit, type Visit } from "./describeVisit.ts";
import { familiesOf } from "./families.ts";
import { FIRST_SITE, siteOf } from "./site.ts";
import { toBatches } from "./toBatches.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/", "/products/new", "/products/:id", "/cart", "/docs/*"],
  actions: {
    add_to_cart: { help: "Products in the cart.", labels: { category: ["books", "games"] } },
    login: { help: "Logins.", from: "server" },
  },
  conversions: {
    checkout: { help: "Checkouts.", value: { money: ["USD", "JPY", "KWD"] } },
    purchase: { help: "Orders.", from: "server", value: { money: ["USD"] } },
  },
  measurements: {
    search: { help: "Searches.", unit: "seconds", buckets: [0.1, 1], labels: { kind: ["text", "image"] } },
    payment: { help: "Payments.", unit: "seconds", buckets: [0.1, 1], from: "server" },
  },
  features: { dark_mode: { help: "Dark colors." } },
  endpoints: ["/api/products/:id"],
  funnels: {
    buy: ["page_view:/products/:id", "action:add_to_cart", "page_view:/cart", "conversion:checkout"],
  },
});
const site = siteOf(catalog);

function visits(seed: number, count: number, thinkMs = 1_000, of = site): Visit[] {
  return Array.from({ length: count }, (_, visit) => describeVisit(of, { seed, visitor: 0, visit, thinkMs }));
}

const eventsOf = (visit: Visit): PageEvent[] => visit.events.map(({ event }) => event);

test("the same seed gives the same visits, another seed, visitor or visit another one", () => {
  expect(visits(7, 50)).toEqual(visits(7, 50));
  expect(visits(7, 50)).not.toEqual(visits(8, 50));
  const distinct = new Set(visits(7, 200).map((visit) => JSON.stringify(visit)));
  expect(distinct.size).toBe(200);
  const numbers = { seed: 7, visit: 0, thinkMs: 1_000 };
  expect(describeVisit(site, { ...numbers, visitor: 1 })).not.toEqual(
    describeVisit(site, { ...numbers, visitor: 2 }),
  );
});

test("the think time changes when things happen, and not what", () => {
  const withoutVisible = (visit: Visit): PageEvent[] =>
    eventsOf(visit).filter(({ type }) => type !== "visible");
  expect(visits(3, 20, 0).map(withoutVisible)).toEqual(visits(3, 20, 5_000).map(withoutVisible));
});

test("visits hold every kind of event that is compared, and nothing that only the server reports", () => {
  const events = visits(1, 1_000).flatMap(eventsOf);
  const types = new Set(events.map(({ type }) => type));
  expect([...types].toSorted()).toEqual(
    familiesOf(site.measurements)
      .flatMap(({ types: compared }) => compared)
      .toSorted(),
  );
  const names = new Set(events.flatMap((event) => ("name" in event ? [event.name] : [])));
  for (const name of ["login", "purchase", "payment"]) expect(names).not.toContain(name);
  for (const name of ["add_to_cart", "checkout", "search", "dark_mode", "buy"]) expect(names).toContain(name);
});

test("a session comes to each step of a funnel once, in order, and fewer sessions to each later one", () => {
  const reached = [0, 0, 0, 0];
  for (const visit of visits(2, 500)) {
    const steps = eventsOf(visit).flatMap((event) => (event.type === "funnel_step" ? [event.step] : []));
    expect(steps).toEqual(steps.map((_, index) => index + 1));
    for (const step of steps) reached[step - 1]! += 1;
  }
  expect(reached).toEqual(reached.toSorted((a, b) => b - a));
  expect(reached[3]).toBeGreaterThan(20);
});

test("paths match their pattern, also behind one that takes some of them", () => {
  const paths = new Set(
    visits(4, 300)
      .flatMap(eventsOf)
      .flatMap((event) => event.route ?? []),
  );
  const routes = new Set([...paths].map((path) => site.matchRoute(path)));
  expect([...routes].toSorted()).toEqual(catalog.routes.toSorted());
  expect([...paths].some((path) => /^\/products\/\d+$/.test(path))).toBe(true);
});

test("money has the digits of its currency", () => {
  const digits: Record<string, number> = { USD: 2, JPY: 0, KWD: 3 };
  const money = visits(5, 1_000)
    .flatMap(eventsOf)
    .flatMap((event) => (event.type === "conversion" ? [event.details!] : []));
  expect(new Set(money.map(({ currency }) => currency)).size).toBe(3);
  for (const { value, currency } of money)
    expect(String(value).split(".")[1]?.length ?? 0).toBeLessThanOrEqual(digits[String(currency)]!);
});

test("a catalog without routes, actions and funnels has visits, too", () => {
  const bare = siteOf({ app: "bare", routes: [] });
  for (const each of [bare, FIRST_SITE])
    expect(
      visits(6, 100, 1_000, each).every((visit) => eventsOf(visit).some(({ type }) => type === "page_view")),
    ).toBe(true);
});

test("batches hold every event once, in order, within the limits of a page", () => {
  for (const thinkMs of [0, 1_000, 20_000]) {
    for (const visit of visits(8, 100, thinkMs)) {
      const batches = toBatches(visit.events);
      const sent = batches.flatMap(({ events }) => events).map(({ type }) => type);
      expect(sent).toEqual(eventsOf(visit).map(({ type }) => type));
      expect(Math.max(...batches.map(({ events }) => events.length))).toBeLessThanOrEqual(30);
      const times = batches.map(({ atMs }) => atMs);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
  }
});

test("a page sends its events after five seconds, and a conversion after one", () => {
  const view = { type: "page_view", route: "/" } as const;
  const conversion = { type: "conversion", route: "/", name: "checkout" } as const;
  const batches = toBatches([
    { atMs: 0, event: view },
    { atMs: 4_000, event: view },
    { atMs: 6_000, event: conversion },
    { atMs: 9_000, event: view },
  ]);
  expect(batches.map(({ atMs, events }) => [atMs, events.length])).toEqual([
    [5_000, 2],
    [7_000, 1],
    [9_000, 1],
  ]);
});
