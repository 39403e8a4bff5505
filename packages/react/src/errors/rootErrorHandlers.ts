import type { Metrics } from "@rumkit/browser";
import type { Component } from "react";
import { countRenderError } from "./countRenderError.ts";
import type { MetricsErrorBoundary } from "./MetricsErrorBoundary.tsx";

/** What React 19 tells of an error. */
interface RootErrorInfo {
  readonly componentStack?: string | undefined;
  /** The boundary that caught it. */
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
 * Root options of React 19 that count what React caught, did not catch, or recovered from: also what boundaries
 * of other libraries catch. The same error at a `MetricsErrorBoundary` or `window.onerror` counts once. What frameworks
 * throw to redirect or to show a "not found" page is not counted.
 *
 * React does nothing more itself where these options are given. So they do what React does without them: what a
 * boundary caught goes to `console.error`, everything else to `reportError`.
 *
 * @example
 * createRoot(element, rootErrorHandlers(metrics)).render(<App />);
 */
export function rootErrorHandlers(client: Pick<Metrics, "trackError">): RootErrorHandlers {
  // The client knows objects again. A primitive has no identity: who else counts it is known in advance.
  const count = (error: unknown, info: RootErrorInfo, isCountedElsewhere: unknown): void => {
    if (Object(error) === error || !isCountedElsewhere) countRenderError(client, error, info);
  };
  const countAndReport: RootErrorHandler = (error, info) => {
    // Missing in Safari before 15.4, where React writes on the console as well.
    const { reportError } = globalThis as Partial<typeof globalThis>;
    count(error, info, reportError);
    // oxlint-disable-next-line no-console -- As above.
    (reportError ?? console.error)(error);
  };
  return {
    onCaughtError(error, info) {
      count(error, info, (info.errorBoundary as MetricsErrorBoundary | null | undefined)?.isCounting?.());
      // oxlint-disable-next-line no-console -- What React prints itself where it is not asked to do otherwise.
      console.error(error, info.componentStack);
    },
    onUncaughtError: countAndReport,
    onRecoverableError: countAndReport,
  };
}
