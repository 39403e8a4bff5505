import { MAX_NAME, MAX_TEXT } from "@rumkit/protocol";
import { describeConversion } from "./describeConversion.ts";
import type { ErrorDetails } from "./metrics.ts";
import { requireNumber } from "./requireNumber.ts";
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
      page.record({ type: "action", name: requireText(name, MAX_NAME), ...wireDetails(details) });
    },
    trackConversion(name, valueOrDetails) {
      page.record(describeConversion(requireText(name, MAX_NAME), valueOrDetails));
    },
    trackPageView(route) {
      page.recordPageView(requireText(route, MAX_TEXT));
    },
    trackError(error, details) {
      page.recordError(error, details?.source === "react" ? "react" : "handled", details?.componentStack);
    },
    measure(name, given, details) {
      const value = requireNumber(given);
      page.record({ type: "measurement", name: requireText(name, MAX_NAME), value, ...wireDetails(details) });
    },
  };
}

/** The text, cut to its limit. Throws for what is no text, and for an empty one. */
function requireText(text: unknown, limit: number): string {
  if (typeof text === "string" && text) return text.slice(0, limit);
  throw new TypeError("name");
}
