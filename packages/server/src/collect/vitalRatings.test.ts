/** Web Vitals by device: `rum_vital_ratings_total` agrees with the histograms, whatever pages send. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineCatalog, DEVICES, NAVIGATIONS, type WebVitalName, webVitals } from "@rumkit/protocol";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { changes, scrape } from "../../../../test/support/scrape.ts";
import type { CollectorOptions } from "../collector/collector.ts";
import { createCollector } from "../collector/createCollector.ts";
import { openSqliteJournal } from "../journal/sqliteJournal.ts";

const catalog = defineCatalog({ app: "shop", routes: ["/"] });
const VITALS = Object.keys(webVitals) as WebVitalName[];
const RATINGS = /^rum_vital_ratings_total/;

const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1";
const MACINTOSH =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15";

type Started = ReturnType<typeof start>;

function start(options: Partial<CollectorOptions<typeof catalog>> = {}) {
  const collector = createCollector({ catalog, runtimeMetrics: false, ...options });
  onTestFinished(() => collector.stop());
  return collector;
}

let batches = 0;

function batchOf(session: string, events: readonly object[], more: object = {}): string {
  batches += 1;
  const id = batches.toString(16).padStart(32, "0");
  return JSON.stringify({ v: 1, id, session: session.repeat(32), sentAt: Date.now(), events, ...more });
}

async function send({ app }: Started, body: string, agent = MACINTOSH): Promise<void> {
  const headers = { origin: "http://localhost", "user-agent": agent };
  // 200 with a journal on a disk, 202 without.
  expect((await app.request("/collect", { method: "POST", headers, body })).ok).toBe(true);
}

const lcp = (value: number, more: object = {}) => ({ type: "LCP", value, route: "/", ...more });
const series = (vital: string, device: string, rating: string): string =>
  `rum_vital_ratings_total{vital="${vital}",device="${device}",rating="${rating}"}`;

test("all 45 series are there from the start, as 0", async () => {
  const found = [...(await scrape(start().app))].filter(([name]) => RATINGS.test(name));
  expect(found).toHaveLength(45);
  expect(found.every(([, value]) => value === 0)).toBe(true);
});

test("the device is what the session's start said, else what the User-Agent says", async () => {
  const collector = start();
  const before = await scrape(collector.app);
  // An iPad says in its session start that it is a tablet, and claims to be a Macintosh.
  await send(collector, batchOf("a", [{ type: "session_start", device: "tablet" }, lcp(1)]));
  await send(collector, batchOf("a", [lcp(3), lcp(2.5)]));
  await send(collector, batchOf("b", [lcp(4.1)]));
  await send(collector, batchOf("c", [lcp(1)]), IPHONE);
  expect(changes(before, await scrape(collector.app), RATINGS)).toEqual({
    [series("LCP", "tablet", "good")]: 2,
    [series("LCP", "tablet", "needs_improvement")]: 1,
    [series("LCP", "desktop", "poor")]: 1,
    [series("LCP", "mobile", "good")]: 1,
  });
});

test("only loaded documents count, and neither a refused value, nor a retry, nor a crawler", async () => {
  const collector = start();
  const before = await scrape(collector.app);
  const body = batchOf("a", [
    lcp(1),
    lcp(1, { navigation: "soft" }),
    lcp(1, { navigation: "bfcache" }),
    lcp(601),
    lcp(-1),
  ]);
  await send(collector, body);
  await send(collector, body);
  await send(collector, batchOf("b", [lcp(1)]), "Googlebot/2.1 (+http://www.google.com/bot.html)");
  expect(changes(before, await scrape(collector.app), RATINGS)).toEqual({
    [series("LCP", "desktop", "good")]: 1,
  });
});

test("whatever pages send, sampled or not, the ratings of all devices are the counts of the histograms", async () => {
  const collector = start();
  const event = fc.record({
    type: fc.constantFrom(...VITALS),
    value: fc.double({ min: 0, max: 8, noNaN: true }),
    route: fc.constantFrom("/", "/nowhere"),
    navigation: fc.constantFrom(...NAVIGATIONS),
    count: fc.integer({ min: 1, max: 3 }),
  });
  const batch = fc.record({
    session: fc.constantFrom("a", "b", "c"),
    device: fc.option(fc.constantFrom(...DEVICES)),
    rate: fc.constantFrom(1, 0.5, 0.3),
    events: fc.array(event, { minLength: 1, maxLength: 8 }),
    agent: fc.constantFrom(IPHONE, MACINTOSH),
  });
  const before = await scrape(collector.app);
  for (const { session, device, rate, events, agent } of fc.sample(batch, 60)) {
    const first = device === null ? [] : [{ type: "session_start", device }];
    await send(collector, batchOf(session, [...first, ...events], { rate }), agent);
  }
  const counted = Object.entries(changes(before, await scrape(collector.app), /^rum_/));
  const sumOf = (...parts: readonly string[]): number =>
    counted
      .filter(([name]) => parts.every((part) => name.includes(part)))
      .reduce((sum, [, value]) => sum + value, 0);
  for (const vital of VITALS) {
    const { metric, good, poor } = webVitals[vital];
    const rated = (rating: string): number => sumOf("rum_vital_ratings_total", `vital="${vital}"`, rating);
    const upTo = (edge: number): number => sumOf(`${metric}_bucket`, 'navigation="hard"', `le="${edge}"`);
    const all = sumOf(`${metric}_count`, 'navigation="hard"');
    expect(all).toBeGreaterThan(0);
    expect([vital, rated('rating="good"'), rated("rating=")]).toEqual([vital, upTo(good), all]);
    expect([vital, rated('rating="poor"')]).toEqual([vital, all - upTo(poor)]);
  }
});

test("they go on after a restart", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-ratings-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const restart = async (): Promise<Started> =>
    start({ journal: await openSqliteJournal({ path: join(folder, "rumkit.journal") }) });
  const first = await restart();
  await send(first, batchOf("a", [lcp(5)]));
  await first.stop();
  const second = await restart();
  await send(second, batchOf("a", [lcp(5)]));
  expect((await scrape(second.app)).get(series("LCP", "desktop", "poor"))).toBe(2);
});
