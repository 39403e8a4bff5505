import { MetricsProvider } from "@rumkit/react";
import { RouteMetrics } from "@rumkit/react/tanstack-router";
import {
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
  useParams,
} from "@tanstack/react-router";
import type { ReactNode } from "react";
import { mount, Shown } from "./mount.tsx";

/** Shows what the matched routes know: the location itself changes as soon as a navigation begins. */
function Page({ of }: { of: string }): ReactNode {
  const { id, _splat } = useParams({ strict: false });
  return <Shown path={`/${[of, id ?? _splat].filter(Boolean).join("/")}`} />;
}

async function load(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20));
}

const root = createRootRoute({ component: Outlet });
const home = createRoute({ getParentRoute: () => root, path: "/", component: () => <Page of="" /> });
const user = createRoute({ getParentRoute: () => root, path: "/users/$id", loader: load });
const userIndex = createRoute({
  getParentRoute: () => user,
  path: "/",
  component: () => <Page of="users" />,
});
const files = createRoute({
  getParentRoute: () => root,
  path: "/files/$",
  component: () => <Page of="files" />,
});
const router = createRouter({ routeTree: root.addChildren([home, user.addChildren([userIndex]), files]) });

window.walk = {
  go: (path, options) => router.navigate({ to: path, ...options }),
  back: () => router.history.back(),
};

mount(
  <MetricsProvider pageViews="manual">
    <RouteMetrics router={router} />
    <RouterProvider router={router} />
  </MetricsProvider>,
);
