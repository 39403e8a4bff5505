"use client";

import type { Catalog, Metrics } from "@rumkit/browser";
import { useContext } from "react";
import { MetricsContext } from "./MetricsContext.ts";
import { noopMetrics } from "./noopMetrics.ts";

/** Replaced by bundlers. Without a bundler, browsers have no such variable. */
declare const process: { env: { NODE_ENV?: string } };

/** True once the console has warned of a missing provider: one warning per page is enough. */
let hasWarned = false;

/**
 * Returns the client of the closest `MetricsProvider`: the same object on every render.
 *
 * Never throws. Without a provider, returns a client that does nothing. In development, the console then warns once,
 * because an app without a provider is a mistake. Test runners get no warning, because components under test need no
 * provider.
 */
export function useMetrics<C extends Catalog = Catalog>(): Metrics<C> {
  return orNoop(useContext(MetricsContext));
}

/** Returns the client, or `noopMetrics` with a warning if there is none. */
export function orNoop(client: Metrics | undefined): Metrics {
  if (client) return client;
  if (!hasWarned) warnInDevelopment();
  return noopMetrics;
}

/** Warns in development. The condition is separate, so production builds remove the text. Vitest and Jest set "test". */
function warnInDevelopment(): void {
  try {
    if (process.env.NODE_ENV === "development") {
      hasWarned = true;
      // oxlint-disable-next-line no-console -- Nothing else shows this mistake in development.
      console.warn("[rumkit] useMetrics: no MetricsProvider above this component. Nothing is counted here.");
    }
  } catch {
    // Without a bundler there is no `process`, and this is not a development build.
  }
}
