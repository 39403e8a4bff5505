import type { Metrics } from "@rumkit/browser";

/** What React 19 tells of an error. */
interface RootErrorInfo {
  readonly componentStack?: string | undefined;
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
 * of other libraries catch. The same error at a `MetricsErrorBoundary` or `window.onerror` counts once.
 *
 * React does nothing more itself where these options are given. So they do what React does without them: what a
 * boundary caught goes to `console.error`, everything else to `reportError`.
 *
 * A thrown value that is no object cannot be known again: uncaught, it is left to `window.onerror`; where a
 * `MetricsErrorBoundary` caught it, it counts twice.
 *
 * @example
 * createRoot(element, rootErrorHandlers(metrics)).render(<App />);
 */
export function rootErrorHandlers({ trackError }: Pick<Metrics, "trackError">): RootErrorHandlers {
  const track: RootErrorHandler = (error, { componentStack }) =>
    trackError(error, { source: "react", componentStack });

  const trackAndReport: RootErrorHandler = (error, info) => {
    if (error instanceof Object) track(error, info);
    reportError(error);
  };
  return {
    onCaughtError(error, info) {
      track(error, info);
      // oxlint-disable-next-line no-console -- What React prints itself where it is not asked to do otherwise.
      console.error(error, info.componentStack);
    },
    onUncaughtError: trackAndReport,
    onRecoverableError: trackAndReport,
  };
}
