import { act, render } from "@testing-library/react";
import { lazy, type ReactNode, StrictMode, Suspense, useEffect } from "react";
import { MemoryRouter, Outlet, Route, Routes, useNavigate } from "react-router";
import { expect, test } from "vitest";
import { recordPage } from "../../test/recordPage.ts";
import { MetricsProvider } from "../provider/MetricsProvider.tsx";
import { MetricsRoutes } from "./reactRouter.ts";
import { useActionTracking } from "../hooks/useActionTracking.ts";

const page = recordPage();

let navigate: ReturnType<typeof useNavigate>;

function Navigator(): null {
  navigate = useNavigate();
  return null;
}

const show = (routes: ReactNode, first = "/"): ReactNode => (
  <StrictMode>
    <MetricsProvider pageViews="manual">
      <MemoryRouter initialEntries={[first]}>
        <Navigator />
        {routes}
      </MemoryRouter>
    </MetricsProvider>
  </StrictMode>
);

test("MetricsRoutes render like Routes, and name views", async () => {
  const { container } = render(
    show(
      <MetricsRoutes>
        <Route path="/" element={<Outlet />}>
          <Route index element="home" />
          <Route path="users/:id?" element="user" />
        </Route>
        <Route
          path="/files/*"
          element={
            <Routes>
              <Route path=":name" element="file" />
            </Routes>
          }
        />
      </MetricsRoutes>,
    ),
  );
  expect(container.textContent).toBe("home");
  for (const [path, text] of [
    ["/users/1", "user"],
    ["/users", "user"],
    ["/files/a", "file"],
  ] as const) {
    await act(async () => navigate(path));
    expect(container.textContent).toBe(text);
  }
  await page.settle();
  expect(page.views()).toEqual(["/", "/users/:id", "/users", "/files/*"]);
});

test("MetricsRoutes mark a path without a matching route", async () => {
  render(
    show(
      <MetricsRoutes>
        <Route path="/*" element="anything" />
      </MetricsRoutes>,
      "/nowhere",
    ),
  );
  await page.settle();
  expect(page.views()).toEqual(["/*"]);
});

test("MetricsRoutes count one view of a lazy page", async () => {
  let loaded: (module: { default: () => string }) => void;
  const Late = lazy(() => new Promise<{ default: () => string }>((resolve) => (loaded = resolve)));
  const { container } = render(
    show(
      <Suspense fallback="loading">
        <MetricsRoutes>
          <Route path="/" element="home" />
          <Route path="/late" element={<Late />} />
        </MetricsRoutes>
      </Suspense>,
    ),
  );
  await act(async () => navigate("/late"));
  await act(async () => loaded({ default: () => "late" }));
  await page.settle();
  expect(container.textContent).toBe("late");
  expect(page.views()).toEqual(["/", "/late"]);
});

test("MetricsRoutes set the route of calls in effects of a new page", async () => {
  const Tracking = (): null => {
    const { trackAction } = useActionTracking();
    useEffect(() => trackAction("seen"), [trackAction]);
    return null;
  };
  render(
    show(
      <MetricsRoutes>
        <Route path="/" element="home" />
        <Route path="/tracking/:id" element={<Tracking />} />
      </MetricsRoutes>,
    ),
  );
  await act(async () => navigate("/tracking/1"));
  await page.settle();
  let route: string | undefined;
  const routes = page.events().map((event) => [event.type, (route = event.route ?? route)]);
  expect(routes).toContainEqual(["action", "/tracking/:id"]);
});
