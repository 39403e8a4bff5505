"use client";

import { createMetrics, type Metrics, type MetricsOptions } from "@rumkit/browser";
import { type ReactNode, useState } from "react";
import { type AnyMetrics, MetricsContext } from "../context/MetricsContext.ts";
import { StartedClient } from "./StartedClient.tsx";
import { useTestClient } from "../context/useTestClient.ts";

type ProviderOptions = Omit<MetricsOptions, "start">;

/** Either options of a client that the provider creates, or a client that the app created. */
export type MetricsProviderProps = { readonly children?: ReactNode } & (
  | (ProviderOptions & { readonly client?: never })
  | ({ readonly [Option in keyof ProviderOptions]?: never } & {
      /** A client of `createMetrics`, of any catalog. The provider neither starts nor stops it. */
      readonly client: AnyMetrics;
    })
);

/**
 * Gives the tree below it one client. Without props, the client sends to `/collect` on the page's origin.
 *
 * Rendering has no side effect: the client starts in an effect, and calls in earlier effects wait in memory. Options are
 * read once, when the provider first needs a client.
 */
export function MetricsProvider({ children, client, ...options }: MetricsProviderProps): ReactNode {
  const [getOwn] = useState(createOwnOnce);
  const given = useTestClient() ?? client;
  const metrics = given ?? getOwn(options);
  return (
    // React 18 does not support <MetricsContext>.
    <MetricsContext.Provider value={metrics as Metrics}>
      {/* The first child, because its effects run before those of its siblings. */}
      {!given && <StartedClient client={metrics} />}
      {children}
    </MetricsContext.Provider>
  );
}

/** Returns a function that creates a client on its first call, and returns the same client on later calls. */
function createOwnOnce(): (options: ProviderOptions) => AnyMetrics {
  let own: AnyMetrics | undefined;
  return (options) => (own ??= createMetrics({ ...options, start: false }));
}
