"use client";

import type { ReactNode } from "react";
import type { AnyMetrics } from "../context/MetricsContext.ts";
import { useLastingEffect } from "../effects/useLastingEffect.ts";

/** Keeps a client started while this component is mounted and visible. Renders nothing. */
export function StartedClient({ client }: { readonly client: AnyMetrics }): ReactNode {
  useLastingEffect(() => startUntilCleanup(client), [client]);
  return null;
}

/** Timers of scheduled stops, by client. A start cancels them. */
const pendingStops = new WeakMap<AnyMetrics, ReturnType<typeof setTimeout>>();

/**
 * Starts a client, and returns a function that stops it in the next task.
 *
 * StrictMode runs each effect, its cleanup and the effect again in one task. An immediate stop would send the session's
 * first batch too early and count the page twice.
 */
function startUntilCleanup(client: AnyMetrics): () => void {
  clearTimeout(pendingStops.get(client));
  client.start();
  return () => {
    pendingStops.set(client, setTimeout(client.stop, 0));
  };
}
