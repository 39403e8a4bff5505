import { createMetrics, type Metrics } from "@rumkit/browser";
import { render } from "@testing-library/react";
import { RouterContext } from "next/dist/shared/lib/router-context.shared-runtime.js";
import type { NextRouter } from "next/router.js";
import { type ReactNode, StrictMode } from "react";
import { expect, test, vi } from "vitest";
import { recordPage } from "../../test/recordPage.ts";
import { MetricsProvider } from "../provider/MetricsProvider.tsx";
import { RouteMetrics } from "./nextPages.ts";

const page = recordPage();

/** Renders with a path as the hook of Next.js returns it. */
const show = (pathname: string, asPath: string, isReady = true, client?: Metrics): ReactNode => (
  <StrictMode>
    <RouterContext.Provider value={{ pathname, asPath, isReady } as NextRouter}>
      <MetricsProvider {...(client ? { client } : { pageViews: "manual" })}>
        <RouteMetrics />
      </MetricsProvider>
    </RouterContext.Provider>
  </StrictMode>
);

test.each([
  ["/", "/"],
  ["/about", "/about"],
  ["/users/[id]", "/users/:id"],
  ["/[lang]/users/[id]/edit", "/:lang/users/:id/edit"],
  ["/files/[...path]", "/files/*"],
  ["/docs/[[...slug]]", "/docs/*"],
  ["/404", "/*"],
  ["/_error", "/*"],
])("%s is %s", async (pathname, pattern) => {
  render(show(pathname, "/what/ever"));
  await page.settle();
  expect(page.views()).toEqual([pattern]);
});

test("a statically optimized page counts once its path is known, and nothing before", async () => {
  const client = createMetrics({ pageViews: "manual" });
  const trackPageView = vi.spyOn(client, "trackPageView");
  const { rerender } = render(show("/users/[id]", "/users/[id]", false, client));
  expect(trackPageView).not.toHaveBeenCalled();
  rerender(show("/users/[id]", "/users/1", true, client));
  await page.settle();
  expect(page.views()).toEqual(["/users/:id"]);
  client.stop();
});

test("a new path is a view, a new query or hash is not", async () => {
  const { rerender } = render(show("/users/[id]", "/users/1"));
  rerender(show("/users/[id]", "/users/1?tab=orders"));
  rerender(show("/users/[id]", "/users/1#top"));
  rerender(show("/users/[id]", "/users/2"));
  await page.settle();
  expect(page.views()).toEqual(["/users/:id", "/users/:id"]);
});
