/** An error in a built page, in a real Chromium: what the log says of it names the sources. */
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { defineCatalog } from "@rumkit/protocol";
import { createCollector, createLog, serveCollector } from "@rumkit/server";
import { Hono } from "hono";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.ts";

const ROOT = join(import.meta.dirname, "../..");
const RELEASE = "1.4.0";

const SOURCES: Readonly<Record<string, string>> = {
  "src/cart.ts": `export function totalOfCart(prices: readonly number[], owner: string): number {
  if (prices.length === 0) {
    throw new RangeError("The cart of " + owner + " is empty.");
  }
  return prices.reduce((sum, price) => sum + price, 0);
}
`,
  "src/main.ts": `import { createMetrics } from "@rumkit/browser";
import { totalOfCart } from "./cart.ts";

createMetrics({ release: "${RELEASE}" });

function payCart(): void {
  document.title = String(totalOfCart([], "ann@mail.example"));
}
document.querySelector("button")?.addEventListener("click", payCart);
`,
  "index.html": `<!doctype html><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">
<button data-rum="pay">Pay</button><script type="module" src="/src/main.ts"></script>`,
};

let folder: string;
const lines: string[] = [];

beforeAll(async () => {
  mkdirSync(join(ROOT, ".tmp"), { recursive: true });
  // Within the repository, so that the page finds the packages.
  folder = mkdtempSync(join(ROOT, ".tmp/stacks-"));
  mkdirSync(join(folder, "src"));
  for (const [name, text] of Object.entries(SOURCES)) writeFileSync(join(folder, name), text);
  await build({ root: folder, configFile: false, logLevel: "silent", build: { sourcemap: "hidden" } });
  cpSync(join(folder, "dist"), join(folder, `maps/${RELEASE}`), {
    recursive: true,
    filter: (path) => !/\.(js|html)$/.test(path),
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("an error in Chromium is a line with the sources' places, and without what is personal", async () => {
  const collector = createCollector({
    // A Chromium without a window says so, and is taken for a crawler.
    bots: "count",
    catalog: defineCatalog({ app: "shop", routes: ["/"] }),
    runtimeMetrics: false,
    sourceMaps: { directory: join(folder, "maps") },
    log: createLog({ destination: { write: (line: string) => lines.push(line) } }),
  });
  const app = new Hono();
  app.route("/", collector.app);
  app.get("/", (c) => c.html(readFileSync(join(folder, "dist/index.html"), "utf8")));
  const [script] = readdirSync(join(folder, "dist/assets")).filter((name) => name.endsWith(".js"));
  app.get(`/assets/${script}`, (c) =>
    c.body(readFileSync(join(folder, "dist/assets", script!), "utf8"), 200, {
      "content-type": "text/javascript",
    }),
  );
  const server = serveCollector({ collector, fetch: app.fetch });
  await once(server, "listening");
  const browser = await launchChromium();
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/?user=ann`);
  await page.click("button");
  await page.close({ runBeforeUnload: true });
  const errors = (): string[] => lines.filter((line) => line.includes('"page_error"'));
  await expect.poll(() => errors()).toHaveLength(1);
  await browser.close();
  server.close();
  await collector.stop();
  const line = JSON.parse(errors()[0]!) as Record<string, unknown>;
  expect(line).toMatchObject({
    level: "error",
    app: "shop",
    release: RELEASE,
    route: "/",
    browser: "chrome",
    resolved: true,
    msg: "RangeError: The cart of [email] is empty.",
  });
  expect(String(line["stack"]).split("\n").slice(0, 2)).toEqual([
    expect.stringContaining("(src/cart.ts:3:15)"),
    expect.stringContaining("(src/main.ts:7:27)"),
  ]);
  expect(lines.join("")).not.toMatch(/ann@|user=|127\.0\.0\.1|Mozilla/);
});
