"use client";

import type { Catalog, Metrics } from "@rumkit/browser";
import type { ComponentType, ReactNode } from "react";
import { useMetrics } from "../context/useMetrics.ts";

/** The client as a prop: the same object on every render. */
export interface WithMetrics<C extends Catalog = Catalog> {
  readonly metrics: Metrics<C>;
}

/**
 * Passes the client of the closest provider to a component as the prop `metrics`. For classes, which cannot use hooks.
 *
 * Call it outside of rendering. Otherwise React gets a new component on every render.
 *
 * @example
 * export const Cart = withMetrics(class extends Component<WithMetrics<typeof catalog>> { … });
 */
export function withMetrics<Props extends { readonly metrics: object }>(
  Wrapped: ComponentType<Props>,
): ComponentType<Omit<Props, "metrics">> {
  function Measured(props: Omit<Props, "metrics">): ReactNode {
    // The compiler cannot infer that `props` and `metrics` together are `Props`.
    return <Wrapped {...({ ...props, metrics: useMetrics() } as unknown as Props)} />;
  }
  Measured.displayName = `withMetrics(${Wrapped.displayName ?? Wrapped.name})`;
  return Measured;
}
