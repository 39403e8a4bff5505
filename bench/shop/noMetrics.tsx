import type { ReactNode } from "react";

/** In the place of `@rumkit/browser` and `@rumkit/react`: what the shop takes from them, and does nothing. */

const ignore = (): void => undefined;

/** The same object each time, as the client is: an effect that depends on it runs once. */
const NOTHING = { trackAction: ignore };

const pass = ({ children }: { children: ReactNode }): ReactNode => children;

export const apiCalls = ignore;
export const funnels = ignore;
export const createMetrics = (): object => NOTHING;
export const rootErrorHandlers = (): object => ({});

export function createMetricsContext() {
  return {
    MetricsErrorBoundary: pass,
    MetricsProvider: pass,
    useActionTracking: () => NOTHING,
    useConversion: () => ignore,
    useFeatureUsage: () => ignore,
    useFormTracking: () => ({}),
    useMeasure: () => ignore,
  };
}
