import { MetricsProvider } from "@rumkit/react";
import { RouteMetrics } from "@rumkit/react/react-router-data";
import { RouterProvider } from "react-router";
import { router } from "./dataRouter.tsx";
import { mount } from "./mount.tsx";

mount(
  <MetricsProvider pageViews="manual">
    <RouteMetrics router={router} />
    <RouterProvider router={router} />
  </MetricsProvider>,
);
