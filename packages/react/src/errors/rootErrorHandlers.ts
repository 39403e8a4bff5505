import type { Metrics } from "@rumkit/browser";
import type { Component } from "react";
import { countRenderError } from "./countRenderError.ts";
import type { MetricsErrorBoundary } from "./MetricsErrorBoundary.tsx";

/** React 19's information about an error. */
interface RootErrorInfo {
  readonly componentStack?: string | undefined;
  /** Boundary that caught it. */
  readonly errorBoundary?: Component | null | undefined;
}

type RootErrorHandler = (error: unknown, info: RootErrorInfo) => void;

/** Options of `createRoot` and `hydrateRoot`. */
export interface RootErrorHandlers {
  readonly onCaughtError: RootErrorHandler;
  readonly onUncaughtError: RootErrorHandler;
  readonly onRecoverableError: RootErrorHandler;
}

/**
 * Creates root options of React 19 that count caught, uncaught and recovered errors, including those caught by boundaries
 * of other libraries. An error that also reaches a `MetricsErrorBoundary` or `window.onerror` counts once. Values that
 * frameworks throw to redirect or to show a "not found" page are not counted.
 *
 * These options replace React's default handling, so they repeat it: caught errors go to `console.error`, all others to
 * `reportError`.
 *
 * @example
 * createRoot(element, rootErrorHandlers(metrics)).render(<App />);
 */
export function rootErrorHandlers(client: Pick<Metrics, "trackError">): RootErrorHandlers {
  // The client recognizes objects. A primitive has no identity, so `isCountedElsewhere` decides.
  const count = (error: unknown, info: RootErrorInfo, isCountedElsewhere: unknown): void => {
    if (Object(error) === error || !isCountedElsewhere) countRenderError(client, error, info);
  };
  const countAndReport: RootErrorHandler = (error, info) => {
    // Missing in Safari before 15.4, where React also logs to the console.
    const { reportError } = globalThis as Partial<typeof globalThis>;
    count(error, info, reportError);
    // oxlint-disable-next-line no-console -- As above.
    (reportError ?? console.error)(error);
  };
  return {
    onCaughtError(error, info) {
      count(error, info, (info.errorBoundary as MetricsErrorBoundary | null | undefined)?.isCounting?.());
      // oxlint-disable-next-line no-console -- React's default output.
      console.error(error, info.componentStack);
    },
    onUncaughtError: countAndReport,
    onRecoverableError: countAndReport,
  };
}
