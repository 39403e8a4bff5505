import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Catalog } from "@rumkit/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { scrape } from "../../../../test/support/scrape.ts";
import type { Collector } from "../collector/collector.ts";
import { createCollector } from "../collector/createCollector.ts";
import { createMemoryJournal } from "../journal/memoryJournal.ts";

const MAX = 20;
const HOUR = 3_600_000;
const catalog: Catalog = {
  app: "shop",
  routes: [],
  learnNames: { max: MAX },
  actions: { declared: { help: "Declared." } },
};

let collector: Collector<Catalog>;
let server: Server;
let origin: string;
beforeEach(async () => {
  vi.useFakeTimers({ now: 1_800_000_000_000, toFake: ["Date"] });
  await start();
});
afterEach(async () => {
  await stop();
  vi.useRealTimers();
});

async function start(journal = createMemoryJournal()): Promise<void> {
  collector = createCollector({
    catalog,
    journal,
    rateLimits: { perAddress: false, perApp: false },
    trustedProxies: ["127.0.0.1"],
    runtimeMetrics: false,
  });
  server = createServer(collector.nodeListener()).listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function stop(): Promise<void> {
  server.closeAllConnections();
  server.close();
  await collector.stop();
}

let batches = 0;
/** Reports actions by their names, from an address. */
async function report(address: string, names: readonly string[], type = "action"): Promise<void> {
  for (let at = 0; at < names.length; at += 200) {
    batches += 1;
    const id = batches.toString(16).padStart(32, "0");
    const events = names.slice(at, at + 200).map((name) => ({ type, name, value: 1 }));
    const body = JSON.stringify({ v: 1, id, session: id, sentAt: 1, events });
    const headers = { origin, "user-agent": "Mozilla/5.0 Firefox/140.0", "x-forwarded-for": address };
    const answer = await fetch(`${origin}/collect`, { method: "POST", headers, body });
    expect(answer.status).toBe(202);
  }
}

/** Actions by name. */
async function actions(): Promise<Map<string, number>> {
  const series = [...(await scrape(collector.app))].filter(([name]) => name.startsWith("rum_actions_total{"));
  return new Map(series.map(([name, value]) => [/action="([^"]*)"/.exec(name)![1]!, value]));
}

const invented = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}_${index}`);
const STRANGER = "198.51.100.1";

test("one address that takes every place, and keeps it, loses one to a name that two addresses report", async () => {
  await report(STRANGER, invented("junk", MAX));
  await report("203.0.113.1", ["add_to_cart"]);
  expect((await actions()).get("add_to_cart")).toBeUndefined();
  await report("203.0.113.2", ["add_to_cart"]);
  expect((await actions()).get("add_to_cart")).toBe(1);
  // The stranger reports its own again, new ones too, and the one that it wants to push out.
  for (let round = 0; round < 5; round += 1) {
    await report(STRANGER, [...invented("junk", MAX), ...invented(`new${round}`, 500), "add_to_cart"]);
    await report("203.0.113.3", ["add_to_cart"]);
  }
  const counted = await actions();
  expect(counted.get("add_to_cart")).toBe(11);
  expect([...counted.keys()].filter((name) => name.startsWith("junk"))).toHaveLength(MAX - 1);
});

test("a flood of names by strangers does not make names of visitors wait for ever", async () => {
  await report(STRANGER, invented("junk", MAX));
  const honest = ["add_to_cart", "sign_up", "search"];
  for (let visitor = 0; visitor < 3; visitor += 1) {
    await report(`203.0.113.${visitor}`, honest);
    for (let stranger = 0; stranger < 20; stranger += 1)
      await report(`198.51.100.${stranger}`, invented(`flood_${visitor}_${stranger}`, 1_000));
  }
  const counted = await actions();
  expect(honest.map((name) => counted.get(name))).toEqual([2, 2, 2]);
});

test("names of visitors stay when strangers with fewer addresses want their places", async () => {
  const honest = invented("honest", MAX);
  for (let visitor = 0; visitor < 4; visitor += 1) await report(`203.0.113.${visitor}`, honest);
  for (let stranger = 0; stranger < 4; stranger += 1)
    await report(`198.51.100.${stranger}`, invented("junk", MAX));
  expect([...(await actions()).keys()].filter((name) => name.startsWith("junk"))).toEqual([]);
});

test("sums stay exact when a name loses its place", async () => {
  await report(STRANGER, invented("junk", MAX));
  for (let visitor = 0; visitor < 5; visitor += 1) await report(`203.0.113.${visitor}`, invented("page", 30));
  const shown = [...(await actions()).values()].reduce((sum, value) => sum + value, 0);
  const text = await (await collector.app.request("/metrics")).text();
  const ended = Number(/^rum_series_ended_value_total\{metric="rum_actions_total"\} (\d+)$/m.exec(text)?.[1]);
  expect(ended).toBe(MAX);
  expect(shown + ended).toBe(MAX + 5 * 30);
});

test("a name that is declared needs no place, and the app's own code none of those of pages", async () => {
  await report(STRANGER, invented("junk", 50));
  await report("203.0.113.1", ["declared"]);
  await (collector.trackAction as (name: string) => Promise<unknown>)("by_the_backend");
  expect((await actions()).get("declared")).toBe(1);
  expect((await scrape(collector.app)).get('actions_total{action="by_the_backend"}')).toBe(1);
});

test("names of a journal keep their places for a day", async () => {
  const journal = createMemoryJournal();
  const saved = invented("honest", MAX).map((action) => ({
    metric: "rum_actions_total",
    labels: { action },
    value: 7,
  }));
  await stop();
  await start({ ...journal, saved });
  for (let stranger = 0; stranger < 3; stranger += 1)
    await report(`198.51.100.${stranger}`, invented("junk", MAX));
  expect([...(await actions()).keys()].filter((name) => name.startsWith("junk"))).toEqual([]);
  vi.setSystemTime(Date.now() + 12 * HOUR);
  for (let visitor = 0; visitor < 2; visitor += 1)
    await report(`203.0.113.${visitor}`, invented("honest", MAX));
  expect((await actions()).get("honest_0")).toBe(9);
});

test.each(["action", "conversion", "measurement", "feature"])(
  "%s: each kind has its own places",
  async (type) => {
    await report(STRANGER, invented("junk", MAX), type);
    for (const visitor of ["203.0.113.1", "203.0.113.2"]) await report(visitor, ["real"], type);
    const series = [...(await scrape(collector.app)).keys()].filter((name) => name.includes('="real"'));
    expect(series.length).toBeGreaterThan(0);
  },
);
