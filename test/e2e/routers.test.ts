/**
 * One walk through an app with each router, in a real Chromium: every view counts once and under its pattern, in
 * development with StrictMode and in production.
 */
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchShell } from "../support/chromium.ts";
import { startPageServer } from "../support/pageServer.ts";
import { bundlePages, type Versions } from "../support/reactPages/bundlePage.ts";
import { SIX_VIEWS_THREE_NAMES, walkThrough } from "../support/walkThrough.ts";
import { WALK_CATALOG } from "../support/walkCatalog.ts";

const ROOT = join(import.meta.dirname, "../..");
const REACT_18 = join(ROOT, "test/react18");

const react18: Versions = {
  react: { name: "react", from: REACT_18 },
  "react-dom": { name: "react-dom", from: REACT_18 },
};
/** In 6, `BrowserRouter` and its like have a separate package, which has all of the other one in it. */
const reactRouter6: Versions = { "react-router": { name: "react-router-dom-6", from: ROOT } };
const reactRouter7: Versions = { "react-router": { name: "react-router-7", from: ROOT } };

/** All that is installed under its own name. */
const latest: Versions = {};

interface Router {
  readonly title: string;
  readonly page: string;
  readonly versions: Versions;
}

const ROUTERS: readonly Router[] = [
  ...[
    { router: "React Router 6 on React 18", versions: { ...reactRouter6, ...react18 } },
    { router: "React Router 7 on React 18", versions: { ...reactRouter7, ...react18 } },
    { router: "React Router 7", versions: reactRouter7 },
    { router: "React Router 8", versions: latest },
  ].flatMap(({ router, versions }) => [
    { title: `${router}, <MetricsRoutes>`, page: "reactRouterDeclarative.tsx", versions },
    { title: `${router}, data router`, page: "reactRouterData.tsx", versions },
    { title: `${router}, data router and a client of the app`, page: "reactRouterClient.tsx", versions },
  ]),
  { title: "TanStack Router", page: "tanstackRouter.tsx", versions: latest },
  { title: "TanStack Router on React 18", page: "tanstackRouter.tsx", versions: react18 },
];

let browser: Browser;

beforeAll(async () => {
  browser = await launchShell();
});
afterAll(() => browser.close());

/** Returns the code of a router's page. The pages of the same versions are bundled together. */
function bundlesIn(mode: "development" | "production"): (router: Router) => Promise<string> {
  const bundles = new Map<Versions, Promise<ReadonlyMap<string, string>>>();
  return async ({ page, versions }) => {
    const pages = ROUTERS.filter((router) => router.versions === versions).map((router) => router.page);
    const bundled = bundles.get(versions) ?? bundlePages(pages, mode, versions);
    bundles.set(versions, bundled);
    return (await bundled).get(page)!;
  };
}

describe.each(["development", "production"] as const)("in %s", (mode) => {
  const codeOf = bundlesIn(mode);

  test.concurrent.each(ROUTERS)("six views, three names: $title", async (router) => {
    const server = await startPageServer(WALK_CATALOG, { bundled: await codeOf(router) });
    try {
      expect(await walkThrough(browser, server.origin)).toEqual(SIX_VIEWS_THREE_NAMES);
    } finally {
      await server.stop();
    }
  });
});
