import { act, render } from "@testing-library/react";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  notFound,
  Outlet,
  redirect,
  RouterProvider,
} from "@tanstack/react-router";
import { type ReactNode, StrictMode, useEffect } from "react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createMetrics } from "@rumkit/browser";
import { recordPage } from "../../test/recordPage.ts";
import { MetricsProvider } from "../provider/MetricsProvider.tsx";
import { routerErrorHandler } from "./routerErrorHandler.ts";
import { RouteMetrics, trackRouter } from "./tanstackRouter.ts";
import { useActionTracking } from "../hooks/useActionTracking.ts";

const page = recordPage();

const root = createRootRoute({ component: Outlet, notFoundComponent: () => "nothing here" });
const child = (path: string) => createRoute({ getParentRoute: () => root, path });
const users = child("/users/$id");

function Tracking(): ReactNode {
  const { trackAction } = useActionTracking();
  useEffect(() => trackAction("seen"), [trackAction]);
  return null;
}
const layout = createRoute({ getParentRoute: () => root, id: "layout" });

const routeTree = root.addChildren([
  child("/"),
  users.addChildren([
    createRoute({ getParentRoute: () => users, path: "/" }),
    createRoute({ getParentRoute: () => users, path: "edit" }),
  ]),
  child("/files/$"),
  child("/posts/post-{$slug}.html"),
  child("/{-$lang}/about"),
  createRoute({ getParentRoute: () => root, path: "/tracking/$id", component: Tracking }),
  layout.addChildren([createRoute({ getParentRoute: () => layout, path: "/in-layout" })]),
  createRoute({
    getParentRoute: () => root,
    path: "/old",
    beforeLoad: () => {
      // oxlint-disable-next-line typescript/only-throw-error -- The way of this router.
      throw redirect({ to: "/in-layout" });
    },
  }),
]);

function createTestRouter(first: string) {
  // The router scrolls, and happy-dom does not.
  vi.stubGlobal("scrollTo", () => {});
  return createRouter({ routeTree, history: createMemoryHistory({ initialEntries: [first] }) });
}

/** The routes that are named when the router starts at a path and then goes to others. */
async function named(first: string, ...later: string[]): Promise<unknown> {
  const router = createTestRouter(first);
  render(
    <StrictMode>
      <MetricsProvider pageViews="manual">
        <RouteMetrics router={router} />
        <RouterProvider router={router} />
      </MetricsProvider>
    </StrictMode>,
  );
  await act(page.settle);
  for (const path of later) {
    await act(async () => router.history.push(path));
    await act(page.settle);
  }
  return page.views();
}

test("params, splats, layouts and indexes are named as in every other router", async () => {
  expect(
    await named("/", "/users/1", "/users/1/edit", "/files/a/b", "/posts/post-7.html", "/in-layout"),
  ).toEqual(["/", "/users/:id", "/users/:id/edit", "/files/*", "/posts/:slug", "/in-layout"]);
});

test("an optional param is omitted if the path lacks it", async () => {
  expect(await named("/about", "/de/about")).toEqual(["/about", "/:lang/about"]);
});

test("paths without a matching route have one name", async () => {
  expect(await named("/nowhere", "/users/1/no/where")).toEqual(["/*", "/*"]);
});

test("a redirected path is not a view", async () => {
  expect(await named("/old")).toEqual(["/in-layout"]);
});

test("a change of search or hash is not a view, but a returning path is", async () => {
  expect(await named("/", "/?q=1", "/?q=1#top", "/in-layout", "/")).toEqual(["/", "/in-layout", "/"]);
});

test("calls in effects of a new page have its route", async () => {
  await named("/", "/tracking/1");
  let route: string | undefined;
  const routes = page.events().map((event) => [event.type, (route = event.route ?? route)]);
  expect(routes).toContainEqual(["action", "/tracking/:id"]);
});

test("a router that already shows its first page is counted from then on", async () => {
  const router = createTestRouter("/in-layout");
  render(<RouterProvider router={router} />);
  await act(page.settle);
  const routes: string[] = [];
  const end = trackRouter(router, { trackPageView: (route) => routes.push(route) });
  expect(routes).toEqual(["/in-layout"]);
  await act(async () => router.history.push("/"));
  end();
  await act(async () => router.history.push("/about"));
  expect(routes).toEqual(["/in-layout", "/"]);
});

test("a page that subscribes to its own router counts too", async () => {
  const inside = createRootRoute({
    component: () => (
      <MetricsProvider pageViews="manual">
        <RouteMetrics router={router} />
        <Outlet />
      </MetricsProvider>
    ),
  });
  const home = createRoute({ getParentRoute: () => inside, path: "/" });
  vi.stubGlobal("scrollTo", () => {});
  const router = createRouter({ routeTree: inside.addChildren([home]), history: createMemoryHistory() });
  render(<RouterProvider router={router} />);
  await act(page.settle);
  expect(page.views()).toEqual(["/"]);
});

describe("an error at the router's error boundary", () => {
  // React and the router log it.
  beforeEach(() => {
    vi.mocked(console.error).mockName("expected");
    vi.stubGlobal("scrollTo", () => {});
  });
  afterEach(() => {
    vi.mocked(console.error).mockClear();
    vi.mocked(console.warn).mockClear();
  });

  const fail = (thrown: unknown) => (): never => {
    throw thrown;
  };

  test.each([
    ["counts the error of a component once", { component: fail(new Error("broken")) }, ["broken"]],
    ["counts a text of a component once", { component: fail("text") }, ["text"]],
    ["counts the error of a loader once", { loader: fail(new Error("broken")) }, ["broken"]],
    ["counts a text of a loader once", { loader: fail("text") }, ["text"]],
    ["counts the error of beforeLoad once", { beforeLoad: fail(new Error("broken")) }, ["broken"]],
    ["does not count what a loader does not find", { loader: fail(notFound()) }, []],
    ["does not count what a component does not find", { component: fail(notFound()) }, []],
  ])("%s", async (_title, route, messages) => {
    const client = createMetrics({ pageViews: "manual" });
    const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: () => "not found" });
    const router = createRouter({
      routeTree: rootRoute.addChildren([
        createRoute({ getParentRoute: () => rootRoute, path: "/x", errorComponent: () => "sorry", ...route }),
      ]),
      history: createMemoryHistory({ initialEntries: ["/x"] }),
      defaultOnCatch: routerErrorHandler(client),
    });
    render(
      <StrictMode>
        <MetricsProvider client={client}>
          <RouteMetrics router={router} />
          <RouterProvider router={router} />
        </MetricsProvider>
      </StrictMode>,
    );
    await act(page.settle);
    client.stop();
    const errors = page.events().filter((event) => event.type === "error");
    expect(errors.flatMap(({ message, count = 1 }) => Array<unknown>(count).fill(message))).toEqual(messages);
    expect(page.views()).toEqual(["/x"]);
  });
});
