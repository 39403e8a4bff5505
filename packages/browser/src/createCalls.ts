import { describeConversion } from "./describeConversion.ts";
import type { ErrorDetails } from "./metrics.ts";
import { requireNumber, requireText } from "./require.ts";
import type { SourceContext } from "./source.ts";
import { wireDetails } from "./wireDetails.ts";

/** What the app calls, before types: a caller without a compiler may pass anything. */
export interface Calls {
  trackAction: (name: unknown, details?: unknown) => void;
  trackConversion: (name: unknown, valueOrDetails?: unknown) => void;
  trackPageView: (route: unknown) => void;
  trackError: (error: unknown, details?: ErrorDetails) => void;
  measure: (name: unknown, value: unknown, details?: unknown) => void;
}

/** Turns calls into events. Each throws where its arguments are no event. */
export function createCalls(page: SourceContext): Calls {
  return {
    trackAction(name, details) {
      page.record({ type: "action", name: requireText(name), ...wireDetails(details) });
    },
    trackConversion(name, valueOrDetails) {
      page.record(describeConversion(requireText(name), valueOrDetails));
    },
    trackPageView(route) {
      page.recordPageView(requireText(route));
    },
    trackError(error, details) {
      page.recordError(error, details?.source ?? "handled", details?.componentStack);
    },
    measure(name, given, details) {
      const value = requireNumber(given);
      page.record({ type: "measurement", name: requireText(name), value, ...wireDetails(details) });
    },
  };
}
