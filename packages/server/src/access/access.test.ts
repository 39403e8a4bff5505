import { createHash } from "node:crypto";
import { defineCatalog, type ErrorAnswer } from "@rumkit/protocol";
import { afterEach, describe, expect, test } from "vitest";
import { changes, type Scrape, scrape } from "../../../../test/support/scrape.ts";
import type { Collector } from "../collector/collector.ts";
import { createCollector } from "../collector/createCollector.ts";
import type { AccessOptions } from "./accessOptions.ts";

const catalog = defineCatalog({ app: "shop", routes: ["/"] });

const SHOP = "https://shop.example";
const BLOG = "https://blog.example";
const shopKey = "pk_shop_0123456789";
const blogKey = "pk_blog_0123456789";
const metricsToken = "token-of-prometheus-1";
const liveToken = "token-of-the-wall-display";
const alertsToken = "a-token-of-people-on-call";
const adminToken = "token-of-the-administrator";

const access: AccessOptions = {
  writeKeys: [
    { name: "shop", key: shopKey, origins: [`${SHOP}/`] },
    { name: "blog", key: blogKey },
    { name: "other", key: "pk_other_0123456789", app: "other", origins: [SHOP] },
  ],
  tokens: [
    {
      name: "prometheus",
      sha256: createHash("sha256").update(metricsToken).digest("hex"),
      scopes: ["metrics"],
    },
    { name: "wall", secret: liveToken, scopes: ["live"] },
    { name: "on call", secret: alertsToken, scopes: ["alerts"] },
    { name: "admin", secret: adminToken, scopes: ["admin"] },
  ],
};

let running: Collector<typeof catalog> | undefined;
function start(options: AccessOptions = access): Collector<typeof catalog> {
  const environment = "production";
  running = createCollector({
    catalog,
    runtimeMetrics: false,
    environment,
    allowedOrigins: [BLOG],
    access: options,
  });
  return running;
}
afterEach(() => running?.stop());

let batches = 0;
function batch(): string {
  batches += 1;
  const id = batches.toString(16).padStart(32, "0");
  const session = "f".repeat(32);
  return JSON.stringify({ v: 1, id, session, sentAt: 1, events: [{ type: "page_view", route: "/" }] });
}

/** Status and code of a batch that is sent with this key from this origin. */
async function send(
  { app }: Collector<typeof catalog>,
  key: string | undefined,
  headers: Record<string, string>,
): Promise<[status: number, code: string | undefined, readableBy: string | null]> {
  const query = key === undefined ? "" : `?key=${encodeURIComponent(key)}`;
  const response = await app.request(`/collect${query}`, { method: "POST", body: batch(), headers });
  const answer = (await response.json()) as Partial<ErrorAnswer>;
  return [response.status, answer.error?.code, response.headers.get("access-control-allow-origin")];
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

function totals({ app }: Collector<typeof catalog>): Promise<Scrape> {
  return scrape({ request: (path) => app.request(path, { headers: bearer(metricsToken) }) });
}

describe("a write key", () => {
  test.each<[who: string, key: string | undefined, origin: string, expected: [number, string?]]>([
    ["counts what comes from one of its origins", shopKey, SHOP, [202]],
    ["without origins counts events from those of the collector", blogKey, BLOG, [202]],
    ["counts nothing from another listed origin", shopKey, BLOG, [403, "origin_denied"]],
    [
      "counts nothing from an origin that is not listed",
      shopKey,
      "https://evil.example",
      [403, "origin_denied"],
    ],
    ["of another app opens nothing", "pk_other_0123456789", SHOP, [401, "bad_key"]],
    ["that is missing opens nothing", undefined, SHOP, [401, "bad_key"]],
    ["that is empty opens nothing", "", SHOP, [401, "bad_key"]],
    ["that is wrong by one letter opens nothing", "pk_shop_0123456788", SHOP, [401, "bad_key"]],
    ["that is longer than any opens nothing", "p".repeat(10_000), SHOP, [401, "bad_key"]],
    ["is not a token", metricsToken, SHOP, [401, "bad_key"]],
  ])("%s", async (_who, key, origin, [status, code]) => {
    const collector = start();
    const before = await totals(collector);
    const readableBy = origin === "https://evil.example" ? null : origin;
    expect(await send(collector, key, { origin })).toEqual([status, code, readableBy]);
    expect(changes(before, await totals(collector), /^rum_batches/)).toEqual({
      [code ? `rum_batches_rejected_total{reason="${code}"}` : "rum_batches_accepted_total"]: 1,
    });
  });

  test("is asked for before a byte of the body is read", async () => {
    const { app } = start();
    let pulled = 0;
    const body = new ReadableStream({ pull: () => void (pulled += 1) }, { highWaterMark: 0 });
    const response = await app.request("/collect", {
      method: "POST",
      body,
      headers: { origin: SHOP },
      duplex: "half",
    } as RequestInit);
    expect([response.status, pulled]).toEqual([401, 0]);
  });

  test("comes from a page: a request without an origin is refused, whatever its host", async () => {
    const collector = start();
    expect(await send(collector, shopKey, {})).toEqual([403, "origin_denied", null]);
    for (const own of [{ "sec-fetch-site": "same-origin" }, { origin: "http://evil.example" }]) {
      const headers = { host: "evil.example", ...own };
      expect(await send(collector, shopKey, headers)).toEqual([403, "origin_denied", null]);
    }
  });

  test("is not asked for where collecting is open", async () => {
    const collector = start({ ...access, open: ["collect"] });
    expect(await send(collector, undefined, { origin: BLOG })).toEqual([202, undefined, BLOG]);
  });
});

describe("a token", () => {
  const opened = async (
    { app }: Collector<typeof catalog>,
    path: string,
    headers: Record<string, string>,
  ) => {
    const response = await app.request(path, { headers });
    await response.body?.cancel();
    return response.status;
  };

  test.each<[token: string, headers: Record<string, string>, metrics: number, live: number]>([
    ["of metrics", bearer(metricsToken), 200, 403],
    ["of the live page", bearer(liveToken), 403, 200],
    ["of people who act on alerts", bearer(alertsToken), 403, 200],
    ["of an administrator", bearer(adminToken), 200, 200],
    ["whose word bearer is written otherwise", { authorization: `bEARER  ${adminToken}` }, 200, 200],
    ["that does not exist", bearer(`${metricsToken}1`), 401, 401],
    ["that is a digest", bearer(createHash("sha256").update(metricsToken).digest("hex")), 401, 401],
    ["that is missing", {}, 401, 401],
    ["of another scheme", { authorization: `Basic ${metricsToken}` }, 401, 401],
    ["that is a write key", bearer(shopKey), 401, 401],
  ])("%s", async (_token, headers, metrics, live) => {
    const collector = start();
    expect(await opened(collector, "/metrics", headers)).toBe(metrics);
    expect(await opened(collector, "/realtime/metrics", headers)).toBe(live);
  });

  test("that is refused is counted, and the answer says what to send", async () => {
    const collector = start();
    const before = await totals(collector);
    const response = await collector.app.request("/metrics");
    expect(response.headers.get("www-authenticate")).toBe('Bearer realm="rumkit"');
    expect(await response.json()).toEqual({
      error: { code: "bad_token", message: 'Send "Authorization: Bearer …" with a token of scope metrics.' },
    });
    await collector.app.request("/realtime/metrics", { headers: bearer(metricsToken) });
    expect(changes(before, await totals(collector), /denied/)).toEqual({
      'rum_access_denied_total{scope="metrics"}': 1,
      'rum_access_denied_total{scope="live"}': 1,
    });
  });

  test("is not asked for where the scope is open", async () => {
    const collector = start({ ...access, open: ["metrics"] });
    expect(await opened(collector, "/metrics", {})).toBe(200);
    expect(await opened(collector, "/realtime/metrics", {})).toBe(401);
  });
});

describe("what is open by certain names only", () => {
  const byName = { ...access, open: ["collect", "metrics", "live"], hosts: ["rum.example"] } as const;

  test("is refused by another name with 403 and a separate code, and counted", async () => {
    const collector = start(byName);
    const before = await totals(collector);
    const response = await collector.app.request("/api/rumkit/errors", { headers: { host: "evil.example" } });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ error: { code: "bad_host" } });
    expect(changes(before, await totals(collector), /denied/)).toEqual({
      'rum_access_denied_total{scope="live"}': 1,
    });
  });

  test("is read by a listed name, and with a token by any", async () => {
    const { app } = start(byName);
    const read = async (headers: Record<string, string>): Promise<number> =>
      (await app.request("/api/rumkit/cardinality", { headers })).status;
    expect(await read({ host: "rum.example" })).toBe(200);
    expect(await read({ host: "evil.example", ...bearer(metricsToken) })).toBe(200);
    expect(await read({ host: "evil.example", ...bearer(liveToken) })).toBe(403);
  });

  test("does not apply to batches of pages: their origin decides", async () => {
    const collector = start(byName);
    const ofPage = (origin: string) => send(collector, undefined, { origin, host: "evil.example" });
    expect(await ofPage(BLOG)).toEqual([202, undefined, BLOG]);
    expect(await ofPage("http://evil.example")).toEqual([403, "origin_denied", null]);
  });
});

/** Routes that are open to all: the health of the collector, what a page needs, and files without metrics. */
const PUBLIC = new Set([
  "GET /healthz",
  "GET /readyz",
  "GET /collect/funnels",
  "OPTIONS /collect/funnels",
  "GET /realtime",
  "GET /realtime/",
  "GET /realtime/assets/:file",
  "GET /api/rumkit/openapi.json",
  // A preflight: browsers send it without credentials.
  "OPTIONS /reports",
]);

test("every route but the public ones asks for a key or a token", async () => {
  const { app } = start();
  const asked = app.routes
    .map(({ method, path }) => ({ method: method === "ALL" ? "POST" : method, path }))
    .filter(({ path }) => !path.endsWith("/") && !/^\/rum(?:-[0-9a-f]{16})?\.js$/.test(path))
    .filter(({ method, path }) => !PUBLIC.has(`${method} ${path}`));
  expect(asked.length).toBeGreaterThanOrEqual(3);
  for (const { method, path } of asked) {
    const { status } = await app.request(path.replace(/:\w+/, "x"), { method, headers: { origin: SHOP } });
    expect([method, path, status]).toEqual([method, path, 401]);
  }
});

describe("a configuration that cannot be meant", () => {
  test.each<[fault: string, options: AccessOptions, message: string]>([
    ["no page may report", { tokens: access.tokens }, "no page could report"],
    [
      "a short write key",
      { writeKeys: [{ name: "a", key: "short" }] },
      'The write key "a" is invalid: use 16–128 letters, digits, "-" or "_"',
    ],
    [
      "a secret that is a word",
      { ...access, secretKeys: [{ name: "a", secret: "hunter2" }] },
      "has 7 characters",
    ],
    ["no secret at all", { ...access, secretKeys: [{ name: "a" }] }, "either secret or sha256"],
    ["an invalid digest", { ...access, secretKeys: [{ name: "a", sha256: "ff" }] }, "is not a digest"],
    [
      "two secrets of one name",
      { ...access, secretKeys: [metricsToken, liveToken].map((secret) => ({ name: "a", secret })) },
      'Two secrets are named "a"',
    ],
    [
      "an invalid origin",
      { writeKeys: [{ name: "a", key: shopKey, origins: ["shop.example"] }] },
      "Write scheme, host and port",
    ],
  ])("%s: refused at the start", (_fault, options, message) => {
    expect(() => createCollector({ catalog, access: options })).toThrow(message);
  });
});
