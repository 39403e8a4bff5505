import { createMetrics } from "@rumkit/browser";
import { MetricsProvider } from "@rumkit/react";
import { trackRouter } from "@rumkit/react/react-router-data";
import { RouterProvider } from "react-router";
import { router } from "./dataRouter.tsx";
import { mount } from "./mount.tsx";

const client = createMetrics({ pageViews: "manual" });
trackRouter(router, client);

mount(
  <MetricsProvider client={client}>
    <RouterProvider router={router} />
  </MetricsProvider>,
);
