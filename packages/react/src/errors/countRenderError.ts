import type { Metrics } from "@rumkit/browser";
import { isControlFlow } from "./isControlFlow.ts";

/** React's information about an error, if any. */
interface ErrorInfo {
  readonly componentStack?: string | null | undefined;
}

/**
 * Counts a value that a component threw, unless it is control flow. The client recognizes objects, so an error counts
 * once even if root, boundary, router and `window.onerror` all report it.
 */
export function countRenderError(
  { trackError }: Partial<Pick<Metrics, "trackError">>,
  thrown: unknown,
  info?: ErrorInfo,
): void {
  if (!isControlFlow(thrown)) trackError?.(thrown, { source: "react", componentStack: info?.componentStack });
}
