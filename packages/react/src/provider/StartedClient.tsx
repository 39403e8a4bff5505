"use client";

import type { ReactNode } from "react";
import type { AnyMetrics } from "../context/MetricsContext.ts";
import { useLastingEffect } from "../effects/useLastingEffect.ts";

/** Starts a client while it is mounted and shown. Renders nothing. */
export function StartedClient({ client }: { readonly client: AnyMetrics }): ReactNode {
  useLastingEffect(() => startForNow(client), [client]);
  return null;
}

/** Stops that are due, by client: a start in time takes the stop back. */
const pendingStops = new WeakMap<AnyMetrics, ReturnType<typeof setTimeout>>();

/**
 * Starts a client, and returns a function that stops it a moment later.
 *
 * StrictMode runs every effect, its cleanup and the effect again in one task: stopping at once would end the
 * session's first batch and count the page twice.
 */
function startForNow(client: AnyMetrics): () => void {
  clearTimeout(pendingStops.get(client));
  client.start();
  return () => {
    pendingStops.set(client, setTimeout(client.stop, 0));
  };
}
