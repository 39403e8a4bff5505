/**
 * LCP and INP of the example shop with us, as ratios to the same shop without: `npm run bench -- shop`.
 *
 * The two are built alike, but that one has nothing in the place of `@rumkit/react`. A real Chromium walks
 * through both in turns, and each second pair in the other order; the figures are the browser's, read by the harness.
 * The ratio is the median of those of the pairs, whose two visits met the same machine, with the interval that holds the
 * true one with 95 %.
 */
import { cpus } from "node:os";
import { openBrowser } from "./openBrowser.ts";
import { isShort, orShort } from "./rounds.ts";
import { median } from "./page/median.ts";
import { serveShop } from "./shop/serveShop.ts";
import { SLOW_DOWN, type Visit, visitShop } from "./shop/visitShop.ts";

const ROUNDS = orShort(40);

const shops = [
  { title: "without", served: await serveShop({ isMeasured: false }), visits: [] as Visit[] },
  { title: "with rumkit", served: await serveShop({ isMeasured: true }), visits: [] as Visit[] },
];
const browser = await openBrowser();
console.log(`\n${cpus()[0]?.model.trim()}, ${cpus().length} cores, Chromium ${browser.version()}`);
try {
  // The first visit of a browser pays for its caches.
  if (!isShort) for (const { served } of shops) await visitShop(browser, served.origin);
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    const inOrder = turn % 2 === 0 ? shops : shops.toReversed();
    for (const { served, visits } of inOrder) visits.push(await visitShop(browser, served.origin));
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
const [without, measured] = shops;
const ratios = (name: keyof Visit): number[] =>
  measured!.visits.map((visit, pair) => visit[name] / without!.visits[pair]![name]);

/** The median, and its interval: between which of the ordered numbers it lies with 95 % (the sign test). */
function withInterval(numbers: readonly number[]): string {
  const sorted = numbers.toSorted((a, b) => a - b);
  const reach = 0.98 * Math.sqrt(sorted.length);
  const at = (index: number): string =>
    sorted[Math.min(Math.max(Math.round(index), 0), sorted.length - 1)]!.toFixed(2);
  const middle = (sorted.length - 1) / 2;
  return `${median(sorted).toFixed(2)} (${at(middle - reach)} – ${at(middle + reach)})`;
}

console.log(`\nMedians of ${ROUNDS} visits each at ${SLOW_DOWN} × slow-down, ms\n`);
console.table(
  rows.map(({ shop, lcp, inp, listeners, batches }) => ({
    shop,
    LCP: Math.round(lcp),
    INP: Math.round(inp),
    "in listeners": Number(listeners.toFixed(1)),
    batches,
  })),
);
console.log(`\nRatios of ${ROUNDS} pairs, with rumkit to without: median, and its 95 % interval\n`);
console.table({
  LCP: withInterval(ratios("lcp")),
  INP: withInterval(ratios("inp")),
  "in listeners": withInterval(ratios("listeners")),
});
