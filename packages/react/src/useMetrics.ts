"use client";

import { type Catalog, createMetricsWith, type Metrics } from "@rumkit/browser";
import { useContext } from "react";
import { MetricsContext } from "./MetricsContext.ts";

/** What a bundler knows; without one there is no such variable in a browser. */
declare const process: { env: { NODE_ENV?: string } };

/** Stands in where there is no provider. Made when it is first needed. */
let nobody: Metrics | undefined;

/**
 * The client of the closest `MetricsProvider`: the same object on every render.
 *
 * Never throws. Without a provider it is a client that does nothing, and in development the console says so
 * once: a component under test needs no provider, an app without one should hear of it.
 */
export function useMetrics<C extends Catalog = Catalog>(): Metrics<C> {
  return useContext(MetricsContext) ?? getNobody();
}

/** The client of a place without a provider: it does nothing. Warns in development, once. */
export function getNobody(): Metrics {
  if (nobody) return nobody;
  warnInDevelopment();
  nobody = createMetricsWith([], { start: false });
  // Stopped: what is called on it may not gather.
  nobody.stop();
  return nobody;
}

/** Written so that a production build has nothing of it. */
function warnInDevelopment(): void {
  try {
    if (process.env.NODE_ENV !== "production")
      // oxlint-disable-next-line no-console -- A mistake in development that nothing else would show.
      console.warn("[rumkit] useMetrics: no MetricsProvider above this component. Nothing is counted here.");
  } catch {
    // No bundler, so nobody's development.
  }
}
