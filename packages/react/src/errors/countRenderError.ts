import type { Metrics } from "@rumkit/browser";
import { isControlFlow } from "./isControlFlow.ts";

/** What React tells of an error, if it tells at all. */
interface ErrorInfo {
  readonly componentStack?: string | null | undefined;
}

/**
 * Counts what a component threw, unless it is control flow. The client knows an object again, so it counts once
 * whichever of root, boundary, router and `window.onerror` see it.
 */
export function countRenderError(
  { trackError }: Partial<Pick<Metrics, "trackError">>,
  thrown: unknown,
  info?: ErrorInfo,
): void {
  if (!isControlFlow(thrown)) trackError?.(thrown, { source: "react", componentStack: info?.componentStack });
}
