"use client";

import type { Metrics } from "@rumkit/browser";
import type { ReactNode } from "react";
import { type AnyMetrics, MetricsContext } from "../context/MetricsContext.ts";
import { useTestClient } from "../context/useTestClient.ts";

export interface ClientProviderProps {
  readonly children?: ReactNode;
  /** A client of `createMetrics` or `createMetricsWith`. The provider neither starts nor stops it. */
  readonly client: AnyMetrics;
}

/** Gives the tree below it a client that the app creates, starts and stops. */
export function ClientProvider({ children, client }: ClientProviderProps): ReactNode {
  const metrics = useTestClient() ?? client;
  // React 18 does not support <MetricsContext>.
  return <MetricsContext.Provider value={metrics as Metrics}>{children}</MetricsContext.Provider>;
}
