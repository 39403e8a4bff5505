/** Counts by route and status, beside the request and the answer: the same list for every router. */
import { defineCatalog } from "@rumkit/protocol";
import { createCollector } from "@rumkit/server";
import { describe, expect, onTestFinished, test } from "vitest";
import { ZOO } from "./support/routers/zoo.ts";
import { changes, scrape } from "./support/scrape.ts";

interface Asked {
  readonly line: string;
  /** The pattern that the shop registered; by router where it has another. */
  readonly route: string;
  readonly routes?: Readonly<Record<string, string>>;
  /** Routers that cannot have it. */
  readonly not?: RegExp;
  readonly headers?: Readonly<Record<string, string>>;
}

const PREFLIGHT = { origin: "https://a.example", "access-control-request-method": "GET" };
const ONLY_SOME = /Koa|Polka|h3|NestJS/;

const LIST: readonly Asked[] = [
  { line: "GET /products/7", route: "/products/:id" },
  { line: "GET /products/chair?size=1", route: "/products/:id" },
  { line: "HEAD /products/7", route: "/products/:id" },
  {
    line: "OPTIONS /products/7",
    route: "/products/:id",
    headers: PREFLIGHT,
    // Hono does not tell what it has for other methods: the pattern of the middleware that answered.
    routes: {
      Hono: "/products/*",
      "Hono 4.6": "/products/*",
      "Express 4": "/products/:name",
      "Express 5": "/products/:name",
    },
  },
  { line: "POST /orders", route: "/orders" },
  { line: "GET /api/products/9", route: "/api/products/:id" },
  { line: "GET /api/v1/deep/x", route: "/api/v1/deep/:name" },
  { line: "GET /teams/acme/members", route: "/teams/:team/members" },
  { line: "GET /teams/globex/members", route: "/teams/:team/members" },
  { line: "GET /teams/acme/nothing", route: "unmatched" },
  { line: "GET /fail/3", route: "/fail/:id" },
  { line: "GET /api/fail/3", route: "/api/fail/:id" },
  { line: "GET /admin/users/5", route: "/admin/users/:id" },
  {
    line: "GET /rpc/shop.list",
    route: "/rpc/*",
    routes: { Koa: "/rpc/*path", h3: "/rpc/**" },
    not: /NestJS/,
  },
  {
    line: "POST /rpc/shop.add",
    route: "/rpc/*",
    routes: { Koa: "/rpc/*path", h3: "/rpc/**" },
    not: /NestJS/,
  },
  { line: "GET /assets/app.js", route: "/assets/*", not: ONLY_SOME },
  { line: "GET /assets/gone.js", route: "unmatched", not: ONLY_SOME },
  { line: "GET /trpc/hello", route: "/trpc/*", not: /^(?!Hono)/ },
  { line: "GET /trpc/nothing", route: "/trpc/*", not: /^(?!Hono)/ },
  {
    line: "GET /mounted",
    route: "/mounted",
    routes: { Hono: "/mounted/*", "Hono 4.6": "/mounted/*" },
    not: /^(?!Hono|Express)/,
  },
  {
    line: "GET /mounted/page/2",
    route: "/mounted/page/:page",
    routes: { Hono: "/mounted/*", "Hono 4.6": "/mounted/*" },
    not: /^(?!Hono|Express)/,
  },
  { line: "GET /wp-login.php", route: "unmatched" },
  { line: "POST /products/7", route: "unmatched" },
  { line: "GET /%zz", route: "unmatched" },
];

const ENDPOINTS = ["/api/products/:id", "/admin/users/:id"];

async function open(name: string, endpoints: readonly string[]) {
  const catalog = defineCatalog({ app: "shop", routes: ["/"], http: { status: "code" }, endpoints });
  const collector = createCollector({ catalog, runtimeMetrics: false });
  onTestFinished(() => collector.stop());
  const origin = await ZOO[name]!(collector);
  const before = await scrape(collector.app);
  return {
    ask: async ({ line, headers = {} }: Pick<Asked, "line" | "headers">): Promise<number> => {
      const [method, path] = line.split(" ");
      const response = await fetch(origin + path!, { method: method!, headers });
      await response.arrayBuffer();
      return response.status;
    },
    counted: async (): Promise<Record<string, number>> => {
      const all = Object.entries(changes(before, await scrape(collector.app), /^http_requests_total/));
      return Object.fromEntries(
        all.map(([series, value]) => {
          const [, method, route, status] = /method="(.*)",route="(.*)",status="(.*)"/.exec(series)!;
          return [`${method} ${route} ${status}`, value];
        }),
      );
    },
  };
}

describe.each(Object.keys(ZOO))("%s", (name) => {
  test.each([
    ["where the catalog says nothing", []],
    ["where it declares some endpoints", ENDPOINTS],
  ])("every request is counted once, by the registered pattern and its status, %s", async (_, endpoints) => {
    const { ask, counted } = await open(name, endpoints);
    const log: Record<string, number> = {};
    for (const asked of LIST.filter(({ not }) => !not?.test(name))) {
      const status = await ask(asked);
      const [method] = asked.line.split(" ");
      const line = `${method} ${asked.routes?.[name] ?? asked.route} ${status}`;
      log[line] = (log[line] ?? 0) + 1;
    }
    await expect
      .poll(async () => Object.values(await counted()).reduce((a, b) => a + b, 0))
      .toBe(Object.values(log).reduce((a, b) => a + b, 0));
    expect(await counted()).toEqual(log);
  });

  test("no word of a path becomes a label, however many there are", async () => {
    const { ask, counted } = await open(name, []);
    const lines = (word: string): string[] => [
      `GET /products/${word}`,
      `GET /teams/${word}/members`,
      `GET /teams/${word}/${word}`,
      `GET /api/v1/deep/${word}`,
      `GET /api/${word}`,
      `GET /rpc/${word}`,
      `GET /assets/${word}.js`,
      `GET /${word}`,
      `OPTIONS /${word}`,
    ];
    for (const line of lines("first")) await ask({ line });
    const routes = async () => new Set(Object.keys(await counted()).map((key) => key.split(" ")[1]));
    await expect.poll(async () => Object.values(await counted()).reduce((a, b) => a + b, 0)).toBe(9);
    const before = await routes();
    for (let user = 0; user < 40; user += 1)
      await Promise.all(lines(`user-${user}`).map((line) => ask({ line })));
    await expect.poll(async () => Object.values(await counted()).reduce((a, b) => a + b, 0)).toBe(9 * 41);
    expect(await routes()).toEqual(before);
    expect([...before].filter((route) => /user-|first/.test(route!))).toEqual([]);
  });
});
