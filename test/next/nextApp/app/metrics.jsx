"use client";

import { apiCalls } from "@rumkit/browser";
import { createMetricsContext } from "@rumkit/react";

/** As the README has it: one export a line, and something else beside them. */
const typed = createMetricsContext();
export const MetricsErrorBoundary = typed.MetricsErrorBoundary;
export const MetricsProvider = typed.MetricsProvider;

const sources = [apiCalls()];

/** The provider for a server layout, which cannot hand on sources. */
export function Metrics({ children }) {
  return (
    <MetricsProvider pageViews="manual" sources={sources}>
      {children}
    </MetricsProvider>
  );
}
