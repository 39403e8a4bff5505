"use client";

import type { Metrics } from "@rumkit/browser";
import { Component, type ErrorInfo, type ReactNode } from "react";
import { countRenderError } from "./countRenderError.ts";
import { isControlFlow } from "./isControlFlow.ts";
import { MetricsContext } from "../context/MetricsContext.ts";
import { orNoop } from "../context/useMetrics.ts";

/** Props of a fallback function. */
export interface ErrorFallbackProps {
  /** Thrown value: usually an `Error`, but any value is possible. */
  readonly error: unknown;
  /** Renders the children again. */
  readonly reset: () => void;
}

export interface MetricsErrorBoundaryProps {
  readonly children?: ReactNode;
  /** Rendered instead of the children after an error. Default nothing. */
  readonly fallback?: ReactNode | ((props: ErrorFallbackProps) => ReactNode);
  /** Called once per error, after it was counted. */
  readonly onError?: (error: unknown, info: ErrorInfo) => void;
  /** Values, such as the path. When one of them or their number changes, the children are rendered again. Default none. */
  readonly resetKeys?: readonly unknown[];
}

interface State {
  /** Wrapped in an object, because `undefined` can be thrown too. */
  readonly thrown: { readonly error: unknown } | undefined;
}

const NOTHING_THROWN: State = { thrown: undefined };

/**
 * Counts errors that its children throw while rendering, and renders a fallback instead of them. React's component stack
 * is appended to the error's stack. An error that also reaches `window.onerror` or `rootErrorHandlers` counts once.
 *
 * Values that frameworks throw to redirect, to show a "not found" page or to wait (Next.js, React Router, TanStack
 * Router) pass through to the framework and are not counted.
 *
 * Like every boundary, it does not catch errors of event handlers and promises. The client counts those.
 */
export class MetricsErrorBoundary extends Component<MetricsErrorBoundaryProps, State> {
  static override contextType = MetricsContext;
  declare context: Metrics | undefined;
  override state = NOTHING_THROWN;

  static getDerivedStateFromError(error: unknown): State {
    // Passes it to the framework's boundary above.
    if (isControlFlow(error)) throw error;
    return { thrown: { error } };
  }

  /** Returns true below a provider, where errors are counted. For `rootErrorHandlers`, which gets the same error. */
  isCounting = (): boolean => !!this.context;

  reset = (): void => this.setState(NOTHING_THROWN);

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    countRenderError(orNoop(this.context), error, info);
    this.props.onError?.(error, info);
  }

  override componentDidUpdate(
    { resetKeys: before = [] }: MetricsErrorBoundaryProps,
    { thrown }: State,
  ): void {
    const { resetKeys: now = [] } = this.props;
    const changed = now.length !== before.length || now.some((key, i) => !Object.is(key, before[i]));
    // Keys that change together with the error are its cause, not a reason to render again.
    if (thrown && this.state.thrown && changed) this.reset();
  }

  override render(): ReactNode {
    const { children, fallback } = this.props;
    const { thrown } = this.state;
    if (!thrown) return children;
    return typeof fallback === "function" ? fallback({ error: thrown.error, reset: this.reset }) : fallback;
  }
}
