"use client";

import type { Metrics } from "@rumkit/browser";
import { Component, type ErrorInfo, type ReactNode } from "react";
import { countRenderError } from "./countRenderError.ts";
import { isControlFlow } from "./isControlFlow.ts";
import { MetricsContext } from "../context/MetricsContext.ts";
import { orNoop } from "../context/useMetrics.ts";

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
  /** When one of them or their number changes, the children are rendered again: the path, say. Default none. */
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
 * What frameworks throw to redirect, to show a "not found" page or to wait (Next.js, React Router, TanStack Router)
 * passes through to them and is not counted.
 *
 * As every boundary, it does not see what event handlers and promises throw; the client does.
 */
export class MetricsErrorBoundary extends Component<MetricsErrorBoundaryProps, State> {
  static override contextType = MetricsContext;
  declare context: Metrics | undefined;
  override state = NOTHING_THROWN;

  static getDerivedStateFromError(error: unknown): State {
    // To the next boundary above, the framework's.
    if (isControlFlow(error)) throw error;
    return { thrown: { error } };
  }

  /** Whether it counts what it catches: below a provider. For `rootErrorHandlers`, which hears of the same error. */
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
