import { once } from "node:events";
import { type IncomingMessage, request, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { getRequestListener, serve } from "@hono/node-server";
import compression from "compression";
import express from "express";
import { Hono } from "hono";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { describeScrapeMetrics } from "./sendScrape.ts";
import { views } from "../../../../test/support/viewsMetric.ts";
import { createRecorder } from "../metrics/recorder.ts";
import type { AppFamily } from "./format.ts";
import type { RecordSample } from "../metrics/sample.ts";
import { createExemplars } from "./renderSeries.ts";
import { createExposition } from "./createExposition.ts";
import { createMetricsRoute } from "./metricsRoute.ts";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A collector's `/metrics` alone, on a real port, with what the test wants the app to have registered. */
async function start(
  readAppFamilies: () => Promise<readonly AppFamily[]> = async () => [],
  scrapeIntervalMs?: number,
) {
  const { families, record, totals } = createRecorder([views, ...describeScrapeMetrics()], undefined, {
    perProcess: 200_000,
  });
  const exemplars = createExemplars(Date.now);
  const errors: unknown[] = [];
  let renderings = 0;
  let skipped = 0;
  const onRender = (): void => {
    renderings += 1;
  };
  const exposition = createExposition({ families, exemplars, readAppFamilies, onRender });
  const route = createMetricsRoute({
    exposition,
    record,
    onError: (error) => errors.push(error),
    senderOf: (asked) => asked.header("x-forwarded-for") ?? asked.address,
    now: () => performance.now() + skipped,
    scrapeIntervalMs,
  });
  const app = new Hono();
  app.use(async (c, next) => {
    c.header("x-frame-options", "DENY");
    await next();
  });
  app.get("/metrics", route);
  server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    app,
    record,
    port,
    errors,
    renderings: () => renderings,
    /** Lets readers have stood still for so many milliseconds more. */
    skip: (milliseconds: number) => {
      skipped += milliseconds;
    },
    get: (headers: Record<string, string> = {}, query = "") =>
      fetch(`http://127.0.0.1:${port}/metrics${query}`, {
        headers: { "accept-encoding": "identity", ...headers },
      }),
    outcomes: () =>
      Object.fromEntries(
        totals()
          .filter(({ metric }) => metric === "rum_scrapes_total")
          .map(({ labels, value }) => [labels["outcome"], value]),
      ),
    /** Asks, and reads nothing but the head. */
    ask: async (headers: Record<string, string> = {}): Promise<IncomingMessage> => {
      const asking = request({ port, host: "127.0.0.1", path: "/metrics", headers }).end();
      const [response] = (await once(asking, "response")) as [IncomingMessage];
      response.on("error", () => {});
      asking.on("error", () => {});
      return response;
    },
  };
}

const SERIES = 30_000;

/** The time of a scrape passes as the test says, so that a busy machine has begun to answer before it is up. */
function holdTimeouts(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
}

/** More than the buffers of two sockets hold: 9 MB. */
function fill(record: RecordSample): void {
  const long = "/shop".repeat(54);
  for (let index = 0; index < SERIES; index += 1)
    record({ metric: "views_total", labels: { route: `${long}/${index}` }, value: 1 });
}

const OPENMETRICS = { accept: "application/openmetrics-text;version=1.0.0" };

describe("what is answered", () => {
  test("text without a wish, OpenMetrics for who asks for it, each request by itself", async () => {
    const { get } = await start();
    for (let round = 0; round < 2; round += 1) {
      const text = await get();
      expect(text.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
      expect(await text.text()).toContain("# TYPE views_total counter");
      const openmetrics = await get(OPENMETRICS);
      expect(openmetrics.headers.get("content-type")).toBe(
        "application/openmetrics-text; version=1.0.0; charset=utf-8",
      );
      expect(await openmetrics.text()).toMatch(/# TYPE views counter\n[^]*# EOF\n$/);
    }
  });

  test("never 406: who wants a picture gets text", async () => {
    const response = await (await start()).get({ accept: "image/png" });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain("text/plain");
  });

  test("the same instance in every scrape, and another one after the next start", async () => {
    const instanceOf = ({ headers }: Response): string | null => headers.get("rumkit-instance");
    const { get } = await start();
    const instance = instanceOf(await get());
    expect(instance).toMatch(/^[\da-f-]{36}$/);
    expect(instanceOf(await get(OPENMETRICS))).toBe(instance);
    server?.close();
    expect(instanceOf(await (await start()).get())).not.toBe(instance);
  });

  test("gzip for who reads it", async () => {
    const { ask, get, record } = await start();
    record({ metric: "views_total", labels: { route: "/" }, value: 1 });
    const response = await ask({ "accept-encoding": "gzip;q=1.0, identity;q=0.1" });
    expect(response.headers).toMatchObject({ "content-encoding": "gzip", vary: "Accept, Accept-Encoding" });
    const plain = gunzipSync(Buffer.concat(await response.toArray())).toString();
    expect(plain).toContain("# TYPE views_total counter");
    expect((await get()).headers.has("content-encoding")).toBe(false);
  });

  test("never compressed as a web response, which a framework compresses", async () => {
    const { app } = await start();
    const response = await app.request("/metrics", { headers: { "accept-encoding": "gzip" } });
    expect(response.headers.has("content-encoding")).toBe(false);
    expect(await response.text()).toContain("# TYPE views_total counter");
  });

  test("compressed once, whatever compresses in front", async () => {
    const { app, record } = await start();
    record({ metric: "views_total", labels: { route: "/" }, value: 1 });
    const expressApp = express().use(compression({ threshold: 0 }));
    expressApp.get("/metrics", getRequestListener(app.fetch));
    // A framework that takes a web response apart, without its `content-encoding`.
    expressApp.get("/web/metrics", async (_request, response) => {
      const answer = await app.request("/metrics", { headers: { "accept-encoding": "gzip" } });
      response.type("text/plain");
      response.end(Buffer.from(await answer.arrayBuffer()));
    });
    const behind = expressApp.listen(0, "127.0.0.1");
    await once(behind, "listening");
    for (const path of ["/metrics", "/web/metrics"]) {
      const asking = request({
        port: (behind.address() as AddressInfo).port,
        path,
        headers: { "accept-encoding": "gzip" },
      }).end();
      const [response] = (await once(asking, "response")) as [IncomingMessage];
      expect(response.headers["content-encoding"]).toBe("gzip");
      const plain = gunzipSync(Buffer.concat(await response.toArray())).toString();
      expect(plain).toContain("# TYPE views_total counter");
    }
    behind.close();
  });

  test("only the families that are asked for", async () => {
    const { get } = await start();
    const text = await (await get({}, "?name[]=views_total&name%5B%5D=rum_scrapes_total")).text();
    expect([...text.matchAll(/# TYPE (\S+)/g)].map(([, name]) => name)).toEqual([
      "views_total",
      "rum_scrapes_total",
    ]);
  });

  test("the same bytes as a web response where there is no Node response", async () => {
    const { app, get, record } = await start();
    fill(record);
    const names = "?name[]=views_total";
    const web = await (await app.request(`/metrics${names}`)).text();
    expect(web.length).toBeGreaterThan(1_000_000);
    expect(await (await get({}, names)).text()).toBe(web);
  });

  test("the headers of the app's middleware with it", async () => {
    const { get } = await start();
    expect((await get()).headers.get("x-frame-options")).toBe("DENY");
  });

  test("only the head to HEAD, without a rendering", async () => {
    const { port, renderings } = await start();
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, { method: "HEAD" });
    expect(response.headers.get("content-type")).toContain("text/plain");
    expect(renderings()).toBe(0);
  });
});

describe("a reader", () => {
  test("that stops reading stops the rendering", async () => {
    let rendered = 0;
    const values = {
      *[Symbol.iterator]() {
        for (; rendered < 1_000_000; rendered += 1) yield { labels: { index: rendered }, value: 1 };
      },
    };
    const { ask } = await start(async () => [{ name: "own", help: "Own.", type: "gauge", values }]);
    const response = await ask();
    response.pause();
    // The sockets of both sides hold a few megabytes, and get them in as long as the machine takes.
    let atRest = -1;
    while (atRest !== rendered) {
      atRest = rendered;
      await wait(300);
    }
    expect(atRest).toBeLessThan(1_000_000);
    response.destroy();
  });

  test("that leaves is counted, and costs its place no longer", async () => {
    const { ask, get, record, outcomes } = await start();
    fill(record);
    const readers = await Promise.all(Array.from({ length: 8 }, () => ask()));
    const ninth = await get();
    expect(ninth.status).toBe(503);
    expect(ninth.headers.get("retry-after")).toBe("1");
    for (const reader of readers) reader.destroy();
    await expect.poll(() => outcomes()).toEqual({ overload: 1, aborted: 8 });
    expect((await get({}, "?name[]=rum_scrapes_total")).status).toBe(200);
  });

  test("that leaves a web response costs its place no longer", async () => {
    const { app, record, outcomes } = await start();
    fill(record);
    const response = await app.request("/metrics");
    await response.body?.cancel();
    await expect.poll(() => outcomes()).toEqual({ aborted: 1 });
  });

  test("whose time is up is cut off, not answered by half", async () => {
    const { port, record, outcomes } = await start();
    fill(record);
    holdTimeouts();
    const socket = connect(port, "127.0.0.1");
    // The client of Node 24 reports a reset, that of Node 22 an end.
    socket.on("error", () => {});
    socket.write("GET /metrics HTTP/1.1\r\nHost: a\r\nX-Prometheus-Scrape-Timeout-Seconds: 2\r\n\r\n");
    // A scrape that has no first line by then is answered with 503.
    await once(socket, "readable");
    vi.advanceTimersByTime(1_499);
    expect(outcomes()).toEqual({});
    vi.advanceTimersByTime(1);
    await expect.poll(() => outcomes()).toEqual({ timeout: 1 });
    let answer = "";
    socket.on("data", (bytes) => (answer += String(bytes)));
    await new Promise((resolve) => void socket.once("close", resolve));
    // The last chunk is missing, so no reader takes the half for the whole (RFC 9112, section 8).
    expect(answer).toMatch(/^transfer-encoding: chunked\r$/im);
    expect(answer).not.toMatch(/\r\n0\r\n\r\n$/);
  });

  test("of a web response whose time is up gets an error", async () => {
    const { app, record, outcomes } = await start();
    fill(record);
    holdTimeouts();
    const headers = { "x-prometheus-scrape-timeout-seconds": "2" };
    const response = await app.request("/metrics", { headers });
    vi.advanceTimersByTime(1_500);
    await expect.poll(() => outcomes()).toEqual({ timeout: 1 });
    await expect(response.text()).rejects.toThrow("cut off");
  });
});

describe("readers that stand still", () => {
  const PATIENT = { "x-prometheus-scrape-timeout-seconds": "120" };
  const stand = async (
    ask: (headers: Record<string, string>) => Promise<IncomingMessage>,
    addresses: readonly string[],
  ): Promise<IncomingMessage[]> => {
    const standing: IncomingMessage[] = [];
    for (const address of addresses) standing.push(await ask({ ...PATIENT, "x-forwarded-for": address }));
    return standing;
  };

  test.each([
    ["eight of one address", Array<string>(8).fill("10.0.0.1"), "10.0.0.2"],
    ["eight of the same address", Array<string>(8).fill("10.0.0.1"), "10.0.0.1"],
    ["eight of eight addresses", Array.from({ length: 8 }, (_, index) => `10.0.1.${index}`), "10.0.0.2"],
  ])("%s keep no scraper out", async (_title, addresses, scraper) => {
    const { record, ask, get, skip, outcomes } = await start();
    fill(record);
    await stand(ask, addresses);
    // What was sent fills the buffers of the sockets, and then waits.
    await expect
      .poll(async () => {
        skip(1_000);
        const response = await get({ "x-forwarded-for": scraper }, "?name[]=rum_scrapes_total");
        await response.text();
        return response.status;
      })
      .toBe(200);
    await expect.poll(outcomes).toMatchObject({ too_slow: 1, complete: 1 });
  });

  test("lose their place to a scraper of another address before one that is alone does", async () => {
    const { record, ask, get, skip } = await start();
    fill(record);
    const standing = await stand(ask, ["10.0.0.9", ...Array<string>(7).fill("10.0.0.1")]);
    let aborted: unknown[] = [];
    for (const [index, response] of standing.entries())
      response.on("error", () => (aborted = [...aborted, index]));
    await expect
      .poll(async () => {
        skip(1_000);
        return (await get({ "x-forwarded-for": "10.0.0.2" }, "?name[]=rum_scrapes_total")).status;
      })
      .toBe(200);
    for (const response of standing) response.resume();
    await expect.poll(() => aborted).toHaveLength(1);
    expect(aborted).not.toContain(0);
  });

  test("keep no scraper out either where they take one chunk a second", async () => {
    const { app, record, get, skip, outcomes } = await start();
    fill(record);
    const readers: ReadableStreamDefaultReader<unknown>[] = [];
    for (let index = 0; index < 8; index += 1) {
      const headers = { ...PATIENT, "x-forwarded-for": `10.0.1.${index}` };
      readers.push((await app.request("/metrics", { headers })).body!.getReader());
    }
    const dawdle = async (): Promise<void> => {
      skip(1_000);
      for (const reader of readers) await reader.read().catch(() => {});
    };
    await expect
      .poll(async () => {
        await dawdle();
        return (await get({ "x-forwarded-for": "10.0.0.2" }, "?name[]=rum_scrapes_total")).status;
      })
      .toBe(200);
    await expect.poll(outcomes).toMatchObject({ too_slow: 1 });
  });

  test("are cut when Prometheus would have given up by default, whatever they say", async () => {
    const { record, ask, skip, outcomes } = await start();
    fill(record);
    await stand(ask, ["10.0.0.1"]);
    await expect
      .poll(() => {
        skip(2_000);
        return outcomes();
      })
      .toEqual({ timeout: 1 });
  });
});

describe("a metric of the app", () => {
  test("that cannot be read fails the scrape before anything was said", async () => {
    const { get, errors, outcomes } = await start(() => Promise.reject(new Error("no database")));
    const response = await get();
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("database");
    expect(errors).toMatchObject([{ message: "no database" }]);
    expect(outcomes()).toEqual({ failed: 1 });
  });

  test("that takes for ever fails the scrape in time", async () => {
    const { get, outcomes } = await start(() => new Promise(() => {}));
    const response = await get({ "x-prometheus-scrape-timeout-seconds": "0.2" });
    expect(response.status).toBe(503);
    expect(outcomes()).toEqual({ timeout: 1 });
  });

  test("is read anew for each scrape", async () => {
    let value = 0;
    const { get } = await start(async () => {
      value += 1;
      return [{ name: "own", help: "Own.", type: "gauge", values: [{ value, labels: {} }] }];
    });
    expect(await (await get()).text()).toContain("\nown 1\n");
    await wait(150);
    expect(await (await get()).text()).toContain("\nown 2\n");
  });
});

describe("a series that appears between two scrapes", () => {
  const names = "?name[]=views_total";
  const scraper = { "x-prometheus-scrape-timeout-seconds": "10" };
  const valuesIn = (text: string): Record<string, string> =>
    Object.fromEntries(
      [...text.matchAll(/^views_total\{route="(.*)"\} (\d+)$/gmu)].map(([, route, value]) => [route, value]),
    );

  test("is 0 for each scraper alike, as often as it asks, and then has its value for each", async () => {
    const { get, record } = await start(undefined, 60_000);
    const scrape = async (): Promise<Record<string, string>> =>
      valuesIn(await (await get(scraper, names)).text());
    expect(await scrape()).toEqual({});
    record({ metric: "views_total", labels: { route: "/new" }, value: 5 });
    // Replicas behind one address are the same to us, and each of them has to see the 0.
    expect([await scrape(), await scrape(), await scrape()]).toEqual([
      { "/new": "0" },
      { "/new": "0" },
      { "/new": "0" },
    ]);
    const now = performance.now.bind(performance);
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now() + 66_000);
    onTestFinished(() => clock.mockRestore());
    // Scrapes of a tenth of a second share a rendering.
    await expect.poll(scrape).toEqual({ "/new": "5" });
    expect(await scrape()).toEqual({ "/new": "5" });
  });

  test("has its value for a client that is not a scraper, after any earlier requests", async () => {
    const { get, app, record } = await start();
    expect(valuesIn(await (await get({}, names)).text())).toEqual({});
    record({ metric: "views_total", labels: { route: "/new" }, value: 1 });
    expect(valuesIn(await (await get({}, names)).text())).toEqual({ "/new": "1" });
    expect(valuesIn(await (await get(scraper, names)).text())).toEqual({ "/new": "0" });
    expect(valuesIn(await (await get({}, names)).text())).toEqual({ "/new": "1" });
    expect(valuesIn(await (await app.request(`/metrics${names}`)).text())).toEqual({ "/new": "1" });
  });

  test("is 0 for a scraper in a web response too, as in a route handler of Next.js", async () => {
    const { app, record } = await start();
    record({ metric: "views_total", labels: { route: "/new" }, value: 5 });
    const response = await app.request(`/metrics${names}`, { headers: scraper });
    expect(valuesIn(await response.text())).toEqual({ "/new": "0" });
  });

  test("is still 0 after a scrape that failed, because it was not stored", async () => {
    const { ask, get, record, outcomes } = await start();
    fill(record);
    const broken = await ask(scraper);
    broken.destroy();
    await expect.poll(() => outcomes()).toEqual({ aborted: 1 });
    const text = await (await get(scraper)).text();
    expect(text.match(/^views_total\{.*\} 0$/gm)).toHaveLength(SERIES);
  });
});

test("a scrape is counted with its bytes and its time", async () => {
  const { get } = await start();
  const first = await (await get()).text();
  await wait(150);
  const second = await (await get()).text();
  expect(second).toContain('rum_scrapes_total{outcome="complete"} 1\n');
  expect(second).toContain(`rum_scrape_bytes_total ${first.length}\n`);
  expect(second).toContain("rum_scrape_duration_seconds_count 1\n");
});
