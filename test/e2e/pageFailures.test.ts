/**
 * Failures in a page, in three engines: what is thrown counts once, notices of the browser count apart, and what fails
 * before the client starts is not lost. One browser and one tab of each kind, and one server.
 */
import { earlySnippet } from "@rumkit/browser";
import { type Batch, defineCatalog, type PageEvent } from "@rumkit/protocol";
import type { HttpBindings } from "@hono/node-server";
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startChromium } from "../support/engines/chromium.ts";
import type { Engine, EnginePage } from "../support/engines/engine.ts";
import { startFirefox } from "../support/engines/firefox.ts";
import { startWebkit } from "../support/engines/webkit.ts";
import { type PageServer, startPageServer } from "../support/pageServer.ts";
import { arrived } from "../support/visits.ts";

const catalog = defineCatalog({
  app: "failures",
  routes: ["/", "/early"],
  actions: { end: { help: "Ends." } },
});

/** A page under a strict policy, in which everything fails before the client is there. */
const EARLY = `<!doctype html><meta charset=utf-8><title>Early</title><link rel=icon href=data:,>
  <script>${earlySnippet}</script><script src=/fails.js></script><img src=/missing.png><script src=/page.js defer></script>`;
const FAILS = `
  Promise.reject(new RangeError("rejected early"));
  null.early;`;

let server: PageServer;
beforeAll(async () => {
  const hash = createHash("sha256").update(earlySnippet).digest("base64");
  server = await startPageServer(
    catalog,
    `import { createMetrics } from "@rumkit/browser"; globalThis.metrics = createMetrics();`,
    {},
    {
      routes: (app) => {
        app.get("/api/slow", () => new Promise<Response>(() => {}));
        app.get("/api/broken", ({ env }) => {
          (env as HttpBindings).outgoing.destroy();
          return new Promise<Response>(() => {});
        });
        app.get("/missing.png", (c) => c.text("none", 404));
        app.get("/fails.js", (c) => c.body(FAILS, 200, { "content-type": "text/javascript" }));
        app.get("/early", (c) =>
          c.html(EARLY, 200, { "content-security-policy": `script-src 'self' 'sha256-${hash}'` }),
        );
      },
    },
  );
});
afterAll(() => server.stop());

const ofVisit =
  (visit: number) =>
  ({ context }: Batch): boolean =>
    context?.["visit"] === visit;

/** The events of a visit, once the action that ends it has arrived. */
async function eventsOf(visit: number): Promise<PageEvent[]> {
  const isOfVisit = ofVisit(visit);
  const batches = await arrived(
    server,
    (batch) => isOfVisit(batch) && batch.events.some(({ type }) => type === "action"),
  );
  return batches.filter(isOfVisit).flatMap(({ events }) => events);
}

/** Errors and resources, by source and message, with their counts. */
function failuresOf(events: readonly PageEvent[]): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const event of events) {
    if (event.type !== "error" && event.type !== "resource_error" && event.type !== "error_click") continue;
    const key =
      event.type === "error" ? `${event.source} ${event.message ?? "…"}` : `${event.type} ${event.name}`;
    counted[key] = (counted[key] ?? 0) + (event.count ?? 1);
  }
  return counted;
}

let visits = 0;

/** Opens a page whose batches say of which visit they are. */
async function openVisit(engine: Engine, path: string): Promise<[EnginePage, visit: number]> {
  visits += 1;
  const page = await engine.open(`${server.origin}${path}`);
  await page.evaluate(`metrics.setContext({ visit: ${visits} })`);
  return [page, visits];
}

/** Ends a visit, and reads what arrived of it. */
async function end(page: EnginePage, visit: number): Promise<PageEvent[]> {
  // One expression, as WebKit's driver needs.
  await page.evaluate(`(metrics.trackAction("end"), metrics.flush(), 1)`);
  const events = await eventsOf(visit);
  await page.closeTab();
  return events;
}

/** `rejects`: the browser rejects the pending requests of a page that its user leaves. */
describe.each<[name: string, start: () => Promise<Engine>, rejects: boolean]>([
  ["Chromium", startChromium, false],
  ["Firefox", startFirefox, true],
  ["WebKit", startWebkit, true],
])("%s", (_name, start, rejects) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await start();
  });
  afterAll(() => engine.quit());

  test("whatever is thrown counts once, and notices are not errors", async () => {
    const [page, visit] = await openVisit(engine, "/");
    await page.evaluate(`new Promise((resolve) => {
      const frame = document.body.appendChild(document.createElement("iframe"));
      const hostile = new Proxy({}, { get() { throw 1; } });
      const shared = new Error("thrown and rejected");
      const thrown = [
        "a text", 7, null, Symbol("symbol"), Object.create(null), Object.freeze(new Error("frozen")), hostile,
        new frame.contentWindow.Error("of another window"), new DOMException("refused", "NotFoundError"), shared,
      ];
      for (const each of thrown) setTimeout(() => { throw each; });
      for (const each of [undefined, "rejected text", shared, Object.create(null)]) Promise.reject(each);
      const cancel = new AbortController();
      fetch("/api/slow", { signal: cancel.signal });
      cancel.abort();
      const box = document.body.appendChild(document.createElement("div"));
      box.style.width = "20px";
      new ResizeObserver(() => { if (box.offsetWidth < 200) box.style.width = box.offsetWidth + 20 + "px"; }).observe(box);
      const until = () => box.offsetWidth < 200 ? setTimeout(until, 50) : setTimeout(() => resolve(1), 50);
      until();
    })`);
    const failures = failuresOf(await end(page, visit));
    const of = (source: string): string[] => Object.keys(failures).filter((key) => key.startsWith(source));
    const times = (source: string): number => of(source).reduce((sum, key) => sum + failures[key]!, 0);
    expect(failures).toMatchObject({
      "uncaught a text": 1,
      "uncaught 7": 1,
      "uncaught Symbol(symbol)": 1,
      "uncaught frozen": 1,
      "uncaught of another window": 1,
      "uncaught refused": 1,
      "rejection undefined": 1,
      "rejection rejected text": 1,
    });
    // Ten throws, four rejections, and one object that is among both.
    expect(times("uncaught") + times("rejection")).toBe(13);
    expect(of("notice").some((key) => /ResizeObserver loop/.test(key))).toBe(true);
    expect(of("notice").some((key) => /abort/i.test(key))).toBe(true);
  });

  test("what fails before the client starts counts once, with its stack, under a strict policy", async () => {
    const [page, visit] = await openVisit(engine, "/early");
    const events = await end(page, visit);
    const failures = failuresOf(events);
    expect(Object.values(failures)).toEqual([1, 1, 1]);
    expect(failures).toMatchObject({ "rejection rejected early": 1, "resource_error img": 1 });
    expect(events.find((event) => event.type === "error" && event.source === "uncaught")).toMatchObject({
      name: "TypeError",
      stack: expect.stringContaining("/fails.js"),
    });
  });

  test("requests that end because the user leaves are notices, and one that fails while the user stays is an error", async () => {
    const [page, visit] = await openVisit(engine, "/");
    await page.evaluate(`new Promise((resolve) => {
      addEventListener("unhandledrejection", () => resolve(1), { once: true });
      fetch("/api/broken");
    })`);
    // As a user who clicks a link, not as the driver does.
    await page.evaluate(
      `(fetch("/api/slow"), import("/api/slow"), setTimeout(() => { location.href = "/?elsewhere"; }), 1)`,
    );
    const sources = (): string[] =>
      server.batches
        .filter(ofVisit(visit))
        .flatMap(({ events }) => events)
        .flatMap((event) => (event.type === "error" ? [event.source] : []))
        .toSorted();
    await expect
      .poll(sources, { timeout: 100_000 })
      .toEqual([...(rejects ? ["notice", "notice"] : []), "rejection"]);
    await page.closeTab();
  });

  test("after document.write into a loaded page, a restart sees clicks and errors again", async () => {
    const [page, visit] = await openVisit(engine, "/");
    await page.evaluate(
      // The click itself throws: an error counts for a click of the last second, which a test may need to go on.
      `(document.write("<button data-rum=written onclick='throw new Error(this.dataset.rum)'>Written</button>"), document.close(), metrics.stop(), metrics.start(), metrics.flush(), 1)`,
    );
    await page.click("button");
    expect(failuresOf(await end(page, visit))).toMatchObject({
      "uncaught written": 1,
      "error_click written": 1,
    });
  });
});
