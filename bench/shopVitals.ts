/**
 * LCP and INP of the example shop with us, as ratios to the same shop without: `npm run bench -- shop`.
 *
 * The two are built alike, but that one has nothing in the place of `@rumkit/react`. A real Chromium walks
 * through both in turns; the figures are the browser's, read by the harness.
 */
import { cpus } from "node:os";
import { launchChromium } from "../test/e2e/chromium.ts";
import { isShort, orShort } from "./rounds.ts";
import { median } from "./page/median.ts";
import { serveShop } from "./shop/serveShop.ts";
import { SLOW_DOWN, type Visit, visitShop } from "./shop/visitShop.ts";

const ROUNDS = orShort(15);

const shops = [
  { title: "without", served: await serveShop({ isMeasured: false }), visits: [] as Visit[] },
  { title: "with rumkit", served: await serveShop({ isMeasured: true }), visits: [] as Visit[] },
];
const browser = await launchChromium();
console.log(`\n${cpus()[0]?.model.trim()}, ${cpus().length} cores, Chromium ${browser.version()}`);
try {
  // The first visit of a browser pays for its caches.
  if (!isShort) for (const { served } of shops) await visitShop(browser, served.origin);
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    for (const { served, visits } of shops) visits.push(await visitShop(browser, served.origin));
  }
} finally {
  await browser.close();
  for (const { served } of shops) await served.stop();
}

const rows = shops.map(({ title, served, visits }) => {
  const of = (name: keyof Visit): number => median(visits.map((visit) => visit[name]));
  const batches = served.batches();
  return { shop: title, lcp: of("lcp"), inp: of("inp"), listeners: of("listeners"), batches };
});
const without = rows[0]!;
console.log(`\nMedians of ${ROUNDS} visits each at ${SLOW_DOWN} × slow-down, ms\n`);
console.table(
  rows.map(({ shop, lcp, inp, listeners, batches }) => ({
    shop,
    LCP: Math.round(lcp),
    "× LCP": Number((lcp / without.lcp).toFixed(2)),
    INP: Math.round(inp),
    "× INP": Number((inp / without.inp).toFixed(2)),
    "in listeners": Number(listeners.toFixed(1)),
    "× listeners": Number((listeners / without.listeners).toFixed(2)),
    batches,
  })),
);
