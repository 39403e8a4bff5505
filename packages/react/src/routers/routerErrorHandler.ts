import { countRenderError } from "../errors/countRenderError.ts";
import type { ViewClient } from "./countView.ts";

/** React's error information, or React Router's wrapper around it. */
interface RouterErrorInfo {
  readonly componentStack?: string | null | undefined;
  readonly errorInfo?: { readonly componentStack?: string | null | undefined } | undefined;
}

/**
 * Creates a handler that counts errors of components that a router's error boundary catches. Nothing else reports them,
 * except `rootErrorHandlers` in React 19. An error that also arrives there or at `window.onerror` counts once. Redirects
 * and responses thrown by components are not counted.
 *
 * @example
 * <RouterProvider router={router} onError={routerErrorHandler(metrics)} />
 * createRouter({ routeTree, defaultOnCatch: routerErrorHandler(metrics) }); // TanStack Router
 */
export function routerErrorHandler(client: ViewClient): (error: unknown, info?: RouterErrorInfo) => void {
  return (error, info) => {
    const stack = info?.errorInfo ?? info;
    // React Router also reports values thrown by loaders, without a stack. `trackRouter` has counted them. The client
    // recognizes objects, but not primitives.
    if (Object(error) === error || stack?.componentStack) countRenderError(client, error, stack);
  };
}
