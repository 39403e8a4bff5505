/** Routes of Express 4 and 5 beyond what a usual shop has: patterns of every form, and requests on odd ways. */
import { createServer } from "node:http";
import { defineCatalog } from "@rumkit/protocol";
import express from "express";
import express4 from "express-4";
import { describe, expect, onTestFinished, test } from "vitest";
import { listen } from "../../../../test/support/listen.ts";
import { changes, scrape } from "../../../../test/support/scrape.ts";
import { createCollector } from "../collector/createCollector.ts";
import type { Layer } from "./expressLayers.ts";
import type { NodeHttpMetricsOptions } from "./nodeHttpMetrics.ts";

type App = express.Express;

const versions: readonly [name: string, create: typeof express][] = [
  ["Express 5", express],
  ["Express 4", express4],
];

const ok: express.RequestHandler = (_request, response) => void response.send("ok");
const pass: express.RequestHandler = (_request, _response, next) => next();
const fail: express.RequestHandler = () => {
  throw new Error("broken");
};
const sorry: express.ErrorRequestHandler = (_error, _request, response, _next) =>
  void response.status(500).send("sorry");

/** The counts of an app for the requests `GET <path>`, by route and class of status. `build` registers its routes. */
async function routesOf(
  app: App,
  build: (app: App) => void,
  paths: readonly string[],
  options: NodeHttpMetricsOptions = {},
): Promise<Record<string, number>> {
  const catalog = defineCatalog({ app: "shop", routes: ["/"] });
  const collector = createCollector({ catalog, runtimeMetrics: false });
  onTestFinished(() => collector.stop());
  app.use(collector.nodeHttpMetrics(options));
  build(app);
  const origin = await listen(createServer(app).listen(0, "127.0.0.1"));
  const before = await scrape(collector.app);
  for (const path of paths) await (await fetch(origin + path)).text();
  const counted = async () => changes(before, await scrape(collector.app), /^http_requests_total/);
  const sum = async () => Object.values(await counted()).reduce((all, value) => all + value, 0);
  await expect.poll(sum).toBe(paths.length);
  const named = Object.entries(await counted()).map(([series, value]): [string, number] => {
    const [, route, status] = /route="(.*)",status="(.*)"/.exec(series)!;
    return [`${JSON.parse(`"${route}"`)} ${status}`, value];
  });
  return Object.fromEntries(named);
}

describe.each(versions)("%s", (_, create) => {
  test("has the text of its patterns as routes, whatever form they have", async () => {
    const build = (app: App): void => {
      app.get(["/a", "/b/:id"], ok);
      app.get(/^\/file-.*$/, ok);
      app.use(["/x", "/y/:id"], create.Router().get("/list", ok));
      app.use(/^\/team-\w+/, create.Router().get("/list", ok));
      app.use("/Case/:Name", create.Router().get("/", ok).get("/:Name/edit", ok));
    };
    const paths = [
      "/a",
      "/b/1",
      "/file-1",
      "/file-2",
      "/x/list",
      "/y/7/list",
      "/team-acme/list",
      "/team-globex/list",
    ];
    const counted = await routesOf(create(), build, [
      ...paths,
      "/case/Tom",
      "/CASE/tom/Case/edit",
      "/Case/case/",
    ]);
    expect(counted).toEqual({
      "/^\\/team-\\w+//list 2xx": 2,
      "/a|/b/:id 2xx": 2,
      "/^\\/file-.*$/ 2xx": 2,
      "/x|/y/:id/list 2xx": 2,
      "/Case/:Name 2xx": 2,
      "/Case/:Name/:Name/edit 2xx": 1,
    });
  });

  test("has the route of an error that left its routers and apps", async () => {
    const build = (app: App): void => {
      const inner = create.Router({ mergeParams: true }).get("/orders/:order", fail);
      app.use("/users/:user", create.Router().use("/v1", inner));
      app.use(sorry);
    };
    expect(await routesOf(create(), build, ["/users/ann/v1/orders/3", "/users/bob/v1/orders/4"])).toEqual({
      "/users/:user/v1/orders/:order 5xx": 2,
    });
  });

  test("has no word of a path in the route of an error that left an app whose place is not known any more", async () => {
    const build = (app: App): void => {
      const shop = create();
      shop.get("/cart/:id", fail).get("/list", ok);
      app.use("/tenants/:tenant", shop);
      app.use(sorry);
    };
    const paths = ["/tenants/acme/list", "/tenants/acme/cart/1"];
    expect(await routesOf(create(), build, paths)).toEqual({
      "/tenants/:tenant/list 2xx": 1,
      "/*/cart/:id 5xx": 1,
    });
  });

  test("has the same router at two places, apps within apps, and a path that was rewritten", async () => {
    const build = (app: App): void => {
      app.use((request, _response, next) => {
        if (request.url === "/old") request.url = "/v1/list";
        next();
      });
      const list = create.Router().get("/list", ok);
      app.use("/v1", list);
      app.use("/v2", list);
      const outer = create();
      const inner = create();
      inner.get("/deep/:id", ok);
      outer.use("/inner/:one", inner);
      app.use("/outer", outer);
    };
    const paths = ["/v1/list", "/v2/list", "/old", "/outer/inner/a/deep/1", "/outer/inner/b/deep/2"];
    expect(await routesOf(create(), build, paths)).toEqual({
      "/v1/list 2xx": 2,
      "/v2/list 2xx": 1,
      "/outer/inner/:one/deep/:id 2xx": 2,
    });
  });

  test("has the route of a path that Express cannot decode, and the app lives on", async () => {
    const build = (app: App): void => {
      app.get("/users/:id", ok);
      app.use("/teams/:team", create.Router().get("/items/:id", ok));
      app.use(sorry);
    };
    const paths = [
      "/users/%zz",
      "/teams/acme/items/%E0%A4%A",
      "/teams/%zz/items/1",
      "/nothing/%zz",
      "/users/1",
    ];
    expect(await routesOf(create(), build, paths)).toEqual({
      "/users/:id 5xx": 1,
      "/teams/:team/items/:id 5xx": 1,
      "/* 5xx": 1,
      "unmatched 4xx": 1,
      "/users/:id 2xx": 1,
    });
  });

  test("counts what middleware answered for the route it was for, a declared one, or where it is mounted", async () => {
    const build = (app: App): void => {
      app.use("/private", (_request, response) => void response.status(401).send("no"));
      app.get("/private/:id", ok);
      app.use("/legacy/:tenant", create.Router().use("/files", ok));
      app.get("/passes", pass);
      app.use((request, response, next) => {
        if (request.path === "/everything") response.send("ok");
        else next();
      });
    };
    const paths = [
      "/private/1",
      "/private/a/b",
      "/legacy/acme/files/a.txt",
      "/legacy/acme",
      "/passes",
      "/everything",
    ];
    expect(
      await routesOf(create(), build, [...paths, "/nothing", "/declared/1"], { routes: ["/declared/:id"] }),
    ).toEqual({
      "/private/:id 4xx": 1,
      "/private/* 4xx": 1,
      "/legacy/:tenant/files/* 2xx": 1,
      "/passes 4xx": 1,
      "/* 2xx": 1,
      "/declared/:id 4xx": 1,
      "unmatched 4xx": 2,
    });
  });
});

test("Express 5 with a router that does not keep its patterns: parameters are found, words of others are not shown", async () => {
  const forget = ({ stack }: { readonly stack: readonly Layer[] }): void => {
    for (const layer of stack) {
      Reflect.deleteProperty(layer, "rawPath");
      const inner = layer.handle as { readonly stack?: readonly Layer[] };
      if (inner.stack) forget(inner as { readonly stack: readonly Layer[] });
    }
  };
  const build = (app: App): void => {
    app.use("/api/:tenant", express.Router().use("/v1", express.Router().get("/users/:id", ok)));
    app.use(/^\/team-\w+/, express.Router().get("/list", ok));
    app.use("/file-:name", express.Router().get("/list", ok));
    forget(app.router as never);
  };
  const paths = ["/api/acme/v1/users/1", "/API/globex/V1/users/2", "/team-acme/list", "/file-tom/list"];
  expect(await routesOf(express(), build, paths)).toEqual({
    "/api/:tenant/v1/users/:id 2xx": 2,
    "/*/list 2xx": 2,
  });
});

describe("routeOf", () => {
  test("names routes before anything else, is bounded, and may throw", async () => {
    const build = (app: App): void => void app.get("/words/:word", ok).get("/fails", ok);
    const words = Array.from({ length: 505 }, (_, index) => `/words/w${index}`);
    const counted = await routesOf(express(), build, ["/fails", ...words, "/words/w0"], {
      routeOf: ({ url = "" }) => {
        if (url === "/fails") throw new Error("broken");
        return url;
      },
    });
    expect(counted["/fails 2xx"]).toBe(1);
    expect(counted["/words/w0 2xx"]).toBe(2);
    expect(counted["__other__ 2xx"]).toBe(5);
    expect(Object.keys(counted)).toHaveLength(502);
  });

  test("that gives no text has not known", async () => {
    const build = (app: App): void => void app.get("/a/:id", ok);
    for (const wrong of [undefined, null, "", 7, {}]) {
      const counted = await routesOf(express(), build, ["/a/1"], { routeOf: () => wrong as string });
      expect(counted).toEqual({ "/a/:id 2xx": 1 });
    }
  });
});
