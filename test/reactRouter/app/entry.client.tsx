import { createMetrics } from "@rumkit/browser";
import { MetricsProvider, routerErrorHandler } from "@rumkit/react";
import { StrictMode } from "react";
import { hydrateRoot } from "react-dom/client";
import { HydratedRouter } from "react-router/dom";

const metrics = createMetrics({ pageViews: "manual" });

hydrateRoot(
  document,
  <StrictMode>
    <MetricsProvider client={metrics}>
      <HydratedRouter onError={routerErrorHandler(metrics)} />
    </MetricsProvider>
  </StrictMode>,
);
