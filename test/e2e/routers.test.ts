/**
 * One walk through an app with each router, in a real Chromium: every view counts once and under its pattern, in
 * development with StrictMode and in production.
 */
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchShell } from "../support/chromium.ts";
import { startPageServer } from "../support/pageServer.ts";
import { bundlePage, type Versions } from "../support/reactPages/bundlePage.ts";
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

const ROUTERS: { title: string; page: string; versions?: Versions }[] = [
  ...[
    { router: "React Router 6 on React 18", versions: { ...reactRouter6, ...react18 } },
    { router: "React Router 7 on React 18", versions: { ...reactRouter7, ...react18 } },
    { router: "React Router 7", versions: reactRouter7 },
    { router: "React Router 8", versions: {} },
  ].flatMap(({ router, versions }) => [
    { title: `${router}, <MetricsRoutes>`, page: "reactRouterDeclarative.tsx", versions },
    { title: `${router}, data router`, page: "reactRouterData.tsx", versions },
    { title: `${router}, data router and a client of the app`, page: "reactRouterClient.tsx", versions },
  ]),
  { title: "TanStack Router", page: "tanstackRouter.tsx" },
  { title: "TanStack Router on React 18", page: "tanstackRouter.tsx", versions: react18 },
];

let browser: Browser;

beforeAll(async () => {
  browser = await launchShell();
});
afterAll(() => browser.close());

describe.each(["development", "production"] as const)("in %s", (mode) => {
  test.concurrent.each(ROUTERS)("six views, three names: $title", async ({ page, versions }) => {
    const server = await startPageServer(WALK_CATALOG, await bundlePage(page, mode, versions));
    try {
      expect(await walkThrough(browser, server.origin)).toEqual(SIX_VIEWS_THREE_NAMES);
    } finally {
      await server.stop();
    }
  });
});
