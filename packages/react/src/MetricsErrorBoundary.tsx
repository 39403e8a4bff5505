"use client";

import type { Metrics } from "@rumkit/browser";
import { Component, type ErrorInfo, type ReactNode } from "react";
import { MetricsContext } from "./MetricsContext.ts";
import { getNobody } from "./useMetrics.ts";

/** What a fallback that is a function is called with. */
export interface ErrorFallbackProps {
  /** What was thrown: mostly an `Error`, but anything can be. */
  readonly error: unknown;
  /** Renders the children again. */
  readonly reset: () => void;
}

export interface MetricsErrorBoundaryProps {
  readonly children?: ReactNode;
  /** Stands in for the children after an error. Default nothing. */
  readonly fallback?: ReactNode | ((props: ErrorFallbackProps) => ReactNode);
  /** Runs once an error, after it was counted. */
  readonly onError?: (error: unknown, info: ErrorInfo) => void;
  /** When one of them changes, the children are rendered again: the path, say. Default none. */
  readonly resetKeys?: readonly unknown[];
}

interface State {
  /** A box, since anything can be thrown, `undefined` too. */
  readonly thrown: { readonly error: unknown } | undefined;
}

const NOTHING_THROWN: State = { thrown: undefined };

/**
 * Counts what its children throw while they render, with React's component stack after the error's own, and
 * renders a fallback for them. An error that `window.onerror` or `rootErrorHandlers` sees too counts once.
 *
 * As every boundary, it does not see what event handlers and promises throw; the client does.
 */
export class MetricsErrorBoundary extends Component<MetricsErrorBoundaryProps, State> {
  static override contextType = MetricsContext;
  declare context: Metrics | undefined;
  override state = NOTHING_THROWN;

  static getDerivedStateFromError(error: unknown): State {
    return { thrown: { error } };
  }

  reset = (): void => this.setState(NOTHING_THROWN);

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    const { componentStack } = info;
    (this.context ?? getNobody()).trackError(error, { source: "react", componentStack });
    this.props.onError?.(error, info);
  }

  override componentDidUpdate(
    { resetKeys: before = [] }: MetricsErrorBoundaryProps,
    { thrown }: State,
  ): void {
    const changed = this.props.resetKeys?.some((key, i) => !Object.is(key, before[i]));
    // Keys that change together with the error are what led to it: they are no reason to try again.
    if (thrown && this.state.thrown && changed) this.reset();
  }

  override render(): ReactNode {
    const { children, fallback } = this.props;
    const { thrown } = this.state;
    if (!thrown) return children;
    return typeof fallback === "function" ? fallback({ error: thrown.error, reset: this.reset }) : fallback;
  }
}
