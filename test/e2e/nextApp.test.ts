/**
 * A collector inside of an app of Next.js, as docs/next.md says: its route handlers, its error pages, its source
 * maps, with the development server (StrictMode, `trailingSlash`) and the production build of the App Router.
 */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { launchShell } from "../support/chromium.ts";
import { visitNextPaths } from "../support/nextPaths.ts";
import { buildNext, copyFixture, type NextServer, startNext } from "../support/nextProgram.ts";
import { parseExposition } from "../support/scrape.ts";
import { SIX_VIEWS_THREE_NAMES, walkThrough } from "../support/walkThrough.ts";

const CLI = join(import.meta.dirname, "../../packages/cli/dist/bin/rumkit.js");
const RELEASE = "1.4.0";

/** The test of a walk takes its own scraper; all others are one. */
const SCRAPER = { "user-agent": "test", "accept-encoding": "identity" };

async function copyMaps(folder: string, maps: string): Promise<string> {
  const args = ["sourcemaps", "copy", join(folder, ".next/static"), "--release", RELEASE, "--to", maps];
  return (await promisify(execFile)(process.execPath, [CLI, ...args])).stdout;
}

// Builds, and a development server that compiles each page when it is first asked for, on a machine that others use too.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let browser: Browser;
beforeAll(async () => {
  // A Chromium without a window says so, and is taken for a crawler. `newContext` does not reach its beacons.
  browser = await launchShell({ args: ["--user-agent=Mozilla/5.0 Chrome/140.0.0.0 Safari/537.36"] });
});
afterAll(() => browser.close());

describe.each(["production", "development"] as const)("Next.js App Router in %s", (mode) => {
  const data = mkdtempSync(join(tmpdir(), "rumkit-next-"));
  const maps = join(data, "maps");
  const env = {
    RUMKIT_JOURNAL: join(data, "rumkit.journal"),
    RUMKIT_MAPS: maps,
    NEXT_PUBLIC_RELEASE: RELEASE,
    TRAILING_SLASH: String(mode === "development"),
  };
  let folder: string;
  let server: NextServer;
  /** The output of `rumkit sourcemaps copy`. */
  let copied = "";

  beforeAll(async () => {
    folder = copyFixture("nextApp", mode);
    if (mode === "production") {
      await buildNext(folder, env);
      copied = await copyMaps(folder, maps);
    }
    server = await startNext(mode, folder, env);
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
    rmSync(data, { recursive: true, force: true });
  });

  const scrapeText = async (): Promise<string> =>
    (await fetch(`${server.origin}/metrics`, { headers: SCRAPER })).text();

  /** The sum of a family's series that have all these labels. */
  async function sum(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    return [...parseExposition(await scrapeText())]
      .filter(([series]) => series.split("{")[0] === name && wanted.every((label) => series.includes(label)))
      .reduce((total, [, value]) => total + value, 0);
  }
  const errors = (source: string) => sum("rum_js_errors_total", { source });

  async function openPage(path: string): Promise<Page> {
    const page = await browser.newPage();
    page.setDefaultTimeout(120_000);
    await page.goto(server.origin + path);
    await page.waitForFunction(() => window.walk);
    return page;
  }

  /** Waits until a sum is at least as expected, then says what it is. */
  async function settled(read: () => Promise<number>, expected: number): Promise<number> {
    await expect.poll(read, { timeout: 120_000, interval: 200 }).toBeGreaterThanOrEqual(expected);
    return read();
  }

  test("six views, three names", async () => {
    expect(await walkThrough(browser, server.origin)).toEqual(SIX_VIEWS_THREE_NAMES);
  });

  test("names in any script, redirects and pages that are not found", () =>
    visitNextPaths(browser, server.origin));

  test("what error.tsx and global-error.tsx catch is counted once, and so is what the server throws", async () => {
    // So that what was never counted has its 0.
    await sum("rum_js_errors_total");
    const before = { react: await errors("react"), uncaught: await errors("uncaught") };
    const page = await openPage("/broken");
    await page.getByText("Break the handler").click();
    await page.getByText("Break the page").click();
    await page.getByText("Try again").click();
    await page.getByText("Break the page").waitFor();
    expect(await settled(() => errors("react"), before.react + 1)).toBe(before.react + 1);
    expect(await settled(() => errors("uncaught"), before.uncaught + 1)).toBe(before.uncaught + 1);

    const ofServer = () => sum("app_errors_total", { error_type: "SyntaxError" });
    await page.evaluate(() => window.walk!.go("/broken/server"));
    await page.getByText("Try again").waitFor();
    expect(await settled(() => errors("react"), before.react + 2)).toBe(before.react + 2);
    expect(await settled(ofServer, 1)).toBe(1);
    await page.close();

    const other = await openPage("/broken");
    await other.getByText("Break the layout").click();
    await other.getByText("Something went wrong.").waitFor();
    expect(await settled(() => errors("react"), before.react + 3)).toBe(before.react + 3);
    await other.close();
    // In development, Next.js also hands to the window what its outermost boundary catches.
    if (mode === "production") expect(await errors("uncaught")).toBe(before.uncaught + 1);
  });

  test("of all that Next.js fetches for pages, only the app's own call is an API call", async () => {
    const calls = (endpoint: string) =>
      sum("rum_api_request_duration_seconds_count", { api_endpoint: endpoint });
    // So that what was never counted has its 0.
    await calls("");
    const before = { orders: await calls("/api/orders"), unmatched: await calls("unmatched") };
    const page = await openPage("/");
    // Links on the screen are prefetched in production.
    for (const path of ["/users/4", "/users/5", "/files/c", "/broken"]) {
      await page.evaluate((to) => window.walk!.go(to), path);
      await page.waitForFunction((text) => document.querySelector("output")?.textContent === text, path);
    }
    await page.getByText("Fetch orders").click();
    expect(await settled(() => calls("/api/orders"), before.orders + 1)).toBe(before.orders + 1);
    // `next dev` of Next.js 15, with webpack, makes one such request itself.
    if (mode === "production" || process.env["NEXT_FOLDER"] === undefined)
      expect(await calls("unmatched")).toBe(before.unmatched);
    await page.close();
  });

  test("/metrics is compressed once, whatever is asked for", async () => {
    for (const coding of ["gzip", "identity", "gzip;q=1.0, identity;q=0.5"]) {
      const asking = get(`${server.origin}/metrics${mode === "development" ? "/" : ""}`, {
        headers: { "accept-encoding": coding },
      });
      const [response] = (await once(asking, "response")) as [IncomingMessage];
      const body = Buffer.concat(await response.toArray());
      const isPacked = response.headers["content-encoding"] === "gzip";
      expect((isPacked ? gunzipSync(body) : body).toString()).toContain(
        "# TYPE rum_page_views_total counter",
      );
    }
  });

  test("the live page and its stream come through the catch-all", async () => {
    const page = await fetch(`${server.origin}/realtime`);
    expect(await page.text()).toContain("<!doctype html>");
    const leaving = new AbortController();
    const stream = await fetch(`${server.origin}/realtime/metrics`, { signal: leaving.signal });
    let text = "";
    for await (const chunk of stream.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.includes("event: snapshot")) break;
    }
    leaving.abort();
    expect(text).toContain('"app":"shop"');
  });

  test("the client of @rumkit/client runs in the Edge runtime", async () => {
    const status = (await (await fetch(`${server.origin}/edge`)).json()) as { dropped: unknown };
    // The app has no `/ingest`.
    expect(status.dropped).toMatchObject({ refused: 1, invalid: 0 });
  });

  if (mode === "production") {
    test("stacks are resolved by the maps that the scripts name", async () => {
      // Turbopack names a map by its own hash, webpack by its script.
      expect(copied).toMatch(/^Copied chunks\/\S+\.js\.map \((from chunks\/\S+\.js\.map, )?\d+ bytes\)$/m);
      const page = await openPage("/broken");
      await page.getByText("Break the handler").click();
      await settled(() => sum("rum_stacks_resolved_total", { outcome: "resolved" }), 1);
      await page.close();
      // The first that is resolved may be one of a test before.
      const listed = async () => (await fetch(`${server.origin}/api/rumkit/errors`)).text();
      await expect.poll(listed).toContain("app/broken/page.tsx:6:");
    });
  } else {
    test("an edit of the catalog leaves one collector, which has it", async () => {
      const file = join(folder, "catalog.ts");
      writeFileSync(file, readFileSync(file, "utf8").replace('"/users/:id",', '"/users/:id", "/late",'));
      // The bundle of `/metrics` is evaluated anew by this, and that of `/collect` by the page's batch.
      const late = async () => (await scrapeText()).includes('rum_page_views_total{route="/late"');
      await expect.poll(late, { timeout: 120_000, interval: 200 }).toBe(true);
      const views = () => sum("rum_page_views_total");
      const before = await views();
      const page = await openPage("/users/7");
      expect(await settled(views, before + 1)).toBe(before + 1);
      await page.close();
    });
  }
});
