/**
 * One small app for each framework that docs/frameworks.md names, built for production with its recipe: the same
 * walk, compared with what the collector counted. Frameworks catch most errors and only write them to the console.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import type { createMetrics as CreateMetrics } from "@rumkit/browser";
import { defineCatalog } from "@rumkit/protocol";
import { createCollector } from "@rumkit/server";
import { Hono } from "hono";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { changes, scrape } from "../support/scrape.ts";
import { launchShell } from "../support/chromium.ts";
import { idle } from "../support/pageTime.ts";

const APPS = join(import.meta.dirname, "../frameworks");

const catalog = defineCatalog({ app: "frameworks", routes: ["/", "/home", "/about", "/gone"] });

/** The counts of the walk: views, clicks, and errors of every source. */
const COUNTED = /^rum_(page_views|clicks|js_errors|unhandled_rejections|error_clicks|events_rejected)_total/;

let browser: Browser;
beforeAll(async () => {
  browser = await launchShell();
});
afterAll(() => browser.close());

/** Builds an app as its users do, and serves it with a collector on the same origin. */
async function serveApp(name: string, program: string, args: readonly string[]): Promise<string> {
  const build = spawn(join(APPS, "node_modules/.bin", program), args, {
    cwd: join(APPS, name),
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_ENV: "production", ASTRO_TELEMETRY_DISABLED: "1" },
  });
  let output = "";
  for (const stream of [build.stdout, build.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
  expect(await once(build, "exit"), output).toEqual([0, null]);

  const collector = createCollector({ catalog, bots: "count", runtimeMetrics: false });
  const root = join(APPS, name, "dist");
  const app = new Hono().route("/", collector.app);
  app.get("/assets/gone.js", (c) => c.text("", 404));
  app.use(serveStatic({ root }));
  app.get("/about", serveStatic({ root, path: "about.html" }));
  app.get("/home", serveStatic({ root, path: "home.html" }));
  app.get("/", (c, next) => (name === "astro" ? c.redirect("/home") : next()));
  app.get("*", serveStatic({ root, path: "index.html" }));
  const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
  await once(server, "listening");
  onTestFinished(async () => {
    server.close();
    await collector.stop();
  });
  counted = async () => {
    const changed = Object.entries(changes(new Map(), await scrape(collector.app), COUNTED));
    // A busy machine has slower vitals.
    return Object.fromEntries(changed.map(([series, by]) => [series.replace(/,experience="\w+"/, ""), by]));
  };
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
let counted: () => Promise<Record<string, number>>;

test.each([
  {
    name: "vue",
    program: "vite",
    args: ["build", "--logLevel", "error"],
    clicks: ["handler", "async", "watcher", "gone", "render"],
    errors: { 'rum_js_errors_total{route="/home",source="handled"}': 5 },
  },
  {
    name: "svelte",
    program: "vite",
    args: ["build", "--logLevel", "error"],
    clicks: ["handler", "async", "watcher", "gone", "render"],
    // Svelte catches what its boundaries are for, and no more.
    errors: {
      'rum_js_errors_total{route="/home",source="handled"}': 1,
      'rum_js_errors_total{route="/home",source="uncaught"}': 2,
      'rum_unhandled_rejections_total{route="/home"}': 2,
    },
  },
  {
    name: "angular",
    program: "vite",
    args: ["build", "--logLevel", "error"],
    clicks: ["handler", "async", "watcher", "gone", "render"],
    // The rejected handler is seen by the page, before Angular.
    errors: {
      'rum_js_errors_total{route="/home",source="handled"}': 4,
      'rum_unhandled_rejections_total{route="/home"}': 1,
    },
  },
  {
    name: "astro",
    program: "astro",
    args: ["build", "--silent"],
    clicks: ["handler", "async", "gone"],
    errors: {
      'rum_js_errors_total{route="/home",source="uncaught"}': 1,
      'rum_unhandled_rejections_total{route="/home"}': 2,
    },
  },
])("$name: one view for a redirect at the first load, every click, and every error once", async (walk) => {
  const origin = await serveApp(walk.name, walk.program, walk.args);
  const page = await browser.newPage();
  await page.addInitScript(holdClockAfterClicks);
  await page.goto(`${origin}/`);
  for (const click of [...walk.clicks, "about"]) {
    const answered = click === "gone" ? page.waitForResponse(/gone/) : undefined;
    await page.click(`[data-rum=${click}]`);
    await answered;
    // Its error comes before the next click: an error belongs to the last one.
    await idle(page);
  }
  await page.waitForURL(/about/);
  await page.goto("about:blank");
  if (walk.name === "angular") await expectStableWithZones(origin);
  const perClick = (family: string, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [`${family}{element="${name}"}`, 1]));
  await expect.poll(counted).toEqual({
    'rum_page_views_total{route="/home",navigation="hard"}': 1,
    'rum_page_views_total{route="/about",navigation="soft"}': 1,
    ...perClick("rum_clicks_total", [...walk.clicks, "about"]),
    ...perClick("rum_error_clicks_total", walk.clicks),
    ...walk.errors,
  });
});

/**
 * Lets at most half a second pass from a click to the next one, by the page's clock: an error belongs to a click for a second,
 * and a busy machine may take longer to answer. Runs in the page.
 */
function holdClockAfterClicks(): void {
  const now = performance.now.bind(performance);
  let end = Infinity;
  addEventListener("click", ({ timeStamp }) => (end = timeStamp + 500), true);
  performance.now = () => Math.min(now(), end);
}

/** Tracks from within a zone, and returns how many timers wait in it then. Runs in the page. */
async function countTimersOfZone(): Promise<number> {
  const { Zone, createMetrics } = globalThis as unknown as {
    Zone: { root: { fork(spec: object): { run<Result>(call: () => Result): Result } } };
    createMetrics: typeof CreateMetrics;
  };
  let timers = 0;
  const zone = Zone.root.fork({
    name: "app",
    onScheduleTask(parent: any, _: unknown, target: unknown, task: { source: string }) {
      if (task.source === "setTimeout") timers += 1;
      return parent.scheduleTask(target, task);
    },
  });
  const metrics = zone.run(() => createMetrics({ url: "/nowhere/else" }));
  // Its start, which else waits for a paint.
  metrics.setConsent("granted");
  timers = 0;
  document.body.insertAdjacentHTML(
    "beforeend",
    "<form><input id=zone-field><button type=button></button></form>",
  );
  const form = document.body.lastElementChild as HTMLFormElement;
  zone.run(() => {
    metrics.trackAction("a");
    metrics.trackConversion("b");
    document
      .querySelector("#zone-field")!
      .dispatchEvent(new Event("input", { bubbles: true, composed: true }));
    form.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  });
  // By the page's clock: what these calls have set up to wait a quarter of a second has run by then.
  await new Promise((resolve) => setTimeout(resolve, 300));
  metrics.stop();
  form.remove();
  return timers;
}

/** Angular waits for every timer of its zone: for server rendering, tests, and service workers. */
async function expectStableWithZones(origin: string): Promise<void> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${origin}/home?zone`);
  await page.waitForFunction("globalThis.Zone !== undefined && globalThis.isStable === true");
  // Whatever is counted from within a zone, no timer of ours keeps it busy.
  const timers = await page.evaluate(`(${countTimersOfZone.toString()})()`);
  expect(timers).toBe(0);
  await page.close();
}
