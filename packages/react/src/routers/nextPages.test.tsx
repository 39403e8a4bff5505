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

/** What Next.js tells its hook of a path. */
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

test("a page that was optimised statically counts once its path is known, and asks for nothing before", async () => {
  const client = createMetrics({ pageViews: "manual" });
  const trackPageView = vi.spyOn(client, "trackPageView");
  const { rerender } = render(show("/users/[id]", "/users/[id]", false, client));
  expect(trackPageView).not.toHaveBeenCalled();
  rerender(show("/users/[id]", "/users/1", true, client));
  await page.settle();
  expect(page.views()).toEqual(["/users/:id"]);
  client.stop();
});

test("another path is a view, another query or hash is none", async () => {
  const { rerender } = render(show("/users/[id]", "/users/1"));
  rerender(show("/users/[id]", "/users/1?tab=orders"));
  rerender(show("/users/[id]", "/users/1#top"));
  rerender(show("/users/[id]", "/users/2"));
  await page.settle();
  expect(page.views()).toEqual(["/users/:id", "/users/:id"]);
});
