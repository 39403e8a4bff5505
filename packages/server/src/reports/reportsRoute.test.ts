import { defineCatalog, type LiveSnapshot, MAX_REPORTS_BYTES } from "@rumkit/protocol";
import { createServer } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listen } from "../../../../test/support/listen.ts";
import { changes, scrape } from "../../../../test/support/scrape.ts";
import type { Collector, CollectorOptions } from "../collector/collector.ts";
import { createCollector } from "../collector/createCollector.ts";

const catalog = defineCatalog({ app: "shop", routes: ["/", "/product/:id"] });
const SHOP = "https://shop.example";
const REPORTS = "application/reports+json";
const CSP_REPORT = "application/csp-report";
let collector: Collector<typeof catalog>;

function start(options: Partial<CollectorOptions<typeof catalog>> = {}): void {
  collector = createCollector({ catalog, runtimeMetrics: false, allowedOrigins: [SHOP], ...options });
}
beforeEach(() => start());
afterEach(() => collector.stop());

/** Status, code, and what changed in the exposition. */
async function sent(body: unknown, headers: Record<string, string> = {}, path = "/reports") {
  const before = await scrape(collector.app);
  const response = await collector.app.request(path, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { "content-type": REPORTS, origin: SHOP, ...headers },
  });
  const text = await response.text();
  return {
    status: response.status,
    code: text === "" ? undefined : (JSON.parse(text) as { error: { code: string } }).error.code,
    readableBy: response.headers.get("access-control-allow-origin"),
    counted: changes(before, await scrape(collector.app), /./),
  };
}

const violation = {
  age: 0,
  type: "csp-violation",
  url: `${SHOP}/product/7?token=secret#secret`,
  user_agent: "Browser",
  body: {
    documentURL: `${SHOP}/product/7?token=secret`,
    blockedURL: "https://user:secret@ads.example/pixel/secret?secret",
    effectiveDirective: "img-src",
    disposition: "report",
    sourceFile: `${SHOP}/app.js?secret`,
    lineNumber: 3,
    columnNumber: 14,
    sample: "secret",
    originalPolicy: "default-src 'self'",
  },
};
const VIOLATION =
  'rum_reports_total{type="csp-violation",route="/product/:id",directive="img-src",disposition="report"}';

describe("a violated policy", () => {
  test("is counted by directive and disposition, and by the route of its document", async () => {
    expect(await sent([violation])).toEqual({
      status: 204,
      code: undefined,
      readableBy: SHOP,
      counted: { [VIOLATION]: 1 },
    });
  });

  test("is the same in the older form, which has no disposition in older browsers", async () => {
    const report = {
      "document-uri": `${SHOP}/?secret`,
      "violated-directive": "script-src 'self' https://cdn.example",
      "blocked-uri": "inline",
    };
    const { status, counted } = await sent({ "csp-report": report }, { "content-type": CSP_REPORT });
    expect(status).toBe(204);
    expect(counted).toEqual({
      'rum_reports_total{type="csp-violation",route="/",directive="script-src",disposition="enforce"}': 1,
    });
  });

  test("has no id, so each delivery counts", async () => {
    await sent([violation, violation]);
    await sent([violation]);
    expect((await scrape(collector.app)).get(VIOLATION)).toBe(3);
  });
});

test.each([
  ["crash", { reason: "oom" }, "crash"],
  ["deprecation", { id: "X", message: "m" }, "deprecation"],
  ["intervention", { id: "X", message: "m" }, "intervention"],
  ["permissions-policy-violation", { policyId: "geolocation" }, "permissions-policy-violation"],
  ["network-error", { phase: "connection", type: "tcp.timed_out" }, "network-error"],
  ["network-error", { phase: "application", type: "ok" }, "network-ok"],
  ["coop", { disposition: "enforce" }, "other"],
  ["coep", null, "other"],
  ["whatever/comes next", undefined, "other"],
])("a report of the type %s is counted", async (type, body, label) => {
  const { counted } = await sent([{ type, url: `${SHOP}/elsewhere`, body }]);
  expect(counted).toEqual({ [`rum_reports_total{type="${label}",route="unmatched"}`]: 1 });
});

test("labels are closed sets: ten thousand invented types, directives and paths make two series", async () => {
  const before = (await scrape(collector.app)).size;
  for (let request = 0; request < 100; request += 1) {
    await sent(
      Array.from({ length: 100 }, (_, index) => ({
        type: index % 2 ? "csp-violation" : `t${request}.${index}`,
        url: `${SHOP}/x/${request}/${index}`,
        body: {
          effectiveDirective: `d${request}.${index}`,
          disposition: `p${index}`,
          blockedURL: `b${index}`,
        },
      })),
    );
  }
  const after = await scrape(collector.app);
  expect(after.size - before).toBe(2);
  expect(after.get('rum_reports_total{type="other",route="unmatched"}')).toBe(5_000);
});

test("people see what was blocked and where, and no query, hash, sample or credential", async () => {
  await sent([
    violation,
    {
      type: "deprecation",
      url: `${SHOP}/`,
      body: {
        message: "Do not use https://user:secret@shop.example/a?secret=1 (or #secret) at all?",
        sourceFile: "blob:https://shop.example/secret",
        id: { secret: true },
      },
    },
    { type: "coop", url: `${SHOP}/`, body: { message: "\ud800" } },
  ]);
  const response = await collector.app.request("/realtime/metrics");
  let text = "";
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (/data: .*\n\n/.test(text)) break;
  }
  expect(text).not.toContain("secret");
  const { tail } = JSON.parse(text.split("data: ")[1]!) as LiveSnapshot;
  expect(tail).toMatchObject([
    {
      source: "page",
      type: "report",
      name: "csp-violation",
      route: "/product/:id",
      details: {
        directive: "img-src",
        blocked: "ads.example",
        disposition: "report",
        source: `${SHOP}/app.js`,
        line: 3,
        column: 14,
      },
    },
    {
      name: "deprecation",
      details: { message: "Do not use https://shop.example/a (or ) at all?", source: "blob:" },
    },
    { name: "other", details: { kind: "coop", message: "\ufffd" } },
  ]);
});

describe("another site", () => {
  const foreign = { ...violation, url: "https://evil.example/product/7" };

  test("that sends reports itself is refused as a whole", async () => {
    const refused = await sent([violation], { origin: "https://evil.example" });
    expect(refused).toEqual({
      status: 403,
      code: "origin_denied",
      readableBy: null,
      counted: { 'rum_reports_rejected_total{reason="origin_denied"}': 1 },
    });
  });

  test.each([
    ["null", { origin: "null" }],
    ["of the shop", {}],
  ])(
    "has its own reports not counted, though the origin is %s; those beside them are",
    async (_what, headers) => {
      const { status, counted } = await sent(
        [foreign, violation, { ...violation, url: "about:blank" }],
        headers,
      );
      expect(status).toBe(204);
      expect(counted).toEqual({
        [VIOLATION]: 1,
        'rum_reports_rejected_total{reason="origin_denied"}': 2,
      });
    },
  );

  test("gets no leave from the preflight in production; the shop does", async () => {
    await collector.stop();
    start({ environment: "production" });
    const preflight = async (origin: string) =>
      collector.app.request("/reports", {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "POST" },
      });
    const allowed = await preflight(SHOP);
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get("access-control-allow-origin")).toBe(SHOP);
    expect(allowed.headers.get("access-control-allow-headers")).toContain("content-type");
    expect((await preflight("https://evil.example")).headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("where access is given, the address has a key", () => {
  const key = "pk_shop_0123456789";
  beforeEach(async () => {
    await collector.stop();
    start({ access: { writeKeys: [{ name: "shop", key, origins: [SHOP] }], open: ["metrics"] } });
  });

  test.each([
    ["with the key", `/reports?key=${key}`, SHOP, 204],
    ["with the key, from a sandboxed page", `/reports?key=${key}`, "null", 204],
    ["without a key", "/reports", SHOP, 401],
    ["with another key, from a sandboxed page", "/reports?key=pk_other_0123456789", "null", 401],
    ["with the key, from another site", `/reports?key=${key}`, "https://evil.example", 403],
  ])("%s", async (_what, path, origin, status) => {
    const answer = await sent([violation], { origin }, path);
    expect(answer.status).toBe(status);
    expect(answer.counted[VIOLATION]).toBe(status === 204 ? 1 : undefined);
  });
});

test.each([
  ["text/plain, as any page may send it", "[]", "text/plain", 415, "bad_media_type"],
  ["a form", "[]", "application/x-www-form-urlencoded", 415, "bad_media_type"],
  ["nothing", "", REPORTS, 400, "empty_body"],
  ["no JSON", "[", REPORTS, 400, "bad_json"],
  ["one report", JSON.stringify(violation), REPORTS, 422, "bad_reports"],
  ["an array in the older form", "[]", CSP_REPORT, 422, "bad_reports"],
  ["a body that is too large", " ".repeat(MAX_REPORTS_BYTES + 1), REPORTS, 413, "too_large"],
])("%s is refused", async (_what, body, type, status, code) => {
  expect(await sent(body, { "content-type": type })).toMatchObject({
    status,
    code,
    counted: { [`rum_reports_rejected_total{reason="${code}"}`]: 1 },
  });
});

test("an invalid report is the only one not counted, and so is a report after the hundredth", async () => {
  const small = { type: "crash", url: `${SHOP}/` };
  const { status, counted } = await sent([
    null,
    7,
    { type: "crash" },
    ...Array.from({ length: 100 }, () => small),
  ]);
  expect(status).toBe(204);
  expect(counted).toEqual({
    'rum_reports_total{type="crash",route="/"}': 97,
    'rum_reports_rejected_total{reason="bad_report"}': 3,
    'rum_reports_rejected_total{reason="too_many_reports"}': 3,
  });
});

test("a collector that stops asks to come again", async () => {
  const { app, stop } = collector;
  await stop();
  const response = await app.request("/reports", {
    method: "POST",
    body: JSON.stringify([violation]),
    headers: { "content-type": REPORTS, origin: SHOP },
  });
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "2"]);
});

describe("a rate limit", () => {
  const rateLimits = { perAddress: { perSecond: 0.01, burst: 2 } };

  /** Through a proxy on this machine, which says for whom. */
  async function serveBehindProxy(): Promise<(sender: string, path?: string) => Promise<Response>> {
    await collector.stop();
    start({ rateLimits, trustedProxies: ["127.0.0.1"] });
    const origin = await listen(createServer(collector.nodeListener()).listen(0, "127.0.0.1"));
    return (sender, path = "/reports") =>
      fetch(origin + path, {
        method: "POST",
        headers: { "content-type": REPORTS, origin: SHOP, "x-forwarded-for": sender },
        body: JSON.stringify([violation]),
      });
  }

  test("refuses an address that sends too much, says when to come back, and counts it", async () => {
    const send = await serveBehindProxy();
    const statuses = [];
    for (let request = 0; request < 4; request += 1) statuses.push((await send("192.0.2.1")).status);
    expect(statuses).toEqual([204, 204, 429, 429]);
    const refused = await send("192.0.2.1");
    expect(await refused.json()).toMatchObject({ error: { code: "rate_limited" } });
    expect(refused.headers.get("access-control-allow-origin")).toBe(SHOP);
    // A token comes every 100 s, and who was refused together comes back within five seconds.
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(90);
    expect((await send("192.0.2.2")).status).toBe(204);
    const figures = await scrape(collector.app);
    expect(figures.get('rum_reports_rejected_total{reason="rate_limited"}')).toBe(3);
    expect(figures.get(VIOLATION)).toBe(3);
  });

  test("takes nothing from the batches of the same address", async () => {
    const send = await serveBehindProxy();
    for (let request = 0; request < 3; request += 1) await send("192.0.2.1");
    expect((await send("192.0.2.1", "/collect")).status).toBe(422);
  });
});
