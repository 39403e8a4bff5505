"use client";

import { createMetrics, type Metrics, type MetricsOptions } from "@rumkit/browser";
import { type ReactNode, useState } from "react";
import { MetricsContext } from "./MetricsContext.ts";
import { useEarlyEffect } from "./useEarlyEffect.ts";

/** The hooks name the catalogue again, so here any will do. */
type AnyMetrics = Pick<Metrics, "flush" | "start" | "stop" | "trackError">;

type ProviderOptions = Omit<MetricsOptions, "start">;

/** Either the options of a client that the provider owns, or a client that the app owns. */
export type MetricsProviderProps = { readonly children?: ReactNode } & (
  | (ProviderOptions & { readonly client?: never })
  | ({ readonly [Option in keyof ProviderOptions]?: never } & {
      /** A client of `createMetrics`, of any catalogue. The provider neither starts nor stops it. */
      readonly client: AnyMetrics;
    })
);

/**
 * Gives the tree below it one client. Without props it sends to `/collect` of the page's own origin.
 *
 * Rendering has no side effect: the client starts in an effect, and calls of effects that run before wait in
 * memory. Options are read once, when the provider mounts.
 */
export function MetricsProvider({ children, client, ...options }: MetricsProviderProps): ReactNode {
  const [owned] = useState(() => client ?? createMetrics({ ...options, start: false }));
  const metrics = (client ?? owned) as Metrics;
  const isOwner = client === undefined;

  useEarlyEffect(() => (isOwner ? startForNow(metrics) : undefined), [metrics, isOwner]);

  // React 18 knows no <MetricsContext>.
  return <MetricsContext.Provider value={metrics}>{children}</MetricsContext.Provider>;
}

/** Stops that are due, by client: a start in time takes the stop back. */
const pendingStops = new WeakMap<Metrics, ReturnType<typeof setTimeout>>();

/**
 * Starts a client, and returns what stops it a moment later.
 *
 * StrictMode runs every effect, its cleanup and the effect again in one task: stopping at once would end the
 * session's first batch and count the page twice.
 */
function startForNow(metrics: Metrics): () => void {
  clearTimeout(pendingStops.get(metrics));
  metrics.start();
  return () => {
    pendingStops.set(metrics, setTimeout(metrics.stop, 0));
  };
}
