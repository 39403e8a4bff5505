"use client";

import type { Catalog } from "@rumkit/browser";
import { ClientProvider } from "../provider/ClientProvider.tsx";
import { type TypedHooks, typedHooks } from "./typedHooks.ts";

/** The components and hooks around a client of the app, typed by one catalog. */
export interface TypedClientMetrics<C extends Catalog> extends TypedHooks<C> {
  readonly MetricsProvider: typeof ClientProvider;
}

/** `createMetricsContext` whose provider takes a client, and brings no source into the bundle. */
export function createClientContext<C extends Catalog>(): TypedClientMetrics<C> {
  return { MetricsProvider: ClientProvider, ...typedHooks };
}
