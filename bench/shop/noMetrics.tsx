import type { ReactNode } from "react";

/** In the place of `@rumkit/react`: what the shop takes from it, and does nothing. */
export function createMetricsContext() {
  return {
    MetricsProvider: ({ children }: { children: ReactNode }) => children,
    useActionTracking: () => NOTHING,
    useMetrics: () => NOTHING,
  };
}

const ignore = (): void => undefined;

/** The same object each time, as the client is: an effect that depends on it runs once. */
const NOTHING = { measure: ignore, trackAction: ignore };
