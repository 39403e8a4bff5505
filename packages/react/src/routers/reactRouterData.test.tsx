import { createMetrics } from "@rumkit/browser";
import { act, render } from "@testing-library/react";
import { lazy, type ReactNode, StrictMode } from "react";
import {
  createMemoryRouter,
  data,
  Outlet,
  redirect,
  type RouteObject,
  RouterProvider,
  useRouteError,
} from "react-router";
import { createMemoryRouter as createMemoryRouter6 } from "react-router-6";
import { createMemoryRouter as createMemoryRouter7 } from "react-router-7";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { recordPage } from "../../test/recordPage.ts";
import { MetricsProvider } from "../provider/MetricsProvider.tsx";
import { MetricsErrorBoundary } from "../errors/MetricsErrorBoundary.tsx";
import { routerErrorHandler } from "./routerErrorHandler.ts";
import { RouteMetrics, trackRouter } from "./reactRouterData.ts";
import { useMetrics } from "../context/useMetrics.ts";

const page = recordPage();

/** The routes that are named when a router starts at a path and then goes to others. */
async function named(routes: RouteObject[], first: string, ...later: string[]): Promise<unknown> {
  const router = createMemoryRouter(routes, { initialEntries: [first] });
  const client = createMetrics({ pageViews: "manual" });
  const end = trackRouter(router, client);
  await page.settle();
  for (const path of later) await router.navigate(path);
  await page.settle();
  end();
  client.stop();
  return page.views();
}

describe("trackRouter", () => {
  test("joins the paths of nested routes, with layouts, indexes and children from the root on", async () => {
    const routes: RouteObject[] = [
      {
        path: "/",
        children: [
          { index: true },
          { path: "users", children: [{ path: ":id", children: [{ index: true }, { path: "edit" }] }] },
          { path: "/teams", children: [{ path: "/teams/:team" }] },
          { children: [{ path: "files/*" }] },
        ],
      },
    ];
    expect(await named(routes, "/", "/users/1", "/users/1/edit", "/teams/7", "/files/a/b", "/files")).toEqual(
      ["/", "/users/:id", "/users/:id/edit", "/teams/:team", "/files/*", "/files/*"],
    );
  });

  test("omits optional segments that the path lacks", async () => {
    const routes = [{ path: "/:lang?/users/:id/edit?" }];
    expect(await named(routes, "/en/users/1", "/users/1", "/de/users/1/edit")).toEqual([
      "/:lang/users/:id",
      "/users/:id",
      "/:lang/users/:id/edit",
    ]);
  });

  test("has one name for all paths without a matching route", async () => {
    expect(await named([{ path: "/" }], "/", "/nowhere", "/no/where")).toEqual(["/", "/*", "/*"]);
  });

  test("has the same name for matches of a splat of the root", async () => {
    expect(await named([{ path: "/" }, { path: "*" }], "/nowhere", "/")).toEqual(["/*", "/"]);
  });

  test("counts nothing after its end", async () => {
    const router = createMemoryRouter([{ path: "/" }, { path: "/a" }]);
    const routes: string[] = [];
    const end = trackRouter(router, { trackPageView: (route) => routes.push(route) });
    end();
    await router.navigate("/a");
    expect(routes).toEqual(["/"]);
  });

  test("does not count a path that a loader redirects", async () => {
    const routes = [
      { path: "/old", loader: () => redirect("/new") },
      { path: "/new", loader: () => null },
    ];
    expect(await named(routes, "/old")).toEqual(["/new"]);
  });

  test("does not count a change of query or hash, but a returning path", async () => {
    const routes = [{ path: "/" }, { path: "/a" }];
    expect(await named(routes, "/", "/?q=1", "/?q=1#top", "/a", "/")).toEqual(["/", "/a", "/"]);
  });
});

test("RouteMetrics continues when it is mounted again", async () => {
  const router = createMemoryRouter([
    { path: "/", element: "home" },
    { path: "/a", element: "a" },
  ]);
  const tree = (key: string): ReactNode => (
    <MetricsProvider pageViews="manual">
      <RouteMetrics key={key} router={router} />
      <RouterProvider router={router} />
    </MetricsProvider>
  );
  const { rerender } = render(tree("first"));
  rerender(tree("second"));
  await act(async () => router.navigate("/a"));
  await page.settle();
  expect(page.views()).toEqual(["/", "/a"]);
});

describe("an error at React Router's error boundary", () => {
  // React and the router log it.
  beforeEach(() => vi.mocked(console.error).mockName("expected"));
  afterEach(() => {
    vi.mocked(console.error).mockClear();
    vi.mocked(console.warn).mockClear();
  });

  const fail = (thrown: unknown) => (): never => {
    throw thrown;
  };
  const Sorry = (): ReactNode => `sorry: ${String(useRouteError())}`;
  const Broken = ({ thrown }: { thrown: unknown }): ReactNode => fail(thrown)();
  const Gone = lazy(async () => fail(new TypeError("Failed to fetch dynamically imported module"))());

  /** Shows a path in an app as the README has it, and returns the messages of the errors that were counted. */
  async function messagesAt(path: string, routes: RouteObject[], submit?: "post"): Promise<unknown[]> {
    const router = createMemoryRouter(
      [{ path: "/", element: <Outlet />, errorElement: <Sorry />, children: [{ index: true }, ...routes] }],
      { initialEntries: submit ? ["/"] : [path] },
    );
    const App = (): ReactNode => (
      <RouterProvider router={router} onError={routerErrorHandler(useMetrics())} />
    );
    const { container } = render(
      <StrictMode>
        <MetricsProvider pageViews="manual">
          <MetricsErrorBoundary fallback="never reached">
            <RouteMetrics router={router} />
            <App />
          </MetricsErrorBoundary>
        </MetricsProvider>
      </StrictMode>,
    );
    await act(page.settle);
    if (submit)
      await act(async () => router.navigate(path, { formMethod: submit, formData: new FormData() }));
    await act(page.settle);
    expect(container.textContent).toContain("sorry");
    const errors = page.events().filter((event) => event.type === "error");
    for (const error of errors) expect(error.source).toBe("react");
    return errors.flatMap(({ message, count = 1 }) => Array<unknown>(count).fill(message));
  }

  test.each([
    ["a component", "broken", { element: <Broken thrown={new Error("broken")} /> }],
    ["a component that throws a text", "text", { element: <Broken thrown="text" /> }],
    ["a loader", "broken", { loader: fail(new Error("broken")) }],
    ["a loader that throws a text", "text", { loader: fail("text") }],
    ["a lazy route whose chunk is gone", "gone", { lazy: async () => fail(new TypeError("gone"))() }],
    [
      "a lazy component whose chunk is gone",
      "Failed to fetch dynamically imported module",
      { element: <Gone /> },
    ],
  ])("counts the error of %s once", async (_title, message, route) => {
    expect(await messagesAt("/x", [{ path: "x", ...route }])).toEqual([message]);
  });

  test("counts the error of an action once", async () => {
    const action = fail(new Error("broken"));
    expect(await messagesAt("/x", [{ path: "x", action, loader: () => null }], "post")).toEqual(["broken"]);
  });

  test.each([
    ["a path that no route matches", "/nowhere", []],
    ["a response of a loader", "/x", [{ path: "x", loader: fail(new Response("", { status: 404 })) }]],
    ["data of a loader", "/x", [{ path: "x", loader: fail(data(null, { status: 403 })) }]],
    ["a response of a component", "/x", [{ path: "x", element: <Broken thrown={new Response()} /> }]],
  ])("does not count %s", async (_title, path, routes) => {
    expect(await messagesAt(path, routes)).toEqual([]);
  });

  test("is counted in the view of its page", async () => {
    await messagesAt("/users/1", [{ path: "users/:id", loader: fail(new Error("broken")) }]);
    let route: string | undefined;
    const seen = page.events().map((event) => [event.type, (route = event.route ?? route)]);
    expect(seen).toEqual([
      ["session_start", "/users/:id"],
      ["page_view", "/users/:id"],
      ["error", "/users/:id"],
    ]);
  });

  test("counts again if it is thrown again", async () => {
    const router = createMemoryRouter([
      { path: "/", errorElement: "sorry" },
      { path: "/x", loader: fail("text"), errorElement: "sorry" },
    ]);
    const messages: unknown[] = [];
    const end = trackRouter(router, {
      trackPageView: () => {},
      trackError: (error) => messages.push(error),
    });
    for (const path of ["/x", "/", "/x"]) await router.navigate(path);
    end();
    expect(messages).toEqual(["text", "text"]);
  });

  test.each([
    ["6", createMemoryRouter6],
    ["7", createMemoryRouter7],
  ])("is counted with React Router %s, too", async (_version, create) => {
    const router = create([
      { path: "/", errorElement: "sorry" },
      { path: "/x", loader: fail(new Error("broken")), errorElement: "sorry" },
      { path: "/chunk", lazy: async () => fail(new Error("gone"))(), errorElement: "sorry" },
    ]);
    const messages: string[] = [];
    const end = trackRouter(router, {
      trackPageView: () => {},
      trackError: (error) => messages.push((error as Error).message),
    });
    for (const path of ["/x", "/", "/chunk", "/nowhere"]) await router.navigate(path);
    end();
    expect(messages).toEqual(["broken", "gone"]);
  });

  test("is ignored by a client that only counts views", async () => {
    const router = createMemoryRouter([
      { path: "/", loader: fail(new Error("broken")), errorElement: "sorry" },
    ]);
    const routes: string[] = [];
    const end = trackRouter(router, { trackPageView: (route) => routes.push(route) });
    await expect.poll(() => routes).toEqual(["/"]);
    end();
  });
});

describe("without a router", () => {
  test("RouteMetrics uses the page's router, as in framework mode", async () => {
    const router = createMemoryRouter([
      {
        path: "/",
        // `Layout` of `root.tsx`.
        element: (
          <MetricsProvider pageViews="manual">
            <RouteMetrics />
            <Outlet />
          </MetricsProvider>
        ),
        children: [
          { index: true, element: "home" },
          { path: "users/:id", element: "user" },
        ],
      },
    ]);
    vi.stubGlobal("__reactRouterDataRouter", router);
    render(
      <StrictMode>
        <RouterProvider router={router} />
      </StrictMode>,
    );
    await act(async () => router.navigate("/users/1"));
    await page.settle();
    expect(page.views()).toEqual(["/", "/users/:id"]);
  });

  test("RouteMetrics does nothing if the page has none", async () => {
    render(
      <MetricsProvider pageViews="manual">
        <RouteMetrics />
      </MetricsProvider>,
    );
    await page.settle();
    expect(page.batches).toEqual([]);
  });
});
