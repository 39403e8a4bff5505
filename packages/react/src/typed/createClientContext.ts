"use client";

import type { Catalog } from "@rumkit/browser";
import { ClientProvider } from "../provider/ClientProvider.tsx";
import { type TypedHooks, typedHooks } from "./typedHooks.ts";

/** The components and hooks for a client of the app, typed by one catalog. */
export interface TypedClientMetrics<C extends Catalog> extends TypedHooks<C> {
  readonly MetricsProvider: typeof ClientProvider;
}

/** Like `createMetricsContext`, but the provider takes a client and adds no source to the bundle. */
export function createClientContext<C extends Catalog>(): TypedClientMetrics<C> {
  return { MetricsProvider: ClientProvider, ...typedHooks };
}
