/**
 * A collector beside an app of Next.js, as docs/next.md says: `rumkit serve` behind rewrites, with the Pages Router,
 * `trailingSlash`, the development server (StrictMode) and the production build. And one in an API route.
 */
import { once } from "node:events";
import { rmSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type ServeProcess, startServe } from "../support/serveProcess.ts";
import { launchShell } from "../support/chromium.ts";
import { freePort } from "../support/freePort.ts";
import { buildNext, copyFixture, type Mode, type NextServer, startNext } from "../support/nextProgram.ts";
import { SIX_VIEWS_THREE_NAMES, walkThrough } from "../support/walkThrough.ts";

const CLI = join(import.meta.dirname, "../../packages/cli/dist/bin/rumkit.js");

// Builds, and a development server that compiles each page when it is first asked for, on a machine that others use too.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let browser: Browser;
let collector: ServeProcess;
let folder: string;
/** Rewrites are a part of the build. */
let env: Record<string, string>;
/** Of the app in each mode: the collector has to know its origins. */
let ports: Record<Mode, number>;

beforeAll(async () => {
  // A Chromium without a window says so, and is taken for a crawler. `newContext` does not reach its beacons.
  browser = await launchShell({ args: ["--user-agent=Mozilla/5.0 Chrome/140.0.0.0 Safari/537.36"] });
  ports = { production: await freePort(), development: await freePort() };
  folder = copyFixture("nextPages", "pages");
  const origins = Object.values(ports).map((port) => `http://127.0.0.1:${port}`);
  collector = await startServe({
    folder,
    cli: [CLI],
    args: ["catalog.ts", "--port", "0", "--journal", "memory", "--allowed-origins", origins.join(",")],
  });
  env = { COLLECTOR_URL: collector.origin };
  await buildNext(folder, env);
});
afterAll(async () => {
  await browser.close();
  await collector.end();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(["production", "development"] as const)("Next.js Pages Router in %s", (mode) => {
  let server: NextServer;
  beforeAll(async () => {
    server = await startNext(mode, folder, env, ports[mode]);
  });
  afterAll(() => server.stop());

  test("six views, three names, in a collector behind rewrites", async () => {
    expect(await walkThrough(browser, server.origin, collector.origin)).toEqual(SIX_VIEWS_THREE_NAMES);
  });

  test("a collector in an API route takes batches, parsed by Next.js or not, and its /metrics is compressed once", async () => {
    const send = async (path: string, id: string): Promise<unknown> => {
      const response = await fetch(server.origin + path, {
        method: "POST",
        headers: { origin: server.origin, "user-agent": "Mozilla/5.0 Chrome/140.0.0.0" },
        body: JSON.stringify({
          v: 1,
          id: id.repeat(32),
          session: "5".repeat(32),
          sentAt: 1,
          events: [{ type: "page_view", route: "/" }],
        }),
      });
      return response.json();
    };
    expect(await send("/api/rum/collect", "1")).toMatchObject({ accepted: 1 });
    expect(await send("/api/parsed/collect", "2")).toMatchObject({ accepted: 1 });
    const asking = get(`${server.origin}/api/rum/metrics/`, { headers: { "accept-encoding": "gzip" } });
    const [metrics] = (await once(asking, "response")) as [IncomingMessage];
    expect(metrics.headers["content-encoding"]).toBe("gzip");
    const text = gunzipSync(Buffer.concat(await metrics.toArray())).toString();
    expect(text).toContain('rum_page_views_total{route="/",navigation="hard",experience="unknown"} 2\n');
  });
});
