import { createServer } from "node:http";
import { defineCatalog } from "@rumkit/protocol";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { listen } from "../../../../test/support/listen.ts";
import type { CollectorOptions } from "./collector.ts";
import { createCollector } from "./createCollector.ts";

/** Pages of other origins: what a browser asks first, what it lets them read, and who hears of those that may not. */

const catalog = defineCatalog({ app: "shop", routes: ["/"] });
const SHOP = "https://shop.example";
const KEY = "web_0123456789abcdef";

function start(options: Partial<CollectorOptions<typeof catalog>> = {}) {
  const collector = createCollector({
    catalog,
    runtimeMetrics: false,
    allowedOrigins: [SHOP, "https://*.shop.example", "capacitor://localhost"],
    ...options,
  });
  onTestFinished(() => collector.stop());
  return collector;
}

let batches = 0;
function batch(): string {
  batches += 1;
  const id = batches.toString(16).padStart(32, "0");
  return JSON.stringify({ v: 1, id, session: "f".repeat(32), sentAt: 1, events: [{ type: "page_view" }] });
}

describe("a preflight", () => {
  test.each(["/collect", "/collect/", "/collect/validate", "/collect/funnels", "/reports"])(
    "of %s lets the headers of tracing tools through",
    async (path) => {
      const { app } = start();
      const asked =
        "content-type,traceparent,tracestate,baggage,b3,sentry-trace,x-datadog-trace-id,x-datadog-parent-id,x-b3-traceid,uber-trace-id,idempotency-key,x-tomorrow";
      const response = await app.request(path, {
        method: "OPTIONS",
        headers: {
          origin: SHOP,
          "access-control-request-method": "POST",
          "access-control-request-headers": asked,
        },
      });
      const { headers, status } = response;
      const allowed = headers.get("access-control-allow-headers")!.split(", ");
      expect([status, asked.split(",").filter((name) => !allowed.includes(name))]).toEqual([204, []]);
      expect(headers.get("access-control-allow-origin")).toBe(SHOP);
      expect(headers.get("access-control-allow-credentials")).toBe("true");
      expect(headers.get("access-control-allow-methods")).toBe(path.endsWith("funnels") ? "GET" : "POST");
    },
  );

  test("of another origin gets nothing in production, and invalid names are left out", async () => {
    const { app } = start({ environment: "production" });
    const ask = (origin: string) =>
      app.request("/collect", {
        method: "OPTIONS",
        headers: { origin, "access-control-request-headers": `x-a, x b, ${"y".repeat(500)}, "q"` },
      });
    const refused = await ask("https://evil.example");
    expect([...refused.headers.keys()]).toEqual(["vary", "x-content-type-options"]);
    const names = (await ask(SHOP)).headers.get("access-control-allow-headers")!;
    expect(names.endsWith("sentry-trace, x-a")).toBe(true);
  });
});

test.each([
  [SHOP, "true"],
  ["capacitor://localhost", "true"],
  ["https://app.shop.example", null],
])("a batch of %s may be read, and credentials be sent: %s", async (origin, credentials) => {
  const { app } = start();
  const response = await app.request("/collect", { method: "POST", headers: { origin }, body: batch() });
  expect(response.status).toBe(202);
  expect(response.headers.get("access-control-allow-origin")).toBe(origin);
  expect(response.headers.get("access-control-allow-credentials")).toBe(credentials);
});

describe("pages that may not report", () => {
  const refused = (app: ReturnType<typeof start>["app"], origin: string, key = "") =>
    app.request(`/collect${key}`, { method: "POST", headers: { origin }, body: batch() });

  test("are reported once in the log, with what to add", async () => {
    const warn = vi.fn<(fields: object, message: string) => void>();
    const nothing = (): void => {};
    const { app } = start({ log: { info: nothing, warn, error: nothing } });
    for (const origin of ["https://a.example", "https://a.example", "https://b.example"])
      expect((await refused(app, origin)).status).toBe(403);
    await app.request("/collect", { method: "OPTIONS", headers: { origin: "https://a.example" } });
    await app.request("/collect", { method: "POST", body: batch() });
    expect(warn.mock.calls).toEqual([
      [
        { kind: "origin_denied", app: "shop" },
        "Pages of https://a.example may not report here. Add the origin to allowedOrigins.",
      ],
      [
        { kind: "origin_denied", app: "shop" },
        "Pages of https://b.example may not report here. Add the origin to allowedOrigins.",
      ],
    ]);
  });

  test("are reported at most 20 times, for any number of origins", async () => {
    const warn = vi.fn<(fields: object, message: string) => void>();
    const nothing = (): void => {};
    const { app } = start({ log: { info: nothing, warn, error: nothing } });
    for (let page = 0; page < 30; page += 1) await refused(app, `https://${page}.example`);
    expect(warn).toHaveBeenCalledTimes(20);
  });

  test("without a log are a warning of the process", async () => {
    const { app } = start();
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
    await refused(app, "https://a.example");
    expect((await warned).message).toContain("Add the origin to allowedOrigins.");
  });

  test("with a key of other origins are reported with the name of the key", async () => {
    const warn = vi.fn<(fields: object, message: string) => void>();
    const nothing = (): void => {};
    const writeKeys = [{ name: "web", key: KEY, origins: ["https://www.example"] }];
    const { app } = start({ access: { writeKeys }, log: { info: nothing, warn, error: nothing } });
    expect((await refused(app, SHOP, `?key=${KEY}`)).status).toBe(403);
    expect(warn.mock.calls.map(([, message]) => message)).toEqual([
      `Pages of ${SHOP} may not report here. Add the origin to the origins of the write key "web".`,
    ]);
  });
});

describe("what a page is refused", () => {
  const EVIL = "https://evil.example";
  const asks: [what: string, method: string, path: string, status: number, code: string][] = [
    ["for its origin", "POST", "/collect", 403, "origin_denied"],
    ["for its origin, with a slash", "POST", "/collect/", 403, "origin_denied"],
    ["in a dry run", "POST", "/collect/validate", 403, "origin_denied"],
    ["for its method", "GET", "/collect", 405, "bad_method"],
    ["for its key", "POST", "/collect?key=wrong_0123456789", 403, "origin_denied"],
  ];

  test.each(asks)(
    "%s it can read in development, and not in production",
    async (_what, method, path, status, code) => {
      for (const [environment, readableBy] of [
        ["development", EVIL],
        ["production", null],
      ] as const) {
        const { app } = start({ environment, log: { info() {}, warn() {}, error() {} } });
        const body = method === "POST" ? batch() : undefined;
        const response = await app.request(path, {
          method,
          headers: { origin: EVIL },
          ...(body && { body }),
        });
        expect(response.headers.get("access-control-allow-origin")).toBe(readableBy);
        expect(response.headers.get("access-control-allow-credentials")).toBe(readableBy && "true");
        expect([response.status, await response.json()]).toMatchObject([status, { error: { code } }]);
      }
    },
  );

  test("with headers of other tools it can read in development: the preflight lets them ask", async () => {
    for (const [environment, readableBy] of [
      ["development", EVIL],
      ["production", null],
    ] as const) {
      const { app } = start({ environment, log: { info() {}, warn() {}, error() {} } });
      const headers = { origin: EVIL, "access-control-request-headers": "traceparent" };
      const response = await app.request("/collect", { method: "OPTIONS", headers });
      expect(response.headers.get("access-control-allow-origin")).toBe(readableBy);
      // It asks anew after the origin was added.
      expect(response.headers.get("access-control-max-age")).toBe(readableBy && "0");
    }
  });
});

describe("in development the collector says what is not counted as it is meant", () => {
  const HEADLESS =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/142.0.0.0 Safari/537.36";
  const crat = { type: "action", route: "/", name: "add_to_crat" };
  const shop = defineCatalog({
    app: "shop",
    routes: ["/"],
    actions: {
      add_to_cart: { help: "Products put into the cart.", labels: { category: ["books", "games"] } },
    },
  });

  async function told(
    environment: "development" | "production",
    events: object[],
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0",
  ) {
    const lines: string[] = [];
    const nothing = (): void => {};
    const { app } = createCollector({
      catalog: shop,
      environment,
      runtimeMetrics: false,
      allowedOrigins: [SHOP],
      log: {
        info: nothing,
        error: nothing,
        warn: ({ kind }, message) => void lines.push(`${kind}: ${message}`),
      },
    });
    const answers: unknown[] = [];
    // The same fault twice: it is reported once.
    for (const id of ["a", "b"]) {
      const sent = JSON.stringify({ v: 1, id: id.repeat(32), session: "f".repeat(32), sentAt: 1, events });
      const headers = { origin: SHOP, "user-agent": agent };
      answers.push(await (await app.request("/collect", { method: "POST", headers, body: sent })).json());
    }
    return { lines, answer: answers[0] };
  }

  test("of a misspelt name, alone or among others, with the call and the name that is meant", async () => {
    const sentence = 'trackAction("add_to_crat") was refused: unknown name. Did you mean "add_to_cart"?';
    const rejected = [{ index: 0, code: "unknown_name", message: sentence }];
    const alone = await told("development", [crat]);
    expect(alone.lines).toEqual([`page_fault: ${sentence}`]);
    expect(alone.answer).toMatchObject({ error: { code: "no_valid_event", message: sentence } });
    const among = await told("development", [crat, { type: "page_view", route: "/" }]);
    expect(among.lines).toEqual([`page_fault: ${sentence}`]);
    expect(among.answer).toEqual({ accepted: 1, rejected });
  });

  test("of a label, with the call and the values that there are", async () => {
    const { lines } = await told("development", [
      { type: "action", route: "/", name: "add_to_cart", details: { category: "cars" } },
    ]);
    expect(lines).toEqual([
      expect.stringMatching(/^page_fault: trackAction\("add_to_cart"\) was refused: .*books, games/),
    ]);
  });

  test("of a name that nothing is like: with those that there are, and nothing for one that is long", async () => {
    for (const name of ["checkout", "x".repeat(5_000)]) {
      const { lines } = await told("development", [{ ...crat, name }]);
      expect(lines).toHaveLength(1);
      expect(lines[0]!.length).toBeLessThan(500);
    }
  });

  test("of a browser that counts as a bot, with its User-Agent and what to set", async () => {
    const { lines, answer } = await told("development", [{ type: "page_view", route: "/" }], HEADLESS);
    const sentence = expect.stringMatching(/as a bot's .*HeadlessChrome.* bots: "count"/) as string;
    expect(lines).toEqual([sentence]);
    expect(answer).toEqual({ accepted: 0, bot: 1, message: sentence });
  });

  test("and nothing of it in production", async () => {
    const { lines, answer } = await told("production", [crat, { type: "page_view" }], HEADLESS);
    expect(lines).toEqual([]);
    expect(answer).toEqual({ accepted: 0, rejected: [{ index: 0, code: "unknown_name" }], bot: 1 });
  });

  test("of at most 100 faults, whatever pages send", async () => {
    const lines: string[] = [];
    const nothing = (): void => {};
    const { app } = start({
      log: { info: nothing, error: nothing, warn: (_fields, line) => void lines.push(line) },
    });
    for (let sent = 0; sent < 12; sent += 1) {
      const events = Array.from({ length: 20 }, (_, index) => ({ ...crat, name: `name_${sent}_${index}` }));
      const id = sent.toString(16).padStart(32, "0");
      const body = JSON.stringify({ v: 1, id, session: "f".repeat(32), sentAt: 1, events });
      await app.request("/collect", { method: "POST", headers: { origin: SHOP }, body });
    }
    expect(lines).toHaveLength(100);
  });
});

describe("a page whose origin the browser hides", () => {
  const hidden = { origin: "null", "sec-fetch-site": "same-origin" };
  const send = async (
    options: Partial<CollectorOptions<typeof catalog>>,
    headers: Record<string, string>,
    path = "/collect",
  ): Promise<number> => {
    const origin = await listen(createServer(start(options).nodeListener()).listen(0, "127.0.0.1"));
    const { status } = await fetch(origin + path, { method: "POST", headers, body: batch() });
    return status;
  };

  test("counts at the collector on the same origin", async () => {
    expect(await send({}, hidden)).toBe(202);
    expect(await send({}, { ...hidden, "sec-fetch-site": "cross-site" })).toBe(403);
  });

  test("counts with a key of its host, which only a trusted proxy may say", async () => {
    const access = { writeKeys: [{ name: "web", key: KEY, origins: [SHOP] }], hosts: ["collector"] };
    const path = `/collect?key=${KEY}`;
    // `fetch` asks for the host 127.0.0.1, an address: what a proxy that rewrites `Host` asks for.
    expect(await send({ access }, hidden, path)).toBe(202);
    const cross = { ...hidden, "sec-fetch-site": "same-site" };
    expect(await send({ access }, cross, path)).toBe(403);
  });

  test.each([
    ["from a trusted proxy", ["127.0.0.1"], "x-forwarded-host", SHOP.slice(8), 202],
    ["from anybody", [], "x-forwarded-host", SHOP.slice(8), 403],
    [
      "as the client wrote it before the proxy",
      ["127.0.0.1"],
      "x-forwarded-host",
      "shop.example, evil.example",
      403,
    ],
    ["in the header that is not the proxy's", ["127.0.0.1"], "forwarded", "host=shop.example", 403],
  ])("the own host %s", async (_what, trustedProxies, name, value, status) => {
    const headers = { origin: SHOP, [name]: value };
    expect(await send({ allowedOrigins: [], trustedProxies }, headers)).toBe(status);
  });

  test("the own host in Forwarded", async () => {
    const headers = { origin: SHOP, forwarded: 'for=192.0.2.1;host="shop.example";proto=https' };
    const options = {
      allowedOrigins: [],
      trustedProxies: ["127.0.0.1"],
      forwardedHeader: "forwarded" as const,
    };
    expect(await send(options, headers)).toBe(202);
  });
});
