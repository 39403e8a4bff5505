"use client";

import type { Catalog, Metrics } from "@rumkit/browser";
import { useContext } from "react";
import { MetricsContext } from "./MetricsContext.ts";
import { noopMetrics } from "./noopMetrics.ts";

/** Bundlers replace it; without one there is no such variable in a browser. */
declare const process: { env: { NODE_ENV?: string } };

/** Whether the console has said that a provider is missing: once a page is enough. */
let hasWarned = false;

/**
 * The client of the closest `MetricsProvider`: the same object on every render.
 *
 * Never throws. Without a provider it is a client that does nothing. In development the console says so once, since
 * an app without a provider is a mistake; under a test runner it does not, since a component under test needs none.
 */
export function useMetrics<C extends Catalog = Catalog>(): Metrics<C> {
  return orNoop(useContext(MetricsContext));
}

/** The client, or `noopMetrics` with a warning where there is none. */
export function orNoop(client: Metrics | undefined): Metrics {
  if (client) return client;
  if (!hasWarned) warnInDevelopment();
  return noopMetrics;
}

/** The condition stands alone, so that a production build drops the text with it. Vitest and Jest set "test". */
function warnInDevelopment(): void {
  try {
    if (process.env.NODE_ENV === "development") {
      hasWarned = true;
      // oxlint-disable-next-line no-console -- A mistake in development that nothing else would show.
      console.warn("[rumkit] useMetrics: no MetricsProvider above this component. Nothing is counted here.");
    }
  } catch {
    // Without a bundler `process` is missing, and this is not a development build.
  }
}
