import { createMetrics } from "@rumkit/browser";
import { act, render } from "@testing-library/react";
import type { ReactNode } from "react";
import { createMemoryRouter, redirect, type RouteObject, RouterProvider } from "react-router";
import { describe, expect, test } from "vitest";
import { recordPage } from "../test/recordPage.ts";
import { MetricsProvider } from "./MetricsProvider.tsx";
import { RouteMetrics, trackRouter } from "./reactRouterData.ts";

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

  test("leaves out optional segments that the path leaves out", async () => {
    const routes = [{ path: "/:lang?/users/:id/edit?" }];
    expect(await named(routes, "/en/users/1", "/users/1", "/de/users/1/edit")).toEqual([
      "/:lang/users/:id",
      "/users/:id",
      "/:lang/users/:id/edit",
    ]);
  });

  test("has one name for every path that no route matches", async () => {
    expect(await named([{ path: "/" }], "/", "/nowhere", "/no/where")).toEqual(["/", "/*", "/*"]);
  });

  test("has the same name for what a splat of the root matches", async () => {
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

  test("counts no view of a path that a loader redirects", async () => {
    const routes = [
      { path: "/old", loader: () => redirect("/new") },
      { path: "/new", loader: () => null },
    ];
    expect(await named(routes, "/old")).toEqual(["/new"]);
  });

  test("counts no view for a change of query or hash, and one for a path that comes again", async () => {
    const routes = [{ path: "/" }, { path: "/a" }];
    expect(await named(routes, "/", "/?q=1", "/?q=1#top", "/a", "/")).toEqual(["/", "/a", "/"]);
  });
});

test("RouteMetrics goes on where it was, when it is mounted again", async () => {
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
