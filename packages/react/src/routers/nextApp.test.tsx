import { render } from "@testing-library/react";
import {
  PathnameContext,
  PathParamsContext,
} from "next/dist/shared/lib/hooks-client-context.shared-runtime.js";
import { type ReactNode, StrictMode } from "react";
import { expect, test } from "vitest";
import { recordPage } from "../../test/recordPage.ts";
import { MetricsProvider } from "../provider/MetricsProvider.tsx";
import { RouteMetrics } from "./nextApp.ts";

const page = recordPage();

/** Renders with a path and params as the hooks of Next.js return them. */
const show = (path: string | null, params: Record<string, string | string[]>): ReactNode => (
  <StrictMode>
    <PathnameContext.Provider value={path}>
      <PathParamsContext.Provider value={params}>
        <MetricsProvider pageViews="manual">
          <RouteMetrics />
        </MetricsProvider>
      </PathParamsContext.Provider>
    </PathnameContext.Provider>
  </StrictMode>
);

test.each([
  ["/", {}, "/"],
  ["/about", {}, "/about"],
  ["/users/1", { id: "1" }, "/users/:id"],
  ["/users/1/edit", { id: "1" }, "/users/:id/edit"],
  ["/files/a/b", { path: ["a", "b"] }, "/files/*"],
  ["/de/files/a/b", { lang: "de", path: ["a", "b"] }, "/:lang/files/*"],
  // Two params with one value: Next.js tells them in the order of the path.
  ["/x/x", { a: "x", b: "x" }, "/:a/:b"],
  // The path is as in the address bar; Next.js encodes each param.
  ["/u/@bob", { name: "%40bob" }, "/u/:name"],
  ["/u/a:b", { name: "a%3Ab" }, "/u/:name"],
  ["/u/a:b", { name: "a:b" }, "/u/:name"],
  ["/u/%C3%BC", { name: "%C3%BC" }, "/u/:name"],
  ["/u/ü", { name: "%C3%BC" }, "/u/:name"],
  ["/u/%C3%BC", { name: "ü" }, "/u/:name"],
  ["/u/a%2Fb", { name: "a%2Fb" }, "/u/:name"],
  ["/u/100%25", { name: "100%25" }, "/u/:name"],
  ["/u/100%", { name: "100%" }, "/u/:name"],
  ["/u/a,b+c=d&e", { name: "a%2Cb%2Bc%3Dd%26e" }, "/u/:name"],
  ["/files/@a/b%20c", { path: ["%40a", "b%20c"] }, "/files/*"],
  // With `trailingSlash`.
  ["/docs/a/b/", { slug: ["a", "b"] }, "/docs/*"],
  ["/products/1/", { id: "1" }, "/products/:id"],
  ["/about/", {}, "/about"],
  // An optional catch-all that catches nothing.
  ["/docs", { slug: undefined as unknown as string[] }, "/docs"],
])("%s with %j is %s", async (path, params, pattern) => {
  render(show(path, params));
  await page.settle();
  expect(page.views()).toEqual([pattern]);
});

test.each([
  ["a param that is also a fixed segment", "/users/users", { id: "users" }],
  ["a path that was rewritten", "/shown", { id: "1" }],
])("%s is left to the collector: the path itself is sent", async (_title, path, params) => {
  render(show(path, params));
  await page.settle();
  expect(page.views()).toEqual([path]);
});

test("a view counts once, and again when its path returns", async () => {
  const { rerender } = render(show("/users/1", { id: "1" }));
  rerender(show("/users/1", { id: "1" }));
  rerender(show("/users/2", { id: "2" }));
  rerender(show("/users/1", { id: "1" }));
  await page.settle();
  expect(page.views()).toEqual(["/users/:id", "/users/:id", "/users/:id"]);
});

test("without a path there is no view", async () => {
  render(show(null, {}));
  await page.settle();
  expect(page.views()).toEqual([]);
});
