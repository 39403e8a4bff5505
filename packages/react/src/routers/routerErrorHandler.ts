import { countRenderError } from "../errors/countRenderError.ts";
import type { ViewClient } from "./countView.ts";

/** React's, or React Router's around it. */
interface RouterErrorInfo {
  readonly componentStack?: string | null | undefined;
  readonly errorInfo?: { readonly componentStack?: string | null | undefined } | undefined;
}

/**
 * Counts what a router's own error boundary catches: components that throw. Nothing else hears of them, unless React 19
 * has `rootErrorHandlers`. The same error there, or at `window.onerror`, counts once; redirects and responses that
 * components throw are not counted.
 *
 * @example
 * <RouterProvider router={router} onError={routerErrorHandler(metrics)} />
 * createRouter({ routeTree, defaultOnCatch: routerErrorHandler(metrics) }); // TanStack Router
 */
export function routerErrorHandler(client: ViewClient): (error: unknown, info?: RouterErrorInfo) => void {
  return (error, info) => {
    const stack = info?.errorInfo ?? info;
    // React Router tells of what loaders throw as well, without a stack. `trackRouter` has counted it: the client knows
    // objects again, and only those.
    if (Object(error) === error || stack?.componentStack) countRenderError(client, error, stack);
  };
}
