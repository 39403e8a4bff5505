"use client";

import { apiCalls } from "@rumkit/browser";
import { MetricsProvider } from "@rumkit/react";
import { RouteMetrics } from "@rumkit/react/next-app";
import type { ReactNode } from "react";

const sources = [apiCalls()];

export function Metrics({ children }: { children: ReactNode }) {
  return (
    <MetricsProvider pageViews="manual" release={process.env.NEXT_PUBLIC_RELEASE ?? ""} sources={sources}>
      <RouteMetrics />
      {children}
    </MetricsProvider>
  );
}
