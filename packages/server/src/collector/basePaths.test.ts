import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { describe, expect, onTestFinished, test } from "vitest";
import { listen } from "../../../../test/support/listen.ts";
import { renderOpenApi } from "../openapi/openApiRoute.ts";
import { createCollector } from "./createCollector.ts";

function start(options: object = {}) {
  const collector = createCollector({ runtimeMetrics: false, ...options });
  onTestFinished(() => collector.stop());
  return collector;
}

describe("a path that cannot be", () => {
  const values: [value: unknown, message: string][] = [
    ...(
      [
        "",
        "/",
        "realtime",
        "//live",
        "/live//",
        "/a//b",
        "/..",
        "/a/../b",
        "/./live",
        "/live?x=1",
        "/live#x",
        "/:name",
        "/*",
        "/{name}",
        "/a b",
        "/%6cive",
        "/livé",
        "\\live",
        "/live\n",
        'https://shop.example/live"',
        `/${"x".repeat(200)}`,
        7,
        null,
        ["/live"],
      ] as const
    ).map((value): [unknown, string] => [value, 'must be a path such as "/realtime"']),
    ...[
      "/collect",
      "/collect/live",
      "/ingest",
      "/reports",
      "/metrics",
      "/healthz/",
      "/readyz",
      "/rum.js",
    ].map((value): [string, string] => [value, `must not be in "/${value.split("/")[1]}"`]),
  ];
  test.each(values)("%j is refused at start", (value, message) => {
    for (const option of ["livePath", "apiPath"]) {
      expect(() => createCollector({ [option]: value })).toThrow(`${option} ${message}`);
      expect(() => createCollector({ [option]: value })).toThrow(/^\[rumkit\] Invalid options.*\.$/s);
    }
  });

  test.each([
    ["/x", "/x"],
    ["/x/", "/x"],
    ["/api/rumkit", undefined],
    [undefined, "/realtime"],
    ["/x", "/x/assets"],
    ["/x/sourcemaps/v1", "/x"],
  ])("livePath %j with apiPath %j is refused at start: a request would match two routes", (live, api) => {
    expect(() =>
      createCollector({
        ...(live !== undefined && { livePath: live }),
        ...(api !== undefined && { apiPath: api }),
      }),
    ).toThrow(/^\[rumkit\] livePath .*\. (Give|Choose) .*\.$/);
  });
});

describe.each([
  ["the defaults", {}, "/realtime", "/api/rumkit"],
  ["one base path for both", { livePath: "/rumkit", apiPath: "/rumkit/api" }, "/rumkit", "/rumkit/api"],
  ["the live page inside of the API", { livePath: "/x/live", apiPath: "/x" }, "/x/live", "/x"],
  ["many segments and a slash", { livePath: "/a/b.c/~d-e_f/", apiPath: "/z/" }, "/a/b.c/~d-e_f", "/z"],
])("%s", (_name, options, live, api) => {
  test("every route is below its base path, with and without a slash, and nowhere else", async () => {
    const { app } = start(options);
    const paths = new Set(app.routes.map(({ path }) => path));
    for (const path of ["", "/assets/:file", "/metrics", "/history", "/errors"])
      expect(paths).toContain(live + path);
    for (const path of ["/errors", "/catalog", "/cardinality", "/openapi.json"])
      expect(paths).toContain(api + path);
    for (const path of [`${live}/errors`, `${live}/errors/`, `${api}/errors`, `${api}/cardinality/`, live])
      expect([path, (await app.request(path)).status]).toEqual([path, 200]);
    for (const path of [
      "/realtime",
      "/realtime/errors",
      "/api/errors",
      "/api/rumkit/errors",
      "/openapi.json",
    ]) {
      const isOurs = path.startsWith(`${live}/`) || path.startsWith(`${api}/`) || path === live;
      expect([path, (await app.request(path)).status]).toEqual([path, isOurs ? 200 : 404]);
    }
  });

  test("the OpenAPI document has these paths, and the names of operations that it always has", async () => {
    const { app } = start(options);
    const served = JSON.parse(await (await app.request(`${api}/openapi.json`)).text()) as typeof usual;
    const usual = JSON.parse(await renderOpenApi()) as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    const idsOf = ({ paths }: typeof usual) =>
      Object.values(paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
    expect(idsOf(served)).toEqual(idsOf(usual));
    expect(Object.keys(served.paths)).toEqual(expect.arrayContaining([live, `${api}/errors`]));
  });
});

/** Follows the relative references of the page as a browser does. */
async function openPage(address: string, read: (url: string) => Response | Promise<Response>) {
  const page = await read(address);
  const html = await page.text();
  const [, script = ""] = /src="([^"]*)"/.exec(html) ?? [];
  const [, root = ""] = /name="collector" content="([^"]*)"/.exec(html) ?? [];
  const asset = new URL(script, address).href;
  return {
    status: page.status,
    asset: (await read(asset)).status,
    errors: (await read(`${address.replace(/\/+$/, "")}/errors`)).status,
    root: new URL(root, address).href,
  };
}

const HOST = "http://shop.example";

describe.each([
  ["/realtime", {}],
  ["/rumkit/live", { livePath: "/rumkit/live" }],
])("the page at %s loads its files and its data, and knows the collector's address", (live, options) => {
  const expected = (root: string) => ({ status: 200, asset: 200, errors: 200, root });

  test.each(["", "/"])("in an app, and as a sub-app, with %j at its end", async (slash) => {
    const { app } = start(options);
    const root = new Hono().route("/", app);
    expect(await openPage(HOST + live + slash, root.request)).toEqual(expected(`${HOST}/`));
    const nested = new Hono().route("/internal/tools", app);
    expect(await openPage(`${HOST}/internal/tools${live}${slash}`, nested.request)).toEqual(
      expected(`${HOST}/internal/tools/`),
    );
  });

  test.each(["", "/"])("behind a proxy that strips a prefix, with %j at its end", async (slash) => {
    const { app } = start(options);
    const proxy = (url: string) => app.request(url.replace(`${HOST}/metrics-app`, HOST));
    expect(await openPage(`${HOST}/metrics-app${live}${slash}`, proxy)).toEqual(
      expected(`${HOST}/metrics-app/`),
    );
  });

  test("behind a proxy that knows the page by another path", async () => {
    const { app } = start(options);
    const proxy = (url: string) => app.request(url.replace(`${HOST}/status/`, HOST + live + "/"));
    expect(await openPage(`${HOST}/status/`, proxy)).toMatchObject({ status: 200, asset: 200, errors: 200 });
  });
});

describe("an app with catch-alls of the same paths", () => {
  const catchAlls = (app: Hono): Hono =>
    app
      .all("/api/*", (c) => c.text("the app's API"))
      .get("/realtime-map", (c) => c.text("the app's map"))
      .get("*", (c) => c.text("the app's page"));
  const read = async (app: Hono, path: string): Promise<string> => (await app.request(HOST + path)).text();

  test("that stand after the collector keep what is not the collector's", async () => {
    const app = catchAlls(new Hono().route("/", start().app));
    expect(await read(app, "/api/errors")).toBe("the app's API");
    expect(await read(app, "/api/catalog")).toBe("the app's API");
    expect(await read(app, "/openapi.json")).toBe("the app's page");
    expect(await read(app, "/realtime-map")).toBe("the app's map");
    expect(await read(app, "/realtime/unknown")).toBe("the app's page");
    expect(await read(app, "/api/rumkit/errors")).toContain('"groups"');
    expect((await openPage(`${HOST}/realtime`, app.request)).errors).toBe(200);
  });

  test("that stand before it for /api leave the whole live page, and the API at another path", async () => {
    const before = (options: object) =>
      new Hono().all("/api/*", (c) => c.text("the app's API", 404)).route("/", start(options).app);
    const page = { status: 200, asset: 200, errors: 200, root: `${HOST}/` };
    expect(await openPage(`${HOST}/realtime`, before({}).request)).toEqual(page);
    expect(await read(before({}), "/api/rumkit/errors")).toBe("the app's API");
    expect(await read(before({ apiPath: "/rumkit" }), "/rumkit/errors")).toContain('"groups"');
  });

  test("that stand before it for the live page leave it at another path", async () => {
    const app = new Hono()
      .get("/realtime/*", (c) => c.text("the app's page"))
      .route("/", start({ livePath: "/rumkit/live" }).app);
    expect(await read(app, "/realtime")).toBe("the app's page");
    expect(await openPage(`${HOST}/rumkit/live`, app.request)).toMatchObject({ status: 200, errors: 200 });
  });
});

describe("a warning of the process names a route that an app hides", () => {
  const watched = async (
    build: (app: Hono, own: ReturnType<typeof start>) => Hono,
    ...paths: readonly string[]
  ): Promise<string[]> => {
    const warnings: Error[] = [];
    const listener = (warning: Error): void => void warnings.push(warning);
    process.on("warning", listener);
    onTestFinished(() => void process.off("warning", listener));
    const collector = start();
    const app = build(new Hono().use(collector.httpMetrics()), collector);
    for (const path of paths) await app.request(HOST + path);
    // Node emits warnings in the next turn.
    await new Promise(setImmediate);
    return warnings
      .filter((warning) => "code" in warning && warning.code === "RUMKIT_HIDDEN_ROUTE")
      .map(({ message }) => message.split(" ")[0]!);
  };
  const notFound = (app: Hono): Hono => app.all("/api/*", (c) => c.text("the app's API", 404));

  test("by a catch-all before it, once for each path", async () => {
    const paths = [
      "/api/rumkit/alerts",
      "/api/rumkit/alerts",
      "/api/rumkit/errors",
      "/metrics",
      "/api/orders",
    ];
    expect(await watched((app, { app: own }) => notFound(app).route("/", own), ...paths)).toEqual([
      "/api/rumkit/alerts",
      "/api/rumkit/errors",
    ]);
  });

  test("by the page of a single-page app", async () => {
    const build = (app: Hono, { app: own }: { app: Hono }): Hono =>
      app.get("*", (c) => c.html("the app's page")).route("/", own);
    expect(await watched(build, "/realtime", "/metrics")).toEqual(["/realtime", "/metrics"]);
  });

  test("but not by a catch-all after it, by middleware that refuses, or for what it answers by itself", async () => {
    const paths = ["/api/rumkit/alerts", "/api/rumkit/unknown", "/realtime/unknown", "/metrics"];
    expect(await watched((app, { app: own }) => notFound(app.route("/", own)), ...paths)).toEqual([]);
    const guarded = (app: Hono, { app: own }: { app: Hono }): Hono =>
      app.use((c) => Promise.resolve(c.text("no", 401))).route("/", own);
    expect(await watched(guarded, ...paths)).toEqual([]);
  });
});

test("a request for another method of a moved route is refused with the methods of it, over a socket too", async () => {
  const { app } = start({ apiPath: "/tools" });
  const origin = await listen(serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }));
  const answer = await fetch(`${origin}/tools/errors`, { method: "DELETE" });
  expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});
